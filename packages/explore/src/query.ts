export { type QueryOptions, type QueryResult, runQuery } from './query/run-query.ts'
export type { DeclaredTable, FoundTable, TableSource } from './query/table-source.ts'
