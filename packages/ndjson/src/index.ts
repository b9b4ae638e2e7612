export type { LineCounts, Remarks, Tally } from './counts.ts'
export { type DecodedBatch, type DecoderOptions, type Malformed, NdjsonDecoder, type Unfit } from './decoder.ts'
export { describeMalformed, type MalformedCode } from './malformed-code.ts'
export type { ScannerKind } from './scanner.ts'
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
} from './spec.ts'
export type { UnfitCode } from './value-state.ts'
