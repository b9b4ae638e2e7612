import { DictionaryBuilder, Utf8Builder } from '@fletching/columns'
import type { ColumnWriter } from './column-writer.ts'
import { addMany, addOne, type Tally } from './counts.ts'
import { MISSING, NULL, NUMBER, SLOT_SIZE, type Slots, STRING } from './slots.ts'
import { ID_CHARACTERS, type ScanColumn, type ScanType } from './spec.ts'
import { TextSlot } from './text-slot.ts'
import { countNone, isNone, unfitState, type ValueState } from './value-state.ts'
import { type FilledColumn, rowValidity } from './wasm-rooms.ts'

type TextType = Extract<ScanType, { kind: 'utf8' | 'dictionary' }>

/** Writes texts, and numbers as the text in which they are written. */
export class TextWriter implements ColumnWriter {
  readonly column: ScanColumn
  readonly builder: Utf8Builder | DictionaryBuilder
  readonly #type: TextType
  readonly #node: number
  readonly #text = new TextSlot()

  constructor(column: ScanColumn, type: TextType, node: number) {
    this.column = column
    this.#type = type
    this.#node = node
    this.builder = type.kind === 'utf8' ? new Utf8Builder() : new DictionaryBuilder()
  }

  stateOf(line: Uint8Array, slots: Slots): ValueState {
    const kind = slots[this.#node * SLOT_SIZE]
    if (kind === MISSING || kind === NULL) return 'absent'
    const text = this.#text
    if (!text.read(line, slots, this.#node, this.#type.numbers)) return unfitState(this.column, 'NOT_TEXT')
    if (text.length === 0 && this.#type.empty === 'null') return 'absent'
    if (kind === STRING || this.#type.lineBreaks === 'keep') return 'fits'
    return (text.unescaped?.lineBreaks ?? 0) > 0 ? unfitState(this.column, 'LINE_BREAK_IN_TEXT') : 'fits'
  }

  /** The text, when there is one that the column takes for a value; it is good until the next call. */
  textOf(line: Uint8Array, slots: Slots): TextSlot | undefined {
    const text = this.#text
    if (!text.read(line, slots, this.#node, this.#type.numbers)) return undefined
    return text.length === 0 && this.#type.empty === 'null' ? undefined : text
  }

  /** The text that would be written, which filters see; it is good until the next call. For a value that does not fit, it is what stands in the line. */
  writtenText(line: Uint8Array, slots: Slots): TextSlot | undefined {
    const state = this.stateOf(line, slots)
    if (isNone(state)) return undefined
    if (state !== 'fits') this.#text.take(line, slots, this.#node)
    return this.#text
  }

  write(line: Uint8Array, slots: Slots, state: ValueState, converted: Tally): void {
    const { builder } = this
    if (isNone(state)) {
      countNone(this.column, state, converted)
      builder.appendNull()
    } else if (state === 'fits') {
      const text = this.#text
      text.read(line, slots, this.#node, this.#type.numbers)
      builder.appendBytes(text.bytes, text.start, text.end)
      this.#count(text, slots, converted)
    } else {
      const at = this.#node * SLOT_SIZE
      builder.appendBytes(line, slots[at + 1], slots[at + 2])
    }
  }

  append(rows: number, filled: FilledColumn, converted: Tally): void {
    const { builder } = this
    const { counts, words, texts } = filled
    if (builder instanceof Utf8Builder) builder.appendTexts(rows, texts, words, rowValidity(filled))
    else builder.appendNumbers(rows, words, rowValidity(filled))
    if (counts[1] > 0) addMany(converted, `${this.column.name}: number as text`, counts[1])
    if (counts[2] > 0) addMany(converted, `${this.column.name}: control character kept`, counts[2])
  }

  numberOf(bytes: Uint8Array, start: number, end: number): number {
    return this.builder instanceof DictionaryBuilder ? this.builder.numberOf(bytes, start, end) : -1
  }

  #count(text: TextSlot, slots: Slots, converted: Tally): void {
    const { name } = this.column
    if (slots[this.#node * SLOT_SIZE] === NUMBER) addOne(converted, `${name}: number as text`)
    const { unescaped } = text
    if (unescaped !== undefined) {
      if (unescaped.loneSurrogates > 0) addOne(converted, `${name}: lone surrogate replaced`)
      if (unescaped.controls > 0) addOne(converted, `${name}: control character kept`)
    }
    const isId = this.#type.lineBreaks === 'unfit'
    if (isId && text.length > ID_CHARACTERS && characterCount(text) > ID_CHARACTERS) {
      addOne(converted, `${name}: over 256 characters`)
    }
  }
}

/** Code points, by their first bytes. */
function characterCount({ bytes, start, end }: TextSlot): number {
  let count = 0
  for (let at = start; at < end; at++) if ((bytes[at] & 0xc0) !== 0x80) count++
  return count
}
