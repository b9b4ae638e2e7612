import type { CsvRecord } from '@fletching/csv'
import { isLonger } from './characters.ts'
import type { ColumnCheck, Tell } from './column.ts'
import { limits } from './limits.ts'
import { Tally } from './tally.ts'
import { TextHash } from './text-hash.ts'

export class CategoricalCheck implements ColumnCheck {
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

export class TextCheck implements ColumnCheck {
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

export class NumberCheck implements ColumnCheck {
  readonly #name: string
  readonly #kind: NumberKind
  readonly #tell: Tell

  constructor(name: string, kind: NumberKind, tell: Tell) {
    this.#name = name
    this.#kind = kind
    this.#tell = tell
  }

  take(record: CsvRecord, field: number): void {
    const { form, code } = VALUES[this.#kind]
    if (!form.test(record.text(field))) this.#tell(code, this.#name)
  }
}

/** How numbers are written, whether or not they are whole. */
export const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const VALUES = {
  long: { form: /^-?\d{1,19}$/, code: 'NOT_A_LONG' },
  float: { form: NUMBER, code: 'NOT_A_FLOAT' },
  boolean: { form: /^(true|false)$/, code: 'NOT_A_BOOLEAN' },
} as const
type NumberKind = keyof typeof VALUES
const CHINESE_OR_JAPANESE = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]/
const VERTICAL_BAR = 0x7c
