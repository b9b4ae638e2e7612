export { type CsvDialect, csvDialects } from './dialect.ts'
export { CsvEncoder } from './encoder.ts'
