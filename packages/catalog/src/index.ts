export { glueTypeOf } from './glue-type.ts'
export type { TableColumn, TableSpec } from './table-spec.ts'
