export type { LineCounts, Remarks, Tally } from './counts.ts'
export { type DecodedBatch, type DecoderOptions, type Malformed, NdjsonDecoder, type Unfit } from './decoder.ts'
export { nextToken, pastValue, stringEnd, stringKind, unescapeText } from './json-text.ts'
export { DEPTH_MAX, LINE_BYTES_MAX, type LineLimits, lineLimits } from './line-limits.ts'
export { LineScanner, type LineVisitor } from './line-scanner.ts'
export { describeMalformed, type MalformedCode } from './malformed-code.ts'
export type { ScannerKind } from './scanner.ts'
export { ESCAPED_STRING } from './slots.ts'
export type {
  ScanColumn,
  ScanField,
  ScanItem,
  ScanOperator,
  ScanPlace,
  ScanPredicate,
  ScanSpec,
  ScanStep,
  ScanType,
  UnfitValue,
} from './spec.ts'
export type { UnfitCode } from './value-state.ts'
