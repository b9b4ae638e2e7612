import { ListBuilder } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import { Field } from 'apache-arrow'
import { type ColumnWriter, openColumnWriter } from './column-writer.ts'
import type { Tally } from './counts.ts'
import { nextToken, noteValue } from './json-text.ts'
import { ARRAY, MISSING, NULL, SLOT_SIZE, type Slots } from './slots.ts'
import type { ScanColumn, ScanType } from './spec.ts'
import { unfitState, type ValueState } from './value-state.ts'

/** Writes lists. An item that does not fit is null. */
export class ListWriter implements ColumnWriter {
  readonly column: ScanColumn
  readonly builder: ListBuilder
  readonly #node: number
  readonly #item: ColumnWriter
  /** The slot of the item at hand, which is all that the item's writer sees. */
  readonly #slots: Slots = new Int32Array(SLOT_SIZE)

  constructor(column: ScanColumn, itemType: ScanType, node: number) {
    this.column = column
    this.#node = node
    this.#item = openColumnWriter(innerColumn(`${column.name}[]`, itemType), 0)
    this.builder = new ListBuilder(new Field('item', this.#item.builder.type, true), this.#item.builder)
  }

  append(): never {
    throw internal('lists are written line by line')
  }

  stateOf(_line: Uint8Array, slots: Slots): ValueState {
    const kind = slots[this.#node * SLOT_SIZE]
    if (kind === MISSING || kind === NULL) return 'absent'
    return kind === ARRAY ? 'fits' : unfitState(this.column, 'NOT_A_LIST')
  }

  write(line: Uint8Array, slots: Slots, state: ValueState, converted: Tally): void {
    if (state === 'absent') {
      this.builder.appendNull()
      return
    }
    if (state === 'fits') {
      for (let at = nextToken(line, slots[this.#node * SLOT_SIZE + 1] + 1); line[at] !== CLOSE_BRACKET; ) {
        at = nextToken(line, noteValue(line, at, this.#slots, 0))
        this.#item.write(line, this.#slots, this.#item.stateOf(line, this.#slots), converted)
      }
    }
    this.builder.append()
  }
}

/** What lies inside a list or a struct is optional, and null where it does not fit. */
export function innerColumn(name: string, type: ScanType): ScanColumn {
  return { name, path: [], type, required: false, unfit: 'null', output: true }
}

const CLOSE_BRACKET = 0x5d
