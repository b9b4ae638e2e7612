import { isUtf8 } from 'node:buffer'
import { internal } from '@fletching/columns/errors'
import { type CsvRecord, CsvRecordScanner } from '@fletching/csv'
import { type AvroSchema, mayBeNull } from './avro-schema.ts'
import type { Checklist } from './checklist.ts'
import type { Dataset, Domain } from './dataset.ts'
import type { FindingPlace } from './finding.ts'
import { Findings } from './findings.ts'
import type { Column } from './preflight/column.ts'
import { columnCheck } from './preflight/column-check.ts'
import { readHeader } from './preflight/header.ts'
import { IdCheck, ImpressionCheck } from './preflight/known-columns.ts'
import { limits } from './preflight/limits.ts'
import { type PreflightCode, preflightRules } from './preflight/rules.ts'
import { TextHash } from './preflight/text-hash.ts'
import { Totals } from './preflight/totals.ts'
import { Utf8Check } from './preflight/utf8-check.ts'

export interface PreflightOptions {
  readonly dataset: Dataset
  /** Default: `custom`. */
  readonly domain?: Domain
  /** Default: one made of the header. */
  readonly schema?: AvroSchema
  /** How the data will be imported. Default: `full`. */
  readonly mode?: 'full' | 'incremental'
  /** Seconds since 1970. */
  readonly now: number
  /**
   * Of each counter of users, items and records, a power of two: half as many are counted exactly, more by a sample, in less time. Default:
   * 2,097,152.
   */
  readonly slotsMax?: number
}

/**
 * Looks at CSV for Personalize before it is imported: bytes in, a checklist out.
 *
 * It goes on behind whatever it finds, so that one look tells all. It holds no content of the data but the names of types of events.
 *
 * - Memory: 24 MiB for each million of users, of items and of records, at most of each; beyond, figures come from a sample. A record of up to 4 MiB.
 * - Order: files one after the other; bytes cut anywhere give the same.
 */
export class Preflight {
  readonly #options: PreflightOptions
  readonly #domain: Domain
  readonly #findings = new Findings(preflightRules)
  readonly #totals: Totals
  /** Of a field, and of all fields of a record. */
  readonly #hash = new TextHash()
  readonly #rowHash = new TextHash()
  #schema: AvroSchema | undefined
  readonly #columns = new Map<string, Column>()
  /** The id of users or of items; undefined for interactions, where one comes many times. */
  #key: IdCheck | undefined
  #file: File = newFile('', () => {})

