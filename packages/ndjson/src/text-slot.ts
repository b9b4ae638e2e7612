import { type Unescaped, unescapeText } from './json-text.ts'
import { ESCAPED_STRING, NUMBER, SLOT_SIZE, type Slots, STRING } from './slots.ts'

/**
 * The text of a slot as UTF-8 bytes: those of the line itself where the string has no escapes, else a copy. One object serves all
 * rows, so that reading a text makes none.
 */
export class TextSlot {
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  end = 0
  /** What unescaping met; undefined for a text that had no escapes. */
  unescaped: Unescaped | undefined
  #scratch = new Uint8Array(256)

  /** Reads the slot of a node; false when it holds no text. A number is text only when `numbers` says so. */
  read(line: Uint8Array, slots: Slots, node: number, numbers: 'text' | 'unfit'): boolean {
    const at = node * SLOT_SIZE
    const kind = slots[at]
    if (kind !== STRING && kind !== ESCAPED_STRING && !(kind === NUMBER && numbers === 'text')) return false
    this.take(line, slots, node)
    if (kind === ESCAPED_STRING) this.#unescape()
    return true
  }

  /** Takes what stands in the line for a text, whatever it is. */
  take(line: Uint8Array, slots: Slots, node: number): void {
    const at = node * SLOT_SIZE
    this.bytes = line
    this.start = slots[at + 1]
    this.end = slots[at + 2]
    this.unescaped = undefined
  }

  get length(): number {
    return this.end - this.start
  }

  equals(text: Uint8Array): boolean {
    const { bytes, start } = this
    if (text.length !== this.end - start) return false
    for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false
    return true
  }

  /** Less than, equal to or greater than zero, as its bytes stand to those of a text. */
  compare(text: Uint8Array): number {
    const { bytes, start, length } = this
    const common = Math.min(length, text.length)
    for (let i = 0; i < common; i++) {
      const order = bytes[start + i] - text[i]
      if (order !== 0) return order
    }
    return length - text.length
  }

  #unescape(): void {
    const room = this.end - this.start
    if (room > this.#scratch.length) this.#scratch = new Uint8Array(room * 2)
    this.unescaped = unescapeText(this.bytes, this.start, this.end, this.#scratch)
    this.bytes = this.#scratch
    this.start = 0
    this.end = this.unescaped.length
  }
}
