export type { Mapping, MappingMismatch, MappingOptions } from './apply-mapping.ts'
export type {
  BoolColumn,
  Column,
  ColumnOf,
  LooseColumn,
  NumberColumn,
  ScalarColumn,
  StructColumn,
  TextColumn,
  TimestampColumn,
} from './column.ts'
export { explain, explainLogical, explainOptimized } from './explain.ts'
export * from './expr.ts'
export { formatExpr, formatKeys, formatNames } from './format-expr.ts'
export { formatSchemaFile } from './format-schema-file.ts'
export {
  type Col,
  type DropDuplicatesOptions,
  type ExplodeOptions,
  type FilterOptions,
  Frame,
  type Rows,
  type Selected,
  type Selection,
} from './frame.ts'
export { allOf, anyOf, coalesce, concat, ifElse, lit, when } from './functions.ts'
export type { GlueTypeName } from './glue-types.ts'
export type {
  DropDuplicatesNode,
  ExplodeNode,
  FilterNode,
  LastRow,
  LogicalPlan,
  NullKeys,
  ProjectedColumn,
  ProjectNode,
  ScanNode,
} from './logical.ts'
export type { SinkMismatch } from './match-schema.ts'
export { nearest } from './nearest.ts'
export { type OptimizeOptions, optimize, type Rules } from './optimize.ts'
export type {
  DropDuplicatesStep,
  ExplodeStep,
  FilterStep,
  OptimizedPlan,
  OptimizedSink,
  ScanColumn,
  ScanPlan,
  SinkColumn,
} from './optimized.ts'
export type { PathOf, TypeAt } from './path-types.ts'
export { type ProvenanceColumns, withProvenance } from './provenance.ts'
export { scanNdjson } from './scan.ts'
export {
  bool,
  type ColumnsOf,
  category,
  type Declarations,
  Declared,
  date,
  float64,
  id,
  int32,
  int64,
  json,
  keyOf,
  list,
  type Schema,
  schema,
  struct,
  type TextOptions,
  text,
  timestamp,
} from './schema.ts'
export { nestedMax, parseSchemaFile } from './schema-file.ts'
export { type CsvDialect, type CsvSink, csvDialects, type ParquetSink, type Write, type WriteSink } from './sink.ts'
export * from './types.ts'
export { type CsvOptions, type ParquetOptions, writeCsv, writeParquet } from './write.ts'
