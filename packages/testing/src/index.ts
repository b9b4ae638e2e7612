export { atOnce } from './at-once.ts'
export { commandEnv, commandFile, endOf, type Finished, fletching, spawnFletching, startFletching } from './command.ts'
export { type ConsoleStep, consoleSteps, isAsShown } from './console-page.ts'
export type { GlueFault, GlueRule } from './faulty-glue/plan.ts'
export { type FaultyGlue, type GlueCall, openFaultyGlue } from './faulty-glue/server.ts'
export { amazonEnv } from './faulty-s3/amazon.ts'
export {
  accessDenied,
  expiredToken,
  type Fault,
  internalError,
  type Rule,
  slowDown,
} from './faulty-s3/plan.ts'
export { type FaultyS3, openFaultyS3, type RequestEvent } from './faulty-s3/server.ts'
export { inFolder } from './folder.ts'
export { damaged, fuzz, fuzzCases, randomBytes } from './fuzz.ts'
export { glueEnv, openTestGlue, type TestGlue } from './glue-server.ts'
export { assertUnmarked, EVENT_MARK, markedCredentials } from './marks.ts'
export { countsOf } from './oracle/counts.ts'
export { csvOf } from './oracle/csv.ts'
export { membersOf, type RawMembers, readLine } from './oracle/json-object.ts'
export { isBlank, linesOf } from './oracle/lines.ts'
export { type PlainRow, type PlainValue, type SchemaVerdict, schemaRow } from './oracle/schema-row.ts'
export {
  type FilterReason,
  filterReasons,
  type OracleCounts,
  type OracleObject,
  type OracleReject,
  type OracleResult,
  type OracleRow,
  type OracleVerdict,
  type SetAsideCode,
  segmentToPersonalizeOracle,
  setAsideCodes,
  verdictOf,
} from './oracle/segment-to-personalize.ts'
export { epochSecondsOf } from './oracle/timestamp.ts'
export { parquetRows } from './parquet-rows.ts'
export {
  nullShares,
  type Random,
  type RandomCheck,
  randomCheck,
  randomFrom,
  randomValues,
  testSeed,
} from './random-vectors.ts'
export { openTestS3, type TestS3 } from './s3-server.ts'
export { sample, sampleTitle, triesAll } from './sample.ts'
export { type SdkModel, sdkModel } from './sdk-model.ts'
export { type Form, forms, type Plain, valuesOf, vectorOf } from './vector-forms.ts'
export { type Columns, type ColumnTypes, formChoices, readTable, sameColumn, tableCheck } from './vector-table.ts'
