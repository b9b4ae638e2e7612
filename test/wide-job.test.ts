import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import {
  DuckDBDateValue,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
} from '@duckdb/node-api'
import { type Report, type RunOptions, runJob } from '@fletching/engine'
import { generateObjects } from '@fletching/gen'
import { parseSchemaFile, type Schema } from '@fletching/job'
import job from '@fletching/jobs/segment-logs-to-parquet'
import { inFolder, isBlank, linesOf, type PlainRow, type PlainValue, parquetRows, schemaRow } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

/** `npm run test:wide` takes many more. */
const events = Number(process.env.FLETCHING_WIDE_EVENTS ?? 3_000)
const seed = Number(process.env.FLETCHING_SEED ?? 20190518)
const minutes = 60_000

const schemaFile = join(import.meta.dirname, '../fixtures/segment-logs.schema.json')
const logs: Schema = parseSchemaFile(await readFile(schemaFile, 'utf8'), schemaFile)

/** Puts generated events below a folder, and gives their lines in the order of the input. */
async function generate(folder: string, options: Parameters<typeof generateObjects>[0]): Promise<string[]> {
  const objects = [...generateObjects(options)].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
  for (const { key, bytes } of objects) {
    await mkdir(dirname(join(folder, key)), { recursive: true })
    await writeFile(join(folder, key), bytes)
  }
  return objects.flatMap(({ bytes }) => {
    const lines = [...linesOf(gunzipSync(bytes))].filter((line) => !isBlank(line))
    return lines.map((line) => Buffer.from(line).toString())
  })
}

function runTo(table: string, input: string, options: RunOptions = {}): Promise<Report> {
  const params = { S3_JSON_INPUT_PATH: input, S3_PARQUET_OUTPUT_PATH: table, SCHEMA: logs }
  return runJob(job, params, { onMalformed: 'quarantine', ...options })
}

interface Expected {
  /** By the day of the event, in the order of the input. */
  readonly days: ReadonlyMap<string, readonly PlainRow[]>
  readonly setAside: number
  readonly unknown: ReadonlySet<string>
}

/** What an independent reader of the JSON makes of the lines. */
function expectedOf(lines: readonly string[]): Expected {
  const days = new Map<string, PlainRow[]>()
  const unknown = new Set<string>()
  let setAside = 0
  for (const line of lines) {
    const verdict = schemaRow(logs.fields, line)
    for (const path of verdict.unknown) unknown.add(path)
    if (verdict.row === undefined) setAside++
    else {
      const day = dayOf(verdict.row)
      const rows = days.get(day) ?? []
      days.set(day, rows)
      rows.push(verdict.row)
    }
  }
  return { days, setAside, unknown }
}

function dayOf(row: PlainRow): string {
  const moment = row.timestamp ?? row.received_at ?? row.sent_at ?? row.original_timestamp
  return moment === null ? '__HIVE_DEFAULT_PARTITION__' : new Date(Number(moment)).toISOString().slice(0, 10)
}

/** The rows of each file as DuckDB reads them, by day. */
async function rowsInDuckDB(table: string, days: readonly string[]): Promise<Map<string, PlainRow[]>> {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  const found = new Map<string, PlainRow[]>()
  for (const day of days) {
    const file = join(table, `dt=${day}`, 'part-00000.parquet')
    const rows: PlainRow[] = []
    const result = await connection.stream(`SELECT * FROM read_parquet('${file}', hive_partitioning = false)`)
    const names = result.columnNames()
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      for (const values of chunk.getRows()) {
        rows.push(Object.fromEntries(values.map((value, column) => [names[column], plainOf(value)])))
      }
    }
    found.set(day, rows)
  }
  connection.closeSync()
  instance.closeSync()
  return found
}

/** A value of DuckDB or of hyparquet in the form of the oracle. */
function plainOf(value: unknown): PlainValue {
  if (value === undefined || value === null) return null
  if (value instanceof DuckDBListValue) return value.items.map(plainOf)
  if (value instanceof DuckDBStructValue) return plainRow(value.entries)
  if (value instanceof DuckDBTimestampTZValue) return value.micros / 1000n
  if (value instanceof DuckDBDateValue) throw new Error('no column is a day')
  if (value instanceof Date) return BigInt(value.getTime())
  if (Array.isArray(value)) return value.map(plainOf)
  return typeof value === 'object' ? plainRow(value) : (value as PlainValue)
}

function plainRow(entries: object): PlainRow {
  return Object.fromEntries(Object.entries(entries).map(([name, inner]) => [name, plainOf(inner)]))
}

interface Comparison {
  /** Values that are there, within structs and lists too. */
  values: number
  readonly differences: string[]
}

/** Compares field by field. hyparquet leaves out what is null, so that an object may lack such a field. */
function compare(found: PlainValue, wanted: PlainValue, path: string, seen: Comparison): void {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found) || found.length !== wanted.length) differ(found, wanted, path, seen)
    else for (const [index, item] of wanted.entries()) compare(found[index], item, `${path}[${index}]`, seen)
  } else if (isRow(wanted)) {
    if (!isRow(found)) differ(found, wanted, path, seen)
    else {
      for (const name of Object.keys({ ...wanted, ...found })) {
        compare(found[name] ?? null, wanted[name] ?? null, `${path}.${name}`, seen)
      }
    }
  } else if (Object.is(found, wanted)) {
    if (wanted !== null) seen.values++
  } else differ(found, wanted, path, seen)
}

