import { ListBuilder } from '@fletching/columns'
import { Field } from 'apache-arrow'
import { type ColumnWriter, openColumnWriter } from './column-writer.ts'
import type { Tally } from './counts.ts'
import { nextToken, noteValue } from './json-text.ts'
import { ARRAY, MISSING, NULL, SLOT_SIZE, type Slots } from './slots.ts'
import { type ScanColumn, type ScanItem, setsAsideWithin } from './spec.ts'
import { countNone, isNone, unfitState, type ValueState } from './value-state.ts'
import { type FilledColumn, rowValidity } from './wasm-rooms.ts'

/** Writes lists. */
export class ListWriter implements ColumnWriter {
  readonly column: ScanColumn
  readonly builder: ListBuilder
  readonly #node: number
  readonly inner: readonly [ColumnWriter]
  readonly #mayBeUnfit: boolean
  /** The slot of the item at hand, which is all that the item's writer sees. */
  readonly #slots: Slots = new Int32Array(SLOT_SIZE)

  constructor(column: ScanColumn, item: ScanItem, node: number) {
    this.column = column
    this.#node = node
    const writer = openColumnWriter(innerColumn(`${column.name}[]`, item), 0)
    this.inner = [writer]
    this.#mayBeUnfit = setsAsideWithin(column.type)
    this.builder = new ListBuilder(new Field('item', writer.builder.type, true), writer.builder)
  }

  append(rows: number, filled: FilledColumn, converted: Tally): void {
    this.inner[0].append(filled.words[rows], filled.inner[0], converted)
    this.builder.appendLists(rows, filled.words, rowValidity(filled))
  }

  stateOf(line: Uint8Array, slots: Slots): ValueState {
    const kind = slots[this.#node * SLOT_SIZE]
    if (kind === MISSING || kind === NULL) return 'absent'
    if (kind !== ARRAY) return unfitState(this.column, 'NOT_A_LIST')
    if (!this.#mayBeUnfit) return 'fits'
    const [item] = this.inner
    for (let at = this.#firstItem(line, slots); line[at] !== CLOSE_BRACKET; ) {
      at = nextToken(line, noteValue(line, at, this.#slots, 0))
      const state = item.stateOf(line, this.#slots)
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
    const [item] = this.inner
    if (slots[this.#node * SLOT_SIZE] === ARRAY) {
      for (let at = this.#firstItem(line, slots); line[at] !== CLOSE_BRACKET; ) {
        at = nextToken(line, noteValue(line, at, this.#slots, 0))
        item.write(line, this.#slots, item.stateOf(line, this.#slots), converted)
      }
    }
    this.builder.append()
  }

  /** Where the first item begins, or the list ends. */
  #firstItem(line: Uint8Array, slots: Slots): number {
    return nextToken(line, slots[this.#node * SLOT_SIZE + 1] + 1)
  }
}

/** What lies inside a list or a struct, as a column of it; there may always be none. */
export function innerColumn(name: string, { type, unfit }: ScanItem): ScanColumn {
  return { name, path: [], type, required: false, unfit, output: true }
}

const CLOSE_BRACKET = 0x5d
