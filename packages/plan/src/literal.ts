import { authorError } from '@fletching/columns/errors'
import { freeze, type LiteralExpr, type LiteralValue } from './expr.ts'
import { BOOL, type FieldType, FLOAT64, formatType, INT64, TEXT, TIMESTAMP } from './types.ts'

const INT32_MAX = 2 ** 31 - 1
const INT64_MAX = 2n ** 63n - 1n
const DAY_MS = 86_400_000

/**
 * A JavaScript value as a literal of a column's type; the column is named in the message.
 *
 * - Units: a `Date` becomes milliseconds or, for a date, days; a whole number becomes a bigint for an int64.
 * - Errors: TYPE_MISMATCH (author) when the type has no such value.
 */
export function literalFor(value: unknown, type: FieldType, column?: string): LiteralExpr {
  const converted = convert(value, type)
  if (converted === undefined) {
    const wanted = `${article(formatType(type))}${column === undefined ? '' : `, as ${column} is`}`
    throw authorError('TYPE_MISMATCH', `${describe(value)} is not ${wanted}`, { help: expected(type) })
  }
  return freeze({ op: 'literal', value: converted, type })
}

/** The type that a JavaScript value has when nothing else says which: text, float64, int64, bool or timestamp. */
export function typeOfValue(value: unknown): FieldType | undefined {
  if (typeof value === 'string') return TEXT
  if (typeof value === 'number') return FLOAT64
  if (typeof value === 'bigint') return INT64
  if (typeof value === 'boolean') return BOOL
  return value instanceof Date ? TIMESTAMP : undefined
}

/** A value as an error message names it. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return `the text '${value}'`
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${value}`
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

export function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`
}

function convert(value: unknown, type: FieldType): LiteralValue | undefined {
  if (value === null) return null
  switch (type.kind) {
    case 'text':
      return typeof value === 'string' ? value : undefined
    case 'bool':
      return typeof value === 'boolean' ? value : undefined
    case 'float64':
      return typeof value === 'number' ? value : undefined
    case 'int32':
      return typeof value === 'number' && Number.isInteger(value) && value >= -INT32_MAX - 1 && value <= INT32_MAX
        ? value
        : undefined
    case 'int64':
      return int64(value)
    case 'timestamp':
      return value instanceof Date && !Number.isNaN(value.getTime()) ? value.getTime() : undefined
    case 'date':
      return value instanceof Date && !Number.isNaN(value.getTime()) ? Math.floor(value.getTime() / DAY_MS) : undefined
    default:
      return undefined
  }
}

function int64(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined
  return typeof value === 'bigint' && value >= -INT64_MAX - 1n && value <= INT64_MAX ? value : undefined
}

function expected(type: FieldType): string {
  switch (type.kind) {
    case 'int32':
      return 'expected a whole number in 32 bits'
    case 'int64':
      return 'expected a whole number up to 2^53, or a bigint in 64 bits'
    case 'timestamp':
    case 'date':
      return "expected a Date, as in new Date('2019-05-18T00:00:00Z')"
    case 'text':
      return 'expected a text in quotes'
    default:
      return `expected ${article(formatType(type))}`
  }
}
