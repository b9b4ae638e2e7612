import {
  BoolBuilder,
  DictionaryBuilder,
  daysFromCivil,
  daysInMonth,
  Float64Builder,
  Int64Builder,
  parseIsoTimestamp,
  TimestampBuilder,
  Utf8Builder,
} from '@fletching/columns'
import { type Data, DataType, DateDay, DateUnit, type Field, Int32, TimeUnit, vectorFromArray } from 'apache-arrow'
import type { CsvRecord } from './record.ts'

/** A column of what a decoder reads. */
export interface ColumnReader {
  /** Appends a field of a record that is not empty, or gives false where it holds no value of the type. */
  read(record: CsvRecord, field: number): boolean
  appendNull(): void
  /** The column as it is; it is empty afterwards. */
  finish(): Data
}

/** The reader for a type that `CsvEncoder` writes; undefined for one that it does not, or not in this width. */
export function columnReader({ type }: Field): ColumnReader | undefined {
  if (DataType.isUtf8(type)) return textReader(new Utf8Builder())
  if (DataType.isDictionary(type) && DataType.isUtf8(type.dictionary)) return textReader(new DictionaryBuilder())
  if (DataType.isInt(type) && type.bitWidth === 64 && type.isSigned) return reader(new Int64Builder(), int64Of)
  if (DataType.isInt(type) && type.bitWidth === 32 && type.isSigned) return numbersReader(new Int32(), int32Of)
  if (DataType.isFloat(type) && type.precision === 2) return reader(new Float64Builder(), float64Of)
  if (DataType.isBool(type)) return reader(new BoolBuilder(), boolOf)
  if (DataType.isDate(type) && type.unit === DateUnit.DAY) return numbersReader(new DateDay(), dayOf)
  if (DataType.isTimestamp(type) && type.unit === TimeUnit.MILLISECOND) return reader(new TimestampBuilder(), momentOf)
  return undefined
}

function textReader(builder: Utf8Builder | DictionaryBuilder): ColumnReader {
  return {
    read(record, field) {
      const { buffer, starts, ends } = record
      if (!record.hasEscapes(field)) builder.appendBytes(buffer, starts[field], ends[field])
      else {
        const bytes = record.bytes(field)
        builder.appendBytes(bytes, 0, bytes.length)
      }
      return true
    },
    appendNull: () => builder.appendNull(),
    finish: () => builder.finish(),
  }
}

function reader<V>(
  builder: { append(value: V): void; appendNull(): void; finish(): Data },
  parse: (text: string) => V | undefined,
): ColumnReader {
  return {
    read(record, field) {
      const value = parse(record.text(field))
      if (value === undefined) return false
      builder.append(value)
      return true
    },
    appendNull: () => builder.appendNull(),
    finish: () => builder.finish(),
  }
}

function numbersReader(type: Int32 | DateDay, parse: (text: string) => number | undefined): ColumnReader {
  let values: (number | null)[] = []
  return reader(
    {
      append: (value: number) => values.push(value),
      appendNull: () => values.push(null),
      finish: () => {
        const numbers = DataType.isDate(type)
          ? values.map((days) => (days === null ? null : new Date(days * DAY_MS)))
          : values
        values = []
        return vectorFromArray(numbers, type).data[0]
      },
    },
    parse,
  )
}

function int64Of(text: string): bigint | undefined {
  if (!/^-?\d{1,19}$/.test(text)) return undefined
  const value = BigInt(text)
  return BigInt.asIntN(64, value) === value ? value : undefined
}

function int32Of(text: string): number | undefined {
  const value = /^-?\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  return (value | 0) === value ? value : undefined
}

function float64Of(text: string): number | undefined {
  return /^(NaN|-?Infinity|-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)$/.test(text) ? Number(text) : undefined
}

function boolOf(text: string): boolean | undefined {
  return text === 'true' ? true : text === 'false' ? false : undefined
}

function dayOf(text: string): number | undefined {
  const [, year, month, day] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []).map(Number)
  if (year === undefined || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  return daysFromCivil(year, month, day)
}

function momentOf(text: string): bigint | undefined {
  const bytes = UTF8.encode(text)
  const milliseconds = parseIsoTimestamp(bytes, 0, bytes.length)
  return Number.isNaN(milliseconds) ? undefined : BigInt(milliseconds)
}

const UTF8 = new TextEncoder()
const DAY_MS = 86_400_000