  constructor(options: PreflightOptions) {
    this.#options = options
    this.#domain = options.domain ?? 'custom'
    this.#schema = options.schema
    this.#totals = new Totals({
      dataset: options.dataset,
      domain: this.#domain,
      mode: options.mode ?? 'full',
      slotsMax: options.slotsMax,
    })
  }

  /** Adds what somebody else found, such as in the names of files. */
  add(code: PreflightCode, place: FindingPlace): void {
    this.#findings.add(code, place)
  }

  /** Begins a file. */
  begin({ name, size }: { readonly name: string; readonly size: number }): void {
    this.#totals.beginFile(name, size)
    this.#file = newFile(name, (record) => this.#take(record))
  }

  push(bytes: Uint8Array): void {
    const file = this.#file
    if (file.isJudged) {
      this.#scan(bytes)
      return
    }
    file.head = Buffer.concat([file.head, bytes])
    if (file.head.length >= HEAD_BYTES) this.#begin(file)
  }

  /** Ends the file. */
  end(): void {
    const file = this.#file
    if (!file.isJudged) this.#begin(file)
    if (file.isOther) return
    file.text.end()
    file.scanner.flush()
    if (file.columns === undefined) this.add('NO_RECORDS', { object: file.name })
    if (file.scanner.hasByteOrderMark) this.add('BYTE_ORDER_MARK', { object: file.name, line: 1 })
  }

  /** The checklist of all files. */
  finish(): Checklist {
    return this.#totals.checklist(this.#findings, this.#schema, this.#columns)
  }

  /** Looks at what the file begins with, and goes on unless it is no CSV. */
  #begin(file: File): void {
    file.isJudged = true
    const { head } = file
    const code = MAGICS.find(({ magic }) => head.toString('latin1', 0, magic.length) === magic)?.code
    file.isOther = code !== undefined
    if (code !== undefined) this.add(code, { object: file.name })
    this.#scan(head)
    file.head = NO_BYTES
  }

  #scan(bytes: Uint8Array): void {
    const { scanner, isOther } = this.#file
    if (isOther) return
    this.#file.text.push(bytes)
    scanner.push(bytes)
  }

  #take(record: CsvRecord): void {
    const file = this.#file
    file.line = record.line
    if (!record.isRegular) this.#tellForm(record)
    if (!file.text.isUtf8) this.#checkBytes(record)
    if (record.isBlank) this.#tell('BLANK_LINE')
    else if (record.isOpen || record.isCut) return
    else if (file.columns !== undefined) this.#takeRow(record, file.columns)
    else if (!this.#takeHeader(record, file)) this.#takeRow(record, file.columns ?? [])
  }

  #tellForm(record: CsvRecord): void {
    if (record.isOpen) this.#tell('QUOTE_NOT_CLOSED')
    else if (record.isCut) this.#tell(record.lines > 1 ? 'QUOTE_NOT_CLOSED' : 'RECORD_TOO_LONG')
    else if (record.lines > 1) this.#tell('RECORD_OVER_LINES')
    if (record.hasDoubledQuote) this.#tell('QUOTE_DOUBLED')
    if (record.hasTextBehindQuote) this.#tell('TEXT_BEHIND_QUOTE')
    if (record.hasBareQuote) this.#tell('QUOTE_BARE')
    if (record.hasUnknownEscape) this.#tell('ESCAPE_UNKNOWN')
    if (record.lineEnd === 'cr') this.#tell('LINE_END_CR')
  }

  #checkBytes({ buffer, starts, ends, fieldCount }: CsvRecord): void {
    if (fieldCount === 0) return
    const bytes = buffer.subarray(starts[0], ends[fieldCount - 1])
    if (!isUtf8(bytes) || bytes.includes(0)) this.#tell('NOT_UTF8')
  }

  /** Gives whether the record is a header. */
  #takeHeader(record: CsvRecord, file: File): boolean {
    const { dataset } = this.#options
    const tell = (code: PreflightCode, column?: string) => this.#tell(code, column)
    const { schema, names, isHeader } = readHeader(
      record,
      { dataset, domain: this.#domain, schema: this.#schema },
      tell,
    )
    this.#schema ??= schema
    file.columns = names.map((name) => (name === undefined ? undefined : this.#columnOf(name, schema)))
    const item = names.indexOf('ITEM_ID')
    const impression = this.#columns.get('IMPRESSION')?.check
    if (impression instanceof ImpressionCheck) impression.itemField = item < 0 ? undefined : item
    return isHeader
  }

  #columnOf(name: string, schema: AvroSchema): Column {
    const known = this.#columns.get(name)
    if (known !== undefined) return known
    const field = schema.fields.find((one) => one.name === name)
    if (field === undefined) throw internal(`a column ${name} is in no field of the schema`)
    const isRequired = this.#totals.isRequired(name)
    const { now, slotsMax } = this.#options
    const check = columnCheck(field, { now, slotsMax }, (code, column) => this.#tell(code, column))
    const column = {
      name,
      check,
      isRequired,
      isNullable: mayBeNull(field),
      isTextual: field.textual === true,
      empty: 0,
    }
    this.#columns.set(name, column)
    if (check instanceof IdCheck && this.#options.dataset !== 'interactions') this.#key = check
    return column
  }

  #takeRow(record: CsvRecord, columns: readonly (Column | undefined)[]): void {
    const { buffer, fieldCount, starts, ends } = record
    if (fieldCount !== columns.length) {
      this.#tell('FIELD_COUNT')
      return
    }
    const hash = this.#hash
    this.#rowHash.clear()
    if (this.#key !== undefined) this.#key.isKnown = false
    let empty = 0
    for (let field = 0; field < fieldCount; field++) {
      hash.of(buffer, starts[field], ends[field])
      this.#rowHash.join(hash)
      const column = columns[field]
      if (column === undefined) continue
      if (starts[field] === ends[field]) {
        empty++
        column.empty++
        if (column.isRequired) this.#tell('VALUE_MISSING', column.name)
        else if (!column.isNullable) this.#tell('NULL_NOT_ALLOWED', column.name)
      } else column.check?.take(record, field, hash)
    }
    if (empty > 0 && fieldCount - empty < limits.completeShare * fieldCount) this.#tell('ROW_INCOMPLETE')
    if (this.#totals.addRow(this.#rowHash)) this.#tell('SAME_SECOND')
    if (this.#key?.isKnown === true) this.#tell('ENTITY_TWICE', this.#key.name)
  }

  #tell(code: PreflightCode, column?: string): void {
    if (!this.#findings.needsPlace(code)) {
      this.#findings.add(code)
      return
    }
    const { name, line } = this.#file
    this.#findings.add(code, column === undefined ? { object: name, line } : { object: name, line, column })
  }
}

/** The file that is looked at. */
interface File {
  readonly name: string
  readonly scanner: CsvRecordScanner
  /** The first bytes, as many as have come, until there are enough to judge by. */
  head: Buffer
  isJudged: boolean
  /** Whether it is no CSV at all. */
  isOther: boolean
  /** As long as it says yes, no record needs a look of its own. */
  readonly text: Utf8Check
  line: number
  /** By field; undefined until the header has come. */
  columns: readonly (Column | undefined)[] | undefined
}

function newFile(name: string, take: (record: CsvRecord) => void): File {
  const scanner = new CsvRecordScanner({ escape: '\\', recordBytesMax: RECORD_BYTES_MAX }, take)
  return {
    name,
    scanner,
    head: NO_BYTES,
    isJudged: false,
    isOther: false,
    text: new Utf8Check(),
    line: 1,
    columns: undefined,
  }
}

/** What begins a file that is no CSV in UTF-8: gzip, Parquet, and the marks of byte order of UTF-16. */
const MAGICS = [
  { magic: '\x1f\x8b', code: 'COMPRESSED' },
  { magic: 'PAR1', code: 'FOREIGN_FILE' },
  { magic: '\xff\xfe', code: 'NOT_UTF8' },
  { magic: '\xfe\xff', code: 'NOT_UTF8' },
] as const
const HEAD_BYTES = 4
const NO_BYTES = Buffer.alloc(0)
const RECORD_BYTES_MAX = 4 * 1024 * 1024
