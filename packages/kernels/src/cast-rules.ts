import { civilFromDays, daysFromCivil, daysInMonth, parseIsoTimestamp } from '@fletching/columns'
import { type DataType, TimeUnit, DataType as Types } from 'apache-arrow'

/** The types that casts know. */
export type CastKind = 'text' | 'bool' | 'int32' | 'int64' | 'float64' | 'timestamp' | 'date'

/**
 * A value as the rules see it: text a string, bool a boolean, int64 a bigint, int32 and float64 a number, timestamp its milliseconds,
 * date its days.
 */
export type CastValue = string | boolean | bigint | number

/** The value in the other type, or undefined when it cannot be held. */
type Rule = (value: never) => CastValue | undefined

type Rules = { readonly [From in CastKind]: { readonly [To in CastKind]?: Rule } }

const RULES: Rules = {
  text: {
    bool: (text: string) => (text === 'true' ? true : text === 'false' ? false : undefined),
    int32: (text: string) => (WHOLE.test(text) ? int32(Number(text)) : undefined),
    int64: (text: string) => (WHOLE.test(text) ? int64(BigInt(text.replace('+', ''))) : undefined),
    float64: (text: string) => (DECIMAL.test(text) ? finite(Number(text)) : undefined),
    timestamp: (text: string) => {
      const bytes = UTF8.encode(text)
      return finite(parseIsoTimestamp(bytes, 0, bytes.length))
    },
    date: parseDate,
  },
  bool: {
    text: (value: boolean) => String(value),
    int32: (value: boolean) => Number(value),
    int64: (value: boolean) => BigInt(value),
    float64: (value: boolean) => Number(value),
  },
  int32: {
    text: (value: number) => String(value),
    bool: (value: number) => (value === 0 || value === 1 ? value === 1 : undefined),
    int64: (value: number) => BigInt(value),
    float64: (value: number) => value,
  },
  int64: {
    text: (value: bigint) => String(value),
    bool: (value: bigint) => (value === 0n || value === 1n ? value === 1n : undefined),
    int32: (value: bigint) => int32(Number(value)),
    float64: (value: bigint) => (BigInt(Number(value)) === value ? Number(value) : undefined),
  },
  float64: {
    text: (value: number) => String(value),
    int32: (value: number) => int32(value),
    int64: (value: number) => (Number.isInteger(value) ? int64(BigInt(value)) : undefined),
  },
  timestamp: {
    text: (milliseconds: number) => formatMoment(milliseconds),
    date: (milliseconds: number) => int32(Math.floor(milliseconds / DAY_MS)),
  },
  date: {
    text: (days: number) => formatDay(days),
    timestamp: (days: number) => days * DAY_MS,
  },
}

/** What each pair of types does with a value. A pair that is not here is no cast. */
export const castRules = RULES as {
  readonly [From in CastKind]: { readonly [To in CastKind]?: (value: CastValue) => CastValue | undefined }
}

/** The kind of an Arrow type; undefined for those that casts do not know. */
export function kindOf(type: DataType): CastKind | undefined {
  if (Types.isUtf8(type)) return 'text'
  if (Types.isBool(type)) return 'bool'
  if (Types.isInt(type))
    return type.isSigned && type.bitWidth === 64 ? 'int64' : type.isSigned && type.bitWidth === 32 ? 'int32' : undefined
  if (Types.isFloat(type)) return type.precision === 2 ? 'float64' : undefined
  if (Types.isTimestamp(type)) return type.unit === TimeUnit.MILLISECOND ? 'timestamp' : undefined
  return Types.isDate(type) && type.unit === 0 ? 'date' : undefined
}

function int32(value: number): number | undefined {
  return value === (value | 0) ? value | 0 : undefined
}

function int64(value: bigint): bigint | undefined {
  return value === BigInt.asIntN(64, value) ? value : undefined
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined
}

function parseDate(text: string): number | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)
  if (parts === null) return undefined
  const [year, month, day] = parts.slice(1).map(Number)
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  return daysFromCivil(year, month, day)
}

/** Undefined outside the years 0001 to 9999, which are those that can be read back. */
function formatDay(days: number): string | undefined {
  const { year, month, day } = civilFromDays(days)
  if (year < 1 || year > 9999) return undefined
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`
}

function formatMoment(milliseconds: number): string | undefined {
  const days = Math.floor(milliseconds / DAY_MS)
  const day = formatDay(days)
  if (day === undefined) return undefined
  const rest = milliseconds - days * DAY_MS
  const clock = [Math.floor(rest / 3_600_000), Math.floor(rest / 60_000) % 60, Math.floor(rest / 1000) % 60]
  return `${day}T${clock.map((part) => pad(part, 2)).join(':')}.${pad(rest % 1000, 3)}Z`
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0')
}

const UTF8 = new TextEncoder()
const WHOLE = /^[+-]?\d{1,40}$/
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/
const DAY_MS = 86_400_000
