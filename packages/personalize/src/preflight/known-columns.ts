import type { CsvRecord } from '@fletching/csv'
import type { DistinctCounter } from '../distinct-counter.ts'
import { isLonger } from './characters.ts'
import type { ColumnCheck, Tell } from './column.ts'
import { limits } from './limits.ts'
import { Tally } from './tally.ts'
import type { TextHash } from './text-hash.ts'
import { NUMBER } from './value-checks.ts'

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

const MINUS = 0x2d
const ZERO = 0x30
const EVENT_TYPES_COUNTED = 100
