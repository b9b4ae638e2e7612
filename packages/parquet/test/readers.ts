import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { type FileMetaData, type ParquetParsers, parquetMetadata, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

/** Texts of every value, null for null: texts as hex of their bytes, moments as milliseconds and days as days since 1970. */
export type Rows = Record<string, string | null>[]

/** What DuckDB answers about a file, in the query as `FILE`. */
export async function duckdb(file: Uint8Array, query: string): Promise<Record<string, unknown>[]> {
  const folder = await mkdtemp(join(tmpdir(), 'fletching-'))
  try {
    const path = join(folder, 'file.parquet')
    await writeFile(path, file)
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const result = await connection.runAndReadAll(query.replaceAll('FILE', `'${path}'`))
    const rows = result.getRowObjectsJson()
    connection.closeSync()
    instance.closeSync()
    return rows
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** All rows as DuckDB reads them. */
export async function rowsByDuckdb(file: Uint8Array): Promise<Rows> {
  const columns = await duckdb(file, 'DESCRIBE SELECT * FROM FILE')
  const terms = columns.map(({ column_name, column_type }) => {
    const column = `"${String(column_name)}"`
    if (column_type === 'VARCHAR') return `lower(hex(${column})) AS ${column}`
    if (column_type === 'TIMESTAMP WITH TIME ZONE') return `epoch_ms(${column})::VARCHAR AS ${column}`
    if (column_type === 'DATE') return `(${column} - DATE '1970-01-01')::VARCHAR AS ${column}`
    return `${column}::VARCHAR AS ${column}`
  })
  return (await duckdb(file, `SELECT ${terms.join(', ')} FROM FILE`)) as Rows
}

/** All rows as hyparquet reads them. */
export async function rowsByHyparquet(file: Uint8Array): Promise<Rows> {
  const parsers = {
    stringFromBytes: (bytes: Uint8Array) => bytes && Buffer.from(bytes).toString('hex'),
    dateFromDays: (days: number) => days as unknown as Date,
  }
  const rows = await parquetReadObjects({ file: asyncBuffer(file), compressors, parsers })
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, textOf(value)])))
}

/** The footer as hyparquet reads it. */
export function footerOf(file: Uint8Array, parsers?: ParquetParsers): FileMetaData {
  return parquetMetadata(file, parsers === undefined ? {} : { parsers })
}

/** A file in memory as hyparquet reads it. */
export function asyncBuffer(file: Uint8Array) {
  const copy = new Uint8Array(file).buffer
  return { byteLength: copy.byteLength, slice: async (start: number, end?: number) => copy.slice(start, end) }
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (value instanceof Date) return String(value.getTime())
  return String(value)
}
