import type { CsvRecord } from '@fletching/csv'
import { type AvroField, typesOf } from '../avro-schema.ts'
import { DistinctCounter } from '../distinct-counter.ts'
import { isLonger } from './characters.ts'
import { limits } from './limits.ts'
import type { PreflightCode } from './rules.ts'
import { Tally } from './tally.ts'
import { TextHash } from './text-hash.ts'

/** Looks at the fields of one column that are not empty; `hash` is that of the field. */
export interface ColumnCheck {
  take(record: CsvRecord, field: number, hash: TextHash): void
}

/** A field of the schema, and what is known of its column so far. */
export interface Column {
  readonly name: string
  readonly check: ColumnCheck | undefined
  readonly isRequired: boolean
  readonly isNullable: boolean
  readonly isTextual: boolean
  /** Rows without a value. */
  empty: number
}

/** Tells of what is found in the record that is looked at. */
export type Tell = (code: PreflightCode, column: string) => void

interface CheckOptions {
  /** Seconds since 1970. */
  readonly now: number
  /** Of the counter of different ids. */
  readonly slotsMax: number | undefined
}

/** The check for a field of a schema, by its name and its type; undefined for a text that may hold anything. */
export function columnCheck(field: AvroField, { now, slotsMax }: CheckOptions, tell: Tell): ColumnCheck | undefined {
  const [type] = typesOf(field)
  switch (field.name) {
    case 'USER_ID':
    case 'ITEM_ID':
      return new IdCheck(field.name, new DistinctCounter(slotsMax), tell)
    case 'TIMESTAMP':
    case 'CREATION_TIMESTAMP':
      return new TimestampCheck(field.name, now, tell)
    case 'EVENT_TYPE':
      return new EventTypeCheck()
    case 'IMPRESSION':
      return new ImpressionCheck(tell)
  }
  if (type !== 'string')
    return new NumberCheck(
      field.name,
      type === 'boolean' ? 'boolean' : type === 'int' || type === 'long' ? 'long' : 'float',
      tell,
    )
  if (field.textual === true) return new TextCheck(field.name, tell)
  return field.categorical === true ? new CategoricalCheck(field.name, tell) : undefined
}

export class IdCheck implements ColumnCheck {
  readonly counter: DistinctCounter
  /** Whether the id of the last record came before. */
  isKnown = false
  readonly name: string
  readonly #tell: Tell

  constructor(name: string, counter: DistinctCounter, tell: Tell) {
    this.name = name
    this.counter = counter
    this.#tell = tell
  }

  take(record: CsvRecord, field: number, hash: TextHash): void {
    const { buffer, starts, ends } = record
    this.isKnown = this.counter.add(hash.low, hash.high)
    if (hash.hasSpecial || record.hasQuote(field)) this.#tell('ID_SPECIAL', this.name)
    if (isLonger(buffer, starts[field], ends[field], limits.idCharacters)) this.#tell('ID_TOO_LONG', this.name)
  }
}

export class TimestampCheck implements ColumnCheck {
  /** In seconds; Infinity and -Infinity as long as there is none. */
  first = Number.POSITIVE_INFINITY
  last = Number.NEGATIVE_INFINITY
  readonly #name: string
  readonly #now: number
  readonly #tell: Tell

  constructor(name: string, now: number, tell: Tell) {
    this.#name = name
    this.#now = now
    this.#tell = tell
  }

  take(record: CsvRecord, field: number): void {
    const seconds = wholeNumber(record.buffer, record.starts[field], record.ends[field])
    if (Number.isNaN(seconds)) {
      this.#tell(NUMBER.test(record.text(field)) ? 'TIMESTAMP_NOT_AN_INTEGER' : 'TIMESTAMP_IS_TEXT', this.#name)
    } else if (Math.abs(seconds) >= limits.secondsMax) this.#tell('TIMESTAMP_NOT_SECONDS', this.#name)
    else {
      if (seconds < this.first) this.first = seconds
      if (seconds > this.last) this.last = seconds
      if (seconds > this.#now) this.#tell('TIMESTAMP_IN_FUTURE', this.#name)
      if (seconds < limits.year2000) this.#tell('TIMESTAMP_BEFORE_2000', this.#name)
    }
  }
}

export class EventTypeCheck implements ColumnCheck {
  readonly tally = new Tally(EVENT_TYPES_COUNTED)