function isRow(value: PlainValue): value is PlainRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function differ(found: PlainValue, wanted: PlainValue, path: string, seen: Comparison): void {
  const text = (value: PlainValue) =>
    JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner))
  if (seen.differences.length < 10) seen.differences.push(`${path}: ${text(found)} instead of ${text(wanted)}`)
}

function compareDays(found: ReadonlyMap<string, readonly PlainRow[]>, wanted: Expected['days']): Comparison {
  const seen: Comparison = { values: 0, differences: [] }
  for (const [day, rows] of wanted) compare(found.get(day) ?? null, rows, day, seen)
  return seen
}

/** Values that are there in the lines, as JSON.parse reads them. */
function valuesIn(value: unknown): number {
  if (value === null) return 0
  if (typeof value !== 'object') return 1
  return Object.values(value).reduce<number>((sum, inner) => sum + valuesIn(inner), 0)
}

/** The members whose whole JSON is one column of text. */
const AS_JSON = ['integrations']

describe('the wide job', () => {
  it(
    `loses no value of ${events} events (FLETCHING_SEED=${seed})`,
    () =>
      inFolder(async (folder) => {
        const lines = await generate(join(folder, 'in'), { seed, events, days: 4, traps: 0 })
        const table = join(folder, 'table')
        const report = await runTo(table, join(folder, 'in'))
        expect(report.accounting).toMatchObject({ lines: events, rows: events, setAside: {}, malformed: {} })

        const wanted = expectedOf(lines)
        expect([...wanted.unknown]).toEqual([])
        expect(wanted.setAside).toBe(0)
        const days = [...wanted.days.keys()]
        expect((await readdir(table)).sort()).toEqual(days.map((day) => `dt=${day}`).sort())
        const seen = compareDays(await rowsInDuckDB(table, days), wanted.days)
        expect(seen.differences).toEqual([])

        // The reader of the JSON itself has left nothing out.
        const inLines = lines.reduce((sum, line) => {
          const event = JSON.parse(line) as Record<string, unknown>
          return (
            sum +
            valuesIn(
              Object.fromEntries(
                Object.entries(event).map(([key, value]) => [key, AS_JSON.includes(key) ? 'one' : value]),
              ),
            )
          )
        }, 0)
        expect(seen.values).toBe(inLines)
        expect(new Set(lines.map((line) => (JSON.parse(line) as { type: string }).type))).toEqual(
          new Set(['track', 'identify', 'page', 'screen', 'group', 'alias']),
        )

        const [some] = days.sort((a, b) => (wanted.days.get(a)?.length ?? 0) - (wanted.days.get(b)?.length ?? 0))
        const rows = (await parquetRows(join(table, `dt=${some}`, 'part-00000.parquet'))).map(plainRow)
        const part = new Map([[some, wanted.days.get(some) ?? []]])
        expect(compareDays(new Map([[some, rows]]), part).differences).toEqual([])
      }),
    10 * minutes,
  )

  it(
    'makes of hard lines the rows that an independent reader makes of them, and sets the same aside',
    () =>
      inFolder(async (folder) => {
        const lines = await generate(join(folder, 'in'), { seed, events: 1500, traps: 0.2 })
        const table = join(folder, 'table')
        const report = await runTo(table, join(folder, 'in'))
        const wanted = expectedOf(lines)
        expect(wanted.setAside).toBeGreaterThan(50)
        const { rows, setAside } = report.accounting
        expect([rows, Object.values(setAside).reduce((sum, count) => sum + count, 0)]).toEqual([
          lines.length - wanted.setAside,
          wanted.setAside,
        ])
        const seen = compareDays(await rowsInDuckDB(table, [...wanted.days.keys()]), wanted.days)
        expect(seen.differences).toEqual([])
      }),
    2 * minutes,
  )

  it(
    'writes the same bytes with any number of workers, and either scanner',
    () =>
      inFolder(async (folder) => {
        await generate(join(folder, 'in'), { seed: 5, events: 1500, files: 9, traps: 0.1 })
        const written = async (options: RunOptions) => {
          const { accounting, converted } = await runTo(join(folder, 'table'), join(folder, 'in'), {
            rowGroupRows: 200,
            ...options,
          })
          return { accounting, converted, digests: await digestsOf(join(folder)) }
        }
        const expected = await written({ workers: 1 })
        expect(Object.keys(expected.digests).length).toBeGreaterThan(5)
        expect(expected.accounting.setAside).not.toEqual({})
        for (const options of [
          { workers: 2 },
          { workers: 4 },
          { workers: 1, scanner: 'ts' },
          { workers: 2, scanner: 'ts' },
        ] as const) {
          expect(await written(options), JSON.stringify(options)).toEqual(expected)
        }
      }),
    3 * minutes,
  )
})

/** Of the table's files and the rejects, by name. */
async function digestsOf(folder: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {}
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of entries) {
    const name = join(entry.parentPath, entry.name).slice(folder.length)
    if (!entry.isFile() || entry.name === 'manifest.json' || name.startsWith('/in/')) continue
    digests[name] = createHash('sha256')
      .update(await readFile(join(folder, name)))
      .digest('hex')
  }
  return digests
}
