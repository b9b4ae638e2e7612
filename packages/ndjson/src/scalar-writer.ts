import {
  BoolBuilder,
  Float64Builder,
  Int64Builder,
  isLeapSecond,
  parseIsoTimestamp,
  TimestampBuilder,
} from '@fletching/columns'
import type { ColumnWriter } from './column-writer.ts'
import { addOne, type Tally } from './counts.ts'
import { FALSE, MISSING, NULL, NUMBER, SLOT_SIZE, type Slots, TRUE } from './slots.ts'
import type { ScanColumn } from './spec.ts'
import { TextSlot } from './text-slot.ts'
import { countNone, isNone, type UnfitCode, unfitState, type ValueState } from './value-state.ts'
import { type FilledColumn, rowValidity } from './wasm-rooms.ts'

type ScalarKind = 'int64' | 'float64' | 'bool' | 'timestamp'

/** Writes numbers, truth values and moments. */
export class ScalarWriter implements ColumnWriter {
  readonly column: ScanColumn
  readonly builder: Int64Builder | Float64Builder | BoolBuilder | TimestampBuilder
  readonly #node: number
  readonly #text = new TextSlot()
  /** What `stateOf` read last, when it fits: the number or the moment; a whole number of 64 bits apart. */
  #number = 0
  #whole = 0n

  constructor(column: ScanColumn, kind: ScalarKind, node: number) {
    this.column = column
    this.#node = node
    this.builder = openBuilder(kind)
  }

  stateOf(line: Uint8Array, slots: Slots): ValueState {
    const kind = slots[this.#node * SLOT_SIZE]
    if (kind === MISSING || kind === NULL) return 'absent'
    const fault = this.#read(kind, line, slots)
    return fault === undefined ? 'fits' : unfitState(this.column, fault)
  }

  /** The value that would be written, which filters see: zero or false stands for one that does not fit. */
  writtenValue(line: Uint8Array, slots: Slots): number | bigint | boolean | undefined {
    const state = this.stateOf(line, slots)
    if (isNone(state)) return undefined
    const fits = state === 'fits'
    if (this.builder instanceof BoolBuilder) return fits && slots[this.#node * SLOT_SIZE] === TRUE
    if (this.builder instanceof Int64Builder) return fits ? this.#whole : 0n
    return fits ? this.#number : 0
  }

  write(_line: Uint8Array, slots: Slots, state: ValueState, converted: Tally): void {
    const { builder } = this
    const fits = state === 'fits'
    if (isNone(state)) {
      countNone(this.column, state, converted)
      builder.appendNull()
    } else if (builder instanceof TimestampBuilder) {
      builder.appendMilliseconds(fits ? this.#number : 0)
      if (fits && isLeapSecond(this.#text.bytes, this.#text.start, this.#text.end)) {
        addOne(converted, `${this.column.name}: leap second as the next`)
      }
    } else if (builder instanceof BoolBuilder) builder.append(fits && slots[this.#node * SLOT_SIZE] === TRUE)
    else if (builder instanceof Int64Builder) builder.append(fits ? this.#whole : 0n)
    else builder.append(fits ? this.#number : 0)
  }

  append(rows: number, filled: FilledColumn): void {
    const { builder } = this
    const { words, wholes, reals } = filled
    if (builder instanceof BoolBuilder) builder.appendWords(rows, words, rowValidity(filled))
    else if (builder instanceof Float64Builder) builder.appendValues(rows, reals, rowValidity(filled))
    else builder.appendValues(rows, wholes, rowValidity(filled))
  }

  /** Reads the value, or says why it does not fit. */
  #read(kind: number, line: Uint8Array, slots: Slots): UnfitCode | undefined {
    const { builder } = this
    if (builder instanceof TimestampBuilder) {
      const text = this.#text
      if (!text.read(line, slots, this.#node, 'unfit')) return 'NOT_A_TIMESTAMP'
      this.#number = parseIsoTimestamp(text.bytes, text.start, text.end)
      return Number.isNaN(this.#number) ? 'NOT_A_TIMESTAMP' : undefined
    }
    if (builder instanceof BoolBuilder) return kind === TRUE || kind === FALSE ? undefined : 'NOT_A_BOOLEAN'
    if (kind !== NUMBER) return 'NOT_A_NUMBER'
    // Numbers are read as text, digit by digit, so that none goes through a double that should not.
    const at = this.#node * SLOT_SIZE
    const text = ASCII.decode(line.subarray(slots[at + 1], slots[at + 2]))
    if (builder instanceof Float64Builder) {
      this.#number = Number(text)
      return Number.isFinite(this.#number) ? undefined : 'OUT_OF_RANGE'
    }
    if (!/^-?\d{1,19}$/.test(text)) return /^-?\d+$/.test(text) ? 'OUT_OF_RANGE' : 'NOT_A_NUMBER'
    this.#whole = BigInt(text)
    return this.#whole === BigInt.asIntN(64, this.#whole) ? undefined : 'OUT_OF_RANGE'
  }
}

function openBuilder(kind: ScalarKind) {
  switch (kind) {
    case 'int64':
      return new Int64Builder()
    case 'float64':
      return new Float64Builder()
    case 'bool':
      return new BoolBuilder()
    case 'timestamp':
      return new TimestampBuilder()
  }
}

const ASCII = new TextDecoder()
