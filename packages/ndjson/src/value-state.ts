import { addOne, type Tally } from './counts.ts'
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

/** The value that does not fit: the column's own, or one within it, as in `properties.products[].price`. */
export interface Fault {
  readonly column: string
  readonly code: UnfitCode
}

/** What a line has for a column: no value, one that counts as none, one that fits, or the first that does not. */
export type ValueState = NoValue | 'fits' | Fault
type NoValue = 'absent' | 'discarded'

/** The state of a value of another type: some columns take it for none. */
export function unfitState({ name, unfit }: ScanColumn, code: UnfitCode): ValueState {
  if (unfit === 'setAside') return { column: name, code }
  return unfit === 'null' ? 'absent' : 'discarded'
}

export function isNone(state: ValueState): state is NoValue {
  return state === 'absent' || state === 'discarded'
}

/** Counts a null that stands for a value. */
export function countNone({ name }: ScanColumn, state: NoValue, converted: Tally): void {
  if (state === 'discarded') addOne(converted, `${name}: unfit value as null`)
}

/** What keeps a line of that state from being a row, or undefined. */
export function faultOf({ name, required }: ScanColumn, state: ValueState): Fault | undefined {
  if (state === 'fits') return undefined
  if (!isNone(state)) return state
  return required ? { column: name, code: 'MISSING' } : undefined
}
