import type { ScanColumn } from './spec.ts'

/** Why a value fits no row. */
export type UnfitCode =
  | 'MISSING'
  | 'NOT_TEXT'
  | 'LINE_BREAK_IN_TEXT'
  | 'NOT_A_TIMESTAMP'
  | 'NOT_A_NUMBER'
  | 'OUT_OF_RANGE'
  | 'NOT_A_BOOLEAN'
  | 'NOT_A_LIST'
  | 'NOT_AN_OBJECT'

/** What a line has for a column: no value, one that fits, or why it does not. */
export type ValueState = 'absent' | 'fits' | UnfitCode

/** The state of a value of another type: some columns take it for none. */
export function unfitState(column: ScanColumn, code: UnfitCode): ValueState {
  return column.unfit === 'null' ? 'absent' : code
}

/** Why the state keeps a line from being a row, or undefined. */
export function faultOf(column: ScanColumn, state: ValueState): UnfitCode | undefined {
  if (state === 'fits') return undefined
  if (state !== 'absent') return state
  return column.required ? 'MISSING' : undefined
}
