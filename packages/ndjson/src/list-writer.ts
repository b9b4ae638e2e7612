import { ListBuilder } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import { Field } from 'apache-arrow'
import { type ColumnWriter, openColumnWriter } from './column-writer.ts'
import type { Tally } from './counts.ts'
import { nextToken, noteValue } from './json-text.ts'
import { ARRAY, MISSING, NULL, SLOT_SIZE, type Slots } from './slots.ts'
import { type ScanColumn, type ScanItem, setsAsideWithin } from './spec.ts'
import { unfitState, type ValueState } from './value-state.ts'

/** Writes lists. */
export class ListWriter implements ColumnWriter {
  readonly column: ScanColumn
  readonly builder: ListBuilder
  readonly #node: number
  readonly #item: ColumnWriter
  readonly #mayBeUnfit: boolean
  /** The slot of the item at hand, which is all that the item's writer sees. */
  readonly #slots: Slots = new Int32Array(SLOT_SIZE)

  constructor(column: ScanColumn, item: ScanItem, node: number) {
    this.column = column
    this.#node = node
    this.#item = openColumnWriter(innerColumn(`${column.name}[]`, item), 0)
    this.#mayBeUnfit = setsAsideWithin(column.type)
    this.builder = new ListBuilder(new Field('item', this.#item.builder.type, true), this.#item.builder)
  }

  append(): never {
    throw internal('lists are written line by line')
  }

  stateOf(line: Uint8Array, slots: Slots): ValueState {
    const kind = slots[this.#node * SLOT_SIZE]
    if (kind === MISSING || kind === NULL) return 'absent'
    if (kind !== ARRAY) return unfitState(this.column, 'NOT_A_LIST')
    if (!this.#mayBeUnfit) return 'fits'
    for (let at = this.#firstItem(line, slots); line[at] !== CLOSE_BRACKET; ) {
      at = nextToken(line, noteValue(line, at, this.#slots, 0))
      const state = this.#item.stateOf(line, this.#slots)
      if (typeof state === 'object') return state
    }
    return 'fits'
  }

  write(line: Uint8Array, slots: Slots, state: ValueState, converted: Tally): void {
    if (state === 'absent') {
      this.builder.appendNull()
      return
    }
    if (slots[this.#node * SLOT_SIZE] === ARRAY) {
      for (let at = this.#firstItem(line, slots); line[at] !== CLOSE_BRACKET; ) {
        at = nextToken(line, noteValue(line, at, this.#slots, 0))
        this.#item.write(line, this.#slots, this.#item.stateOf(line, this.#slots), converted)
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
