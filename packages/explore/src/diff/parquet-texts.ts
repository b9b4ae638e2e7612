import { keyOf } from '@fletching/storage'
import { parquetSchema } from 'hyparquet'
import type { OpenedParquet } from '../files/open-input.ts'
import { folderValues, parquetFooter, reading, readRows } from '../files/parquet-rows.ts'

/** The columns of a Parquet file and those of its folders, as `dt=2019-05-18`. */
export async function parquetNames(opened: OpenedParquet, location: string): Promise<readonly string[]> {
  const inFile = namesIn(await parquetFooter(opened))
  const inFolders = folderValues(location, keyOf(opened.object.location)).keys()
  return [...new Set([...inFile, ...inFolders])]
}

/**
 * The rows of a Parquet file as the texts that a CSV would hold.
 *
 * - Memory: a row group.
 * - Errors: BAD_PARQUET (data).
 */
export async function* parquetTexts(
  opened: OpenedParquet,
  location: string,
  names: readonly string[],
): AsyncGenerator<string[][]> {
  const metadata = await parquetFooter(opened)
  const columns = namesIn(metadata).filter((name) => names.includes(name))
  const folders = Object.fromEntries(folderValues(location, keyOf(opened.object.location)))
  let start = 0
  for (const group of metadata.row_groups) {
    const end = start + Number(group.num_rows)
    const rows = await rowsBetween(opened, metadata, columns, start, end)
    for (let at = 0; at < rows.length; at += BATCH_ROWS) {
      yield rows
        .slice(at, at + BATCH_ROWS)
        .map((row) => names.map((name) => textOf(columns.includes(name) ? row[name] : folders[name])))
    }
    start = end
  }
}

type Metadata = Awaited<ReturnType<typeof parquetFooter>>

function namesIn(metadata: Metadata): string[] {
  return parquetSchema(metadata).children.map(({ element }) => element.name)
}

function rowsBetween(
  { file, object }: OpenedParquet,
  metadata: Metadata,
  columns: string[],
  rowStart: number,
  rowEnd: number,
): Promise<Readonly<Record<string, unknown>>[]> {
  return reading(object.name, async () => {
    if (columns.length === 0) return Array.from({ length: rowEnd - rowStart }, () => ({}))
    return readRows({ file, metadata, columns, rowStart, rowEnd, parsers, rowFormat: 'object' })
  })
}

/** Moments and days as a CSV holds them, with as many digits of a second as they have. */
const parsers = {
  timestampFromMilliseconds: (millis: bigint) => new Date(Number(millis)).toISOString(),
  timestampFromMicroseconds: (micros: bigint) => fraction(micros, 1000n),
  timestampFromNanoseconds: (nanos: bigint) => fraction(nanos, 1_000_000n),
  dateFromDays: (days: number) => new Date(days * DAY_MS).toISOString().slice(0, 'yyyy-mm-dd'.length),
  jsonFromBytes: (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes),
}

function fraction(moment: bigint, perMilli: bigint): string {
  const rest = ((moment % perMilli) + perMilli) % perMilli
  const iso = new Date(Number((moment - rest) / perMilli)).toISOString()
  if (rest === 0n) return iso
  return `${iso.slice(0, -1)}${rest
    .toString()
    .padStart(perMilli.toString().length - 1, '0')
    .replace(/0+$/, '')}Z`
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (typeof value === 'object') return JSON.stringify(value, (_, of) => (typeof of === 'bigint' ? String(of) : of))
  return String(value as number | bigint | boolean)
}

const DAY_MS = 86_400_000
const BATCH_ROWS = 16_384
