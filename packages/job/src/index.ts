export {
  allOf,
  anyOf,
  bool,
  type Col,
  type Column,
  category,
  coalesce,
  concat,
  date,
  type Field,
  Frame,
  float64,
  id,
  ifElse,
  int32,
  int64,
  json,
  type LooseColumn,
  list,
  lit,
  type Mapping,
  parseSchemaFile,
  type Schema,
  scanNdjson,
  schema,
  struct,
  text,
  timestamp,
  type Write,
  when,
  withProvenance,
  writeCsv,
  writeParquet,
} from '@fletching/plan'
export { defineJob, isJob, type Job, type JobDefinition } from './define-job.ts'
export { type FoundSchema, Param, type ParamKind, type Params, type ParamValue, param, type ValuesOf } from './param.ts'
export {
  personalizeInteractions,
  personalizeItems,
  personalizeUsers,
  personalizeValuedInteractions,
} from './personalize.ts'
export { resolveParams, schemaFiles } from './resolve-params.ts'
export { segmentTrack } from './segment.ts'
export { ecommerceEvents, itemOf, saidOfItem, segmentEcommerce } from './segment-ecommerce.ts'
export { segmentIdentify } from './segment-identify.ts'
