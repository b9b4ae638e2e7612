import type { CsvDialect } from '../src/index.ts'
import type { Columns, Kind, Value } from './batches.ts'

/** What the dialects say, by strings. */
export function oracle(columns: Columns, dialect: CsvDialect): string {
  const end = dialect === 'rfc4180' ? '\r\n' : '\n'
  const names = Object.keys(columns)
  const [[, first]] = Object.values(columns)
  const records = first.map((_, row) =>
    names.map((name) => fieldOf(columns[name][0], columns[name][1][row], dialect)).join(','),
  )
  return [names.join(','), ...records, ''].join(end)
}

/** The line breaks that become blanks. */
export function lineBreaksOf(columns: Columns, dialect: CsvDialect): number {
  if (dialect === 'glue' || dialect === 'rfc4180') return 0
  return Object.values(columns)
    .flatMap(([, values]) => values)
    .reduce((sum: number, value) => sum + (typeof value === 'string' ? value.split(LINE_BREAK).length - 1 : 0), 0)
}

function fieldOf(kind: Kind, value: Value, dialect: CsvDialect): string {
  if (value === null) return ''
  switch (kind) {
    case 'text':
    case 'dictionary':
    case 'byteDictionary':
    case 'shortDictionary':
      return textField(String(value), dialect)
    case 'float':
      return String(Math.fround(Number(value)))
    case 'second':
      return isoOf(BigInt(value) * 1000n)
    case 'moment':
      return isoOf(BigInt(value))
    case 'microsecond':
      return isoOf(floorDivide(BigInt(value), 1000n))
    case 'nanosecond':
      return isoOf(floorDivide(BigInt(value), 1_000_000n))
    case 'day':
      return isoOf(BigInt(value) * 86_400_000n).slice(0, -'T00:00:00.000Z'.length)
    default:
      return String(value)
  }
}

function textField(text: string, dialect: CsvDialect): string {
  const line = text.replaceAll(LINE_BREAK, ' ')
  switch (dialect) {
    case 'glue':
      return text.length > 24 || text.split('').some((unit) => unit < '-') ? `"${text.replaceAll('"', '""')}"` : text
    case 'rfc4180':
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
    case 'personalize':
      return /[",\\]|^[ \t]|[ \t]$/.test(line) ? `"${line.replaceAll(/["\\]/g, '\\$&')}"` : line
    case 'athena-opencsv':
      return `"${line.replaceAll(/["\\]/g, '\\$&')}"`
  }
}

/** A moment of any year: every 400 years are alike, and `Date` knows those from 1970 on. */
function isoOf(milliseconds: bigint): string {
  const cycles = floorDivide(milliseconds, CYCLE_MS)
  const iso = new Date(Number(milliseconds - cycles * CYCLE_MS)).toISOString()
  const year = BigInt(iso.slice(0, 4)) + 400n * cycles
  const digits = String(year < 0n ? -year : year)
  if (year >= 0n && year <= 9999n) return digits.padStart(4, '0') + iso.slice(4)
  return (year < 0n ? '-' : '+') + digits.padStart(6, '0') + iso.slice(4)
}

function floorDivide(value: bigint, by: bigint): bigint {
  const rest = ((value % by) + by) % by
  return (value - rest) / by
}

const LINE_BREAK = /\r\n|\r|\n/g
const CYCLE_MS = 146_097n * 86_400_000n
