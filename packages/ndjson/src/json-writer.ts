import { Utf8Builder } from '@fletching/columns'
import type { ColumnWriter } from './column-writer.ts'
import { ESCAPED_STRING, MISSING, NULL, SLOT_SIZE, type Slots, STRING } from './slots.ts'
import type { ScanColumn } from './spec.ts'
import type { ValueState } from './value-state.ts'
import { type FilledColumn, rowValidity } from './wasm-rooms.ts'

/** Writes values of any type as the text in which they stand in the line, strings with their quotes. */
export class JsonWriter implements ColumnWriter {
  readonly column: ScanColumn
  readonly builder: Utf8Builder = new Utf8Builder()
  readonly #node: number

  constructor(column: ScanColumn, node: number) {
    this.column = column
    this.#node = node
  }

  stateOf(_line: Uint8Array, slots: Slots): ValueState {
    const kind = slots[this.#node * SLOT_SIZE]
    return kind === MISSING || kind === NULL ? 'absent' : 'fits'
  }

  write(line: Uint8Array, slots: Slots, state: ValueState): void {
    if (state === 'absent') {
      this.builder.appendNull()
      return
    }
    const at = this.#node * SLOT_SIZE
    const quote = slots[at] === STRING || slots[at] === ESCAPED_STRING ? 1 : 0
    this.builder.appendBytes(line, slots[at + 1] - quote, slots[at + 2] + quote)
  }

  append(rows: number, filled: FilledColumn): void {
    this.builder.appendTexts(rows, filled.texts, filled.words, rowValidity(filled))
  }
}
