import { StructBuilder } from '@fletching/columns'
import { Field } from 'apache-arrow'
import { type ChildKeys, childKeys, childOf } from './child-keys.ts'
import { type ColumnWriter, openColumnWriter } from './column-writer.ts'
import type { Tally } from './counts.ts'
import { nextToken, noteValue, stringEnd, stringKind, unescapeText } from './json-text.ts'
import { innerColumn } from './list-writer.ts'
import { MISSING, NULL, OBJECT, SLOT_SIZE, type Slots, STRING } from './slots.ts'
import { type ScanColumn, type ScanField, setsAsideWithin } from './spec.ts'
import { countNone, isNone, unfitState, type ValueState } from './value-state.ts'
import { type FilledColumn, rowValidity } from './wasm-rooms.ts'

/** Writes objects as structs. Of a repeated key the last value counts; fields that share a key all have it. */
export class StructWriter implements ColumnWriter {
  readonly column: ScanColumn
  readonly builder: StructBuilder
  readonly #node: number
  readonly inner: readonly ColumnWriter[]
  readonly #keys: ChildKeys
  readonly #mayBeUnfit: boolean
  /** One slot for each key of the object at hand. */
  readonly #slots: Slots

  constructor(column: ScanColumn, fields: readonly ScanField[], node: number) {
    this.column = column
    this.#node = node
    const keys = [...new Set(fields.map(({ key }) => key))]
    this.inner = fields.map((field) =>
      openColumnWriter(innerColumn(`${column.name}.${field.name}`, field), keys.indexOf(field.key)),
    )
    this.#keys = childKeys(keys.map((key, node) => ({ key: UTF8.encode(key), node })))
    this.#mayBeUnfit = setsAsideWithin(column.type)
    this.#slots = new Int32Array(keys.length * SLOT_SIZE)
    this.builder = new StructBuilder(
      this.inner.map((writer, number) => new Field(fields[number].name, writer.builder.type, true)),
      this.inner.map((writer) => writer.builder),
    )
  }

  append(rows: number, filled: FilledColumn, converted: Tally): void {
    for (const [number, field] of this.inner.entries()) field.append(rows, filled.inner[number], converted)
    this.builder.appendRows(rows, rowValidity(filled))
  }

  stateOf(line: Uint8Array, slots: Slots): ValueState {
    const kind = slots[this.#node * SLOT_SIZE]
    if (kind === MISSING || kind === NULL) return 'absent'
    if (kind !== OBJECT) return unfitState(this.column, 'NOT_AN_OBJECT')
    if (!this.#mayBeUnfit) return 'fits'
    this.#noteFields(line, slots)
    for (const field of this.inner) {
      const state = field.stateOf(line, this.#slots)
      if (typeof state === 'object') return state
    }
    return 'fits'
  }

  write(line: Uint8Array, slots: Slots, state: ValueState, converted: Tally): void {
    if (isNone(state)) {
      countNone(this.column, state, converted)
      this.builder.appendNull()
      return
    }
    this.#noteFields(line, slots)
    for (const field of this.inner) field.write(line, this.#slots, field.stateOf(line, this.#slots), converted)
    this.builder.append()
  }

  /** Notes where the values of the fields stand; there are none in what is no object. */
  #noteFields(line: Uint8Array, slots: Slots): void {
    this.#slots.fill(0)
    const own = this.#node * SLOT_SIZE
    if (slots[own] !== OBJECT) return
    for (let at = nextToken(line, slots[own + 1] + 1); line[at] !== CLOSE_BRACE; ) {
      const close = stringEnd(line, at + 1)
      const field = this.#fieldAt(line, at + 1, close)
      at = nextToken(line, noteValue(line, nextToken(line, close + 1), this.#slots, field))
    }
  }

  #fieldAt(line: Uint8Array, start: number, end: number): number {
    if (stringKind(line, start, end) === STRING) return childOf(this.#keys, line, start, end)
    const key = new Uint8Array(end - start)
    return childOf(this.#keys, key, 0, unescapeText(line, start, end, key).length)
  }
}

const UTF8 = new TextEncoder()
const CLOSE_BRACE = 0x7d
