import type { Field, FieldType } from '@fletching/plan'
import { itemsOf, membersOf } from './json-object.ts'
import { epochSecondsOf } from './timestamp.ts'

/** A value of a row: numbers of 64 bits and moments, in milliseconds, as bigint. */
export type PlainValue = null | string | number | bigint | boolean | readonly PlainValue[] | PlainRow
export interface PlainRow {
  readonly [name: string]: PlainValue
}

/** What a line is worth under a schema: a row, or the first value that does not fit; and the paths of what no column holds. */
export interface SchemaVerdict {
  readonly row: PlainRow | undefined
  readonly unfit: string | undefined
  readonly unknown: readonly string[]
}

/** A value that sets its line aside. */
class Unfit extends Error {}

/**
 * The row of one line, as the schema's file says it, slowly and plainly: texts as written, contracts included. The line must be a JSON object.
 */
export function schemaRow(fields: readonly Field[], line: string): SchemaVerdict {
  const unknown: string[] = []
  try {
    return { row: rowOf(fields, line, '', unknown), unfit: undefined, unknown }
  } catch (error) {
    if (error instanceof Unfit) return { row: undefined, unfit: error.message, unknown }
    throw error
  }
}

function rowOf(fields: readonly Field[], text: string, path: string, unknown: string[]): PlainRow {
  const members = membersOf(text)
  if (members === undefined) throw new Unfit(path)
  const keys = new Set(fields.map(({ name, key = name }) => key))
  for (const key of members.keys()) if (!keys.has(key)) unknown.push(`${path}${key}`)
  const values = fields.map(({ name, key = name, type, required }) => {
    const value = valueAt(type, members.get(key), `${path}${name}`, unknown)
    if (required && value === null) throw new Unfit(`${path}${name}`)
    return [name, value] as const
  })
  return Object.fromEntries(values)
}

/** The value that a text in JSON means, or null where there is none or its type takes it for none. */
function valueAt(type: FieldType, text: string | undefined, path: string, unknown: string[]): PlainValue {
  if (text === undefined || text === 'null') return null
  const value = fittingValue(type, text, path, unknown)
  if (value !== undefined) return value
  if (type.otherwise === 'null') return null
  throw new Unfit(path)
}

/** Undefined for a value that does not fit. */
function fittingValue(type: FieldType, text: string, path: string, unknown: string[]): PlainValue | undefined {
  const first = text[0]
  switch (type.kind) {
    case 'text':
      if (first !== '"') return isNumber(text) && type.numbers === 'text' ? text : undefined
      return type.empty === 'null' && text === '""' ? null : wordOf(text)
    case 'json':
      return text
    case 'bool':
      return text === 'true' ? true : text === 'false' ? false : undefined
    case 'float64':
      return isNumber(text) && Number.isFinite(Number(text)) ? Number(text) : undefined
    case 'int64':
      return /^-?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text) ? BigInt(text) : undefined
    case 'timestamp':
      return first === '"' ? epochMillisOf(wordOf(text)) : undefined
    case 'list':
      return first === '[' ? itemsOf(text).map((item) => valueAt(type.item, item, `${path}[]`, unknown)) : undefined
    case 'struct':
      return first === '{' ? rowOf(type.fields, text, `${path}.`, unknown) : undefined
    default:
      throw new Error(`JSON is not read as ${type.kind}`)
  }
}

function isNumber(text: string): boolean {
  return /^-?\d/.test(text)
}

/** Half of a pair of surrogates has no UTF-8. */
function wordOf(text: string): string {
  return Buffer.from(JSON.parse(text) as string).toString()
}

function epochMillisOf(text: string): bigint | undefined {
  const seconds = epochSecondsOf(text)
  if (seconds === undefined) return undefined
  // A leap second counts as the next second, whatever stands behind its dot.
  const [, fraction = ''] = /:60\./.test(text) ? [] : (/\.(\d+)/.exec(text) ?? [])
  return BigInt(seconds) * 1000n + BigInt(fraction.slice(0, 3).padEnd(3, '0'))
}
