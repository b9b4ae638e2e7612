export type { Accounting, Tally } from './accounting.ts'
export { type Analysis, type AnalyzedOperator, analyzeJob } from './analyze.ts'
export { describeOutputs, type OutputDescription } from './describe-outputs.ts'
export { type Inputs, inputBytes } from './input-list.ts'
export type { LinePlace, RowPlace } from './kept-rows.ts'
export { lastRun } from './last-run.ts'
export type { LedgerRun } from './ledger.ts'
export type { Trace, TracedItem } from './line-tracer.ts'
export type { Manifest } from './manifest.ts'
export {
  type BookmarkInfo,
  type BookmarkMoved,
  type BookmarkOptions,
  resetBookmark,
  rewindBookmark,
  setBookmarkToNow,
  showBookmark,
} from './move-bookmark.ts'
export type {
  BookmarkOption,
  ChangedPolicy,
  CsvRows,
  EmptyPolicy,
  MalformedPolicy,
  Progress,
  RunOptions,
  WriteMode,
} from './options.ts'
export { type InputInfo, type OutputInfo, type Report, reportBytes } from './report.ts'
export { runJob } from './run.ts'
export { type TraceOptions, traceMessage } from './trace.ts'
export type { TracedRow } from './traced-row.ts'
export type { TracedStep, TraceEnd } from './traced-steps.ts'
export { version } from './version.ts'
