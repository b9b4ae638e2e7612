import { InputList } from './input-list.ts'
import type { InputInfo } from './report.ts'

/** What a JSON text says. */
export interface ParsedJson {
  /** With an empty list where the inputs stand. */
  readonly value: unknown
  /** Undefined where no list of that name stands. */
  readonly inputs: InputList | undefined
  /** Whether all elements of the list were inputs; those that are none are left out. */
  readonly areInputs: boolean
}

/**
 * Parses a JSON text that comes in pieces, and of which the list `inputs` of one record may be too long to stand in memory as a whole.
 *
 * - `depth`: how many records and lists stand around that list.
 * - Memory: the text without the list, and the inputs packed.
 * - Errors: SyntaxError for what is not JSON.
 */
export async function parseWithInputs(pieces: AsyncIterable<Uint8Array>, depth: number): Promise<ParsedJson> {
  const parser = new InputsParser(depth)
  for await (const bytes of pieces) parser.push(bytes)
  return parser.end()
}

/**
 * Finds the list, and takes it out of the text. It knows no more of JSON than where texts, records and lists begin and end: what it finds is given to
 * `JSON.parse`, in parts, which refuses whatever is none.
 */
class InputsParser {
  readonly #depthWanted: number
  /** Of what stands around the list. */
  readonly #around: Buffer[] = []
  /** Of the elements that are not parsed yet. */
  #elements: Buffer[] = []
  #elementBytes = 0
  #inputs: InputList | undefined
  #areInputs = true
  #depth = 0
  #isInText = false
  #isEscaped = false
  /** How many bytes of the name the text at hand, or the last one, has been; -1 where it is another. */
  #nameBytes = -1
  /** Whether the list may begin: behind its name and a colon. */
  #isNamed = false
  #isInList = false

  constructor(depth: number) {
    this.#depthWanted = depth
  }

  push(bytes: Uint8Array): void {
    let from = 0
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]
      if (this.#isInText) this.#pass(byte)
      else if (byte === QUOTE) {
        this.#isInText = true
        this.#nameBytes = 0
        this.#isNamed = false
      } else if (byte >= COLON || byte === COMMA) {
        const isBorder = this.#structure(byte)
        if (!isBorder) continue
        // The bracket that begins the list and the one that ends it stand around it; a comma between two parts stands nowhere.
        const isBegin = byte === OPEN_LIST
        this.#keep(bytes.subarray(from, isBegin ? at + 1 : at), !isBegin)
        from = isBegin || byte === COMMA ? at + 1 : at
        if (!isBegin) this.#parseElements(byte === COMMA)
      }
    }
    this.#keep(bytes.subarray(from), this.#isInList)
  }

  end(): ParsedJson {
    const value: unknown = JSON.parse(Buffer.concat(this.#around).toString())
    return { value, inputs: this.#inputs, areInputs: this.#areInputs }
  }

  /** A byte of a text. */
  #pass(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (byte === BACKSLASH) this.#isEscaped = true
    else if (byte === QUOTE) {
      this.#isInText = false
      return
    }
    this.#nameBytes = this.#nameBytes >= 0 && byte === NAME[this.#nameBytes] ? this.#nameBytes + 1 : -1
  }

  /** A byte between texts; whether the list, or a part of it, begins or ends with it. */
  #structure(byte: number): boolean {
    const isNamed = this.#isNamed
    this.#isNamed = byte === COLON && this.#nameBytes === NAME.length && this.#depth === this.#depthWanted
    switch (byte) {
      case OPEN_LIST:
      case OPEN_RECORD:
        this.#depth++
        if (!isNamed || byte !== OPEN_LIST) return false
        this.#inputs = new InputList()
        this.#isInList = true
        return true
      case CLOSE_LIST:
      case CLOSE_RECORD:
        this.#depth--
        if (!this.#isInList || this.#depth > this.#depthWanted) return false
        this.#isInList = false
        return true
      case COMMA:
        return this.#isInList && this.#depth === this.#depthWanted + 1 && this.#elementBytes > PART_BYTES
      default:
        return false
    }
  }

  #keep(bytes: Uint8Array, isInList: boolean): void {
    // A copy: who gives pieces may use their memory again.
    const own = Buffer.from(bytes)
    if (!isInList) this.#around.push(own)
    else {
      this.#elements.push(own)
      this.#elementBytes += own.length
    }
  }

  /** - `goesOn`: whether a comma stands behind them. */
  #parseElements(goesOn: boolean): void {
    const text = Buffer.concat(this.#elements).toString()
    this.#elements = []
    this.#elementBytes = 0
    const elements = JSON.parse(`[${text}]`) as unknown[]
    if (elements.length === 0 && (goesOn || this.#inputs?.length !== 0)) throw new SyntaxError('an element is missing')
    for (const element of elements) {
      if (isInput(element)) this.#inputs?.add(element)
      else this.#areInputs = false
    }
  }
}

function isInput(element: unknown): element is InputInfo {
  const { name, bytes, uncompressedBytes, etag, accounting } = (element ?? {}) as Partial<InputInfo>
  const isEtag = etag === undefined || typeof etag === 'string'
  return typeof name === 'string' && isEtag && isCount(bytes) && isCount(uncompressedBytes) && isAccounting(accounting)
}

function isAccounting(accounting: Partial<InputInfo['accounting']> | undefined | null): boolean {
  const { lines, rows, duplicates, blank, exploded = 0, dropped = {}, ...tallies } = accounting ?? {}
  const { filtered, setAside, malformed } = tallies
  return (
    [lines, rows, duplicates, blank, exploded].every(isCount) && [filtered, setAside, malformed, dropped].every(isTally)
  )
}

function isTally(tally: unknown): boolean {
  return typeof tally === 'object' && tally !== null && !Array.isArray(tally) && Object.values(tally).every(isCount)
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

const NAME = Buffer.from('inputs')
const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
const CLOSE_LIST = 0x5d
const OPEN_RECORD = 0x7b
const CLOSE_RECORD = 0x7d
/** Parsed at once. */
const PART_BYTES = 64 * 1024
