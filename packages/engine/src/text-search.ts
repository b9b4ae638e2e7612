/**
 * Looks for where a text may stand in JSON: as its bytes, or with an escape for one of its characters. It is wrong only by finding too much.
 *
 * - Cost: that of `indexOf`, and a look at each backslash.
 */
export class TextSearch {
  readonly #bytes: Buffer
  /** The text's UTF-16 units, any of which may be written as an escape. */
  readonly #units: ReadonlySet<number>
  /** The text as JSON writes it. */
  readonly #escaped: Buffer

  constructor(text: string) {
    this.#bytes = Buffer.from(text)
    this.#escaped = Buffer.from(JSON.stringify(text).slice(1, -1))
    this.#units = new Set(Array.from({ length: text.length }, (_, at) => text.charCodeAt(at)))
  }

  /** So many bytes may be all of the text but its last byte. */
  get overlap(): number {
    return Math.max(this.#bytes.length, this.#escaped.length) - 1
  }

  /** Whether the text's own bytes stand there, as they are or as JSON writes them. */
  isIn(bytes: Buffer): boolean {
    return bytes.includes(this.#bytes) || bytes.includes(this.#escaped)
  }

  /** Gives the places in ascending order, each at or behind the one that is asked for; the number of bytes when there is no more. */
  in(bytes: Buffer): (from: number) => number {
    let plain = -1
    let written = -1
    return (from) => {
      if (plain < from) plain = placeOr(bytes.indexOf(this.#bytes, from), bytes.length)
      if (written < from) written = this.#escapeFrom(bytes, from)
      return Math.min(plain, written)
    }
  }

  #escapeFrom(bytes: Buffer, from: number): number {
    for (let at = bytes.indexOf(BACKSLASH, from); at >= 0; at = bytes.indexOf(BACKSLASH, at + 2)) {
      const letter = bytes[at + 1]
      const unit =
        letter === LETTER_U
          ? Number.parseInt(bytes.toString('latin1', at + 2, at + ESCAPE_BYTES), 16)
          : SHORT_ESCAPES[letter]
      if (unit !== undefined && this.#units.has(unit)) return at
    }
    return bytes.length
  }
}

function placeOr(found: number, otherwise: number): number {
  return found < 0 ? otherwise : found
}

const BACKSLASH = 0x5c
const LETTER_U = 0x75
const ESCAPE_BYTES = 6
const SHORT_ESCAPES: Readonly<Record<number, number>> = Object.fromEntries(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }).map(
    ([letter, char]) => [letter.charCodeAt(0), char.charCodeAt(0)],
  ),
)
