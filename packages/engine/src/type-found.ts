import { parseIsoTimestamp } from '@fletching/columns'
import type { ScanColumn, ScanType, Unfit } from '@fletching/ndjson'

/**
 * What a line holds where a value does not fit, in words: its type, and never the value.
 *
 * - Order: within lists, the first item that is of another type.
 */
export function typeFound(
  line: Uint8Array,
  columns: readonly ScanColumn[],
  { column, code }: Pick<Unfit, 'column' | 'code'>,
): string {
  switch (code) {
    case 'MISSING':
      return 'no value'
    case 'OUT_OF_RANGE':
      return 'a number out of its range'
    case 'LINE_BREAK_IN_TEXT':
      return 'a text with a line break'
  }
  const root: unknown = JSON.parse(new TextDecoder().decode(line))
  for (const { name, path, type } of columns) {
    if (!column.startsWith(name)) continue
    const value = path.reduce<unknown>((holder, key) => memberOf(holder, key), root)
    const [found] = misfits(value, type, column.slice(name.length))
    if (found !== undefined) return wordFor(found)
  }
  // What is left is a whole number that is written as a broken one.
  return NOT_WHOLE
}

interface Misfit {
  readonly value: unknown
  readonly type: ScanType
}

/** The values at a path below one that are of another type than is declared there. */
function misfits(value: unknown, type: ScanType, path: string): readonly Misfit[] {
  if (value === undefined || value === null) return []
  if (path === '') return fits(value, type) ? [] : [{ value, type }]
  if (type.kind === 'list' && path.startsWith('[]') && Array.isArray(value)) {
    return value.flatMap((item) => misfits(item, type.item.type, path.slice(2)))
  }
  if (type.kind !== 'struct') return []
  return type.fields.flatMap((field) =>
    path.startsWith(`.${field.name}`)
      ? misfits(memberOf(value, field.key), field.type, path.slice(field.name.length + 1))
      : [],
  )
}

function memberOf(holder: unknown, key: string): unknown {
  const isObject = typeof holder === 'object' && holder !== null && !Array.isArray(holder) && Object.hasOwn(holder, key)
  return isObject ? (holder as Record<string, unknown>)[key] : undefined
}

function fits(value: unknown, type: ScanType): boolean {
  switch (type.kind) {
    case 'utf8':
    case 'dictionary':
      return typeof value === 'string' || (type.numbers === 'text' && typeof value === 'number')
    case 'int64':
      return Number.isInteger(value)
    case 'float64':
      return typeof value === 'number'
    case 'bool':
      return typeof value === 'boolean'
    case 'timestamp':
      return typeof value === 'string' && isMoment(value)
    case 'json':
      return true
    case 'list':
      return Array.isArray(value)
    case 'struct':
      return typeof value === 'object' && !Array.isArray(value)
  }
}

function isMoment(text: string): boolean {
  const bytes = new TextEncoder().encode(text)
  return !Number.isNaN(parseIsoTimestamp(bytes, 0, bytes.length))
}

function wordFor({ value, type }: Misfit): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'boolean') return 'true or false'
  if (typeof value === 'string') return type.kind === 'timestamp' ? 'a text that is no ISO 8601 timestamp' : 'a text'
  if (typeof value === 'number') return type.kind === 'int64' ? NOT_WHOLE : 'a number'
  return 'an object'
}

const NOT_WHOLE = 'a number that is not written as a whole one'
