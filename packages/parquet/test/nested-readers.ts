import type { Plain } from '@fletching/testing'
import { DataType, type Field, type List, type Struct } from 'apache-arrow'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { asyncBuffer, duckdb } from './readers.ts'

/** Rows as texts, lists and structs: texts are hex of their bytes, moments milliseconds, days those since 1970. */
export type Shown = null | string | readonly Shown[] | { readonly [name: string]: Shown }

/** The rows that were given. */
export function shownRows(fields: readonly Field[], rows: readonly Readonly<Record<string, Plain>>[]): Shown[] {
  const leaf = (type: DataType, value: unknown) =>
    DataType.isUtf8(type) ? Buffer.from(value as string).toString('hex') : String(value)
  return rows.map((row) => shown(fields, row, leaf))
}

/** All rows as DuckDB reads them. */
export async function nestedByDuckdb(file: Uint8Array, fields: readonly Field[]): Promise<Shown[]> {
  const terms = fields.map(({ name, type }) => `${term(type, `"${name}"`, 0)} AS "${name}"`)
  const rows = await duckdb(file, `SELECT ${terms.join(', ')} FROM FILE`)
  return rows.map((row) => shown(fields, row, (_, value) => String(typeof value === 'string' ? value : Number(value))))
}

/** A value with its texts as hex, moments and days as numbers, in SQL. */
function term(type: DataType, value: string, depth: number): string {
  if (DataType.isDictionary(type)) return term(type.dictionary, value, depth)
  if (DataType.isUtf8(type)) return `lower(hex(${value}))`
  if (DataType.isTimestamp(type)) return `epoch_ms(${value})::VARCHAR`
  if (DataType.isDate(type)) return `(${value} - DATE '1970-01-01')::VARCHAR`
  if (DataType.isBool(type)) return `${value}::VARCHAR`
  if (DataType.isList(type)) {
    const item = term((type as List).children[0].type, `i${depth}`, depth + 1)
    return `list_transform(${value}, lambda i${depth}: ${item})`
  }
  if (!DataType.isStruct(type)) return value
  const fields = (type as Struct).children.map(
    ({ name, type: of }) => `'${name}': ${term(of, `${value}.${name}`, depth)}`,
  )
  return `CASE WHEN ${value} IS NULL THEN NULL ELSE {${fields.join(', ')}} END`
}

/** All rows as hyparquet reads them. */
export async function nestedByHyparquet(file: Uint8Array, fields: readonly Field[]): Promise<Shown[]> {
  const parsers = {
    stringFromBytes: (bytes: Uint8Array) => bytes && Buffer.from(bytes).toString('hex'),
    dateFromDays: (days: number) => days as unknown as Date,
  }
  const rows = await parquetReadObjects({ file: asyncBuffer(file), compressors, parsers })
  return rows.map((row) => shown(fields, row, (_, value) => String(value instanceof Date ? value.getTime() : value)))
}

type ShowLeaf = (type: DataType, value: unknown) => string

function shown(fields: readonly Field[], row: Readonly<Record<string, unknown>>, leaf: ShowLeaf): Shown {
  return Object.fromEntries(fields.map(({ name, type }) => [name, shownValue(type, row[name], leaf)]))
}

function shownValue(type: DataType, value: unknown, leaf: ShowLeaf): Shown {
  if (value === null || value === undefined) return null
  if (DataType.isDictionary(type)) return shownValue(type.dictionary, value, leaf)
  if (DataType.isStruct(type)) return shown((type as Struct).children, value as Record<string, unknown>, leaf)
  if (!DataType.isList(type)) return leaf(type, value)
  return (value as unknown[]).map((item) => shownValue((type as List).children[0].type, item, leaf))
}