  take(record: CsvRecord, field: number, hash: TextHash): void {
    if (!this.tally.isFull) this.tally.add(hash, record, field)
  }
}

export class ImpressionCheck implements ColumnCheck {
  /** Where the item of the record stands; undefined where the file has no such column. */
  itemField: number | undefined
  readonly #tell: Tell

  constructor(tell: Tell) {
    this.#tell = tell
  }

  take(record: CsvRecord, field: number): void {
    const { buffer, starts, ends } = record
    if (isLonger(buffer, starts[field], ends[field], limits.impressionCharacters)) {
      this.#tell('IMPRESSION_TOO_LONG', 'IMPRESSION')
    }
    if (this.itemField === undefined) return
    const shown = record.text(field).split('|')
    if (!shown.includes(record.text(this.itemField))) this.#tell('IMPRESSION_WITHOUT_ITEM', 'IMPRESSION')
  }
}

class CategoricalCheck implements ColumnCheck {
  readonly #tally = new Tally(limits.categories)
  readonly #hash = new TextHash()
  readonly #name: string
  readonly #tell: Tell

  constructor(name: string, tell: Tell) {
    this.#name = name
    this.#tell = tell
  }

  take(record: CsvRecord, field: number): void {
    const { buffer, starts, ends } = record
    const end = ends[field]
    if (isLonger(buffer, starts[field], end, limits.categoricalCharacters))
      this.#tell('CATEGORICAL_TOO_LONG', this.#name)
    for (let from = starts[field]; from <= end && !this.#tally.isFull; ) {
      let to = from
      while (to < end && buffer[to] !== VERTICAL_BAR) to++
      this.#hash.of(buffer, from, to)
      if (this.#tally.add(this.#hash, record, field)) this.#tell('CATEGORIES_TOO_MANY', this.#name)
      from = to + 1
    }
  }
}

class TextCheck implements ColumnCheck {
  readonly #name: string
  readonly #tell: Tell

  constructor(name: string, tell: Tell) {
    this.#name = name
    this.#tell = tell
  }

  take(record: CsvRecord, field: number): void {
    const { buffer, starts, ends } = record
    if (!isLonger(buffer, starts[field], ends[field], limits.wideTextCharacters)) return
    const isWide = CHINESE_OR_JAPANESE.test(record.text(field))
    if (isWide || isLonger(buffer, starts[field], ends[field], limits.textCharacters))
      this.#tell('TEXT_CUT', this.#name)
  }
}

class NumberCheck implements ColumnCheck {
  readonly #name: string
  readonly #kind: keyof typeof VALUES
  readonly #tell: Tell

  constructor(name: string, kind: keyof typeof VALUES, tell: Tell) {
    this.#name = name
    this.#kind = kind
    this.#tell = tell
  }

  take(record: CsvRecord, field: number): void {
    const { form, code } = VALUES[this.#kind]
    if (!form.test(record.text(field))) this.#tell(code, this.#name)
  }
}

/** A number of digits with at most a minus before them; NaN for everything else. */
function wholeNumber(bytes: Uint8Array, start: number, end: number): number {
  const isNegative = bytes[start] === MINUS
  const first = isNegative ? start + 1 : start
  let value = first < end ? 0 : Number.NaN
  for (let at = first; at < end; at++) {
    const digit = bytes[at] - ZERO
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return isNegative ? -value : value
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const VALUES = {
  long: { form: /^-?\d{1,19}$/, code: 'NOT_A_LONG' },
  float: { form: NUMBER, code: 'NOT_A_FLOAT' },
  boolean: { form: /^(true|false)$/, code: 'NOT_A_BOOLEAN' },
} as const
const CHINESE_OR_JAPANESE = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]/
const VERTICAL_BAR = 0x7c
const MINUS = 0x2d
const ZERO = 0x30
const EVENT_TYPES_COUNTED = 100
