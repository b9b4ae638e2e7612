import { createHash } from 'node:crypto'
import { copyFile, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { defineJob, param } from '@fletching/job'
import { concat, lit, optimize, scanNdjson, writeCsv, writeParquet } from '@fletching/plan'
import { asFolder, openMemoryStore, openStore, parseLocation, type Store } from '@fletching/storage'
import { inFolder, randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { untilAborted } from '../src/abort.ts'
import { earlierRows } from '../src/earlier-rows.ts'
import type { Manifest } from '../src/manifest.ts'
import type { RunOptions } from '../src/options.ts'
import { type CsvSinkPlan, lower, type PhysicalSink } from '../src/physical.ts'
import type { Places } from '../src/places.ts'
import type { OutputInfo } from '../src/report.ts'
import { runJob } from '../src/run.ts'
import { events } from './plans.ts'
import { put, stateIn } from './stores.ts'

/** A CSV of columns of every kind, and a table that has them under other names and in another order, among others. */
const job = defineJob({
  name: 'all-kinds',
  params: {
    INPUT: param.location('events'),
    CSV: param.location('a CSV'),
    TABLE: param.location('a table').optional(),
  },
  plan: ({ INPUT, CSV, TABLE }) => {
    const rows = scanNdjson(INPUT, events).select((col) => ({
      user: col('userId'),
      note: col('properties.note'),
      event: col('event'),
      at: col('timestamp'),
      seconds: col('timestamp').epochSeconds(),
      day: col('timestamp').date(),
      count: col('count'),
      price: col('price'),
      vip: col('vip'),
      who: concat(lit('u-'), col('userId')),
      sku: col('properties.sku'),
    }))
    const csv = rows.dropFields('sku')
    const table = rows.select((col) => ({
      sku: col('sku'),
      text: col('note'),
      day: col('day'),
      seconds: col('seconds'),
      moment: col('at'),
      who: col('who'),
      user_id: col('user'),
      event: col('event'),
      price: col('price'),
      vip: col('vip'),
      count: col('count'),
    }))
    return [writeCsv(csv, { to: CSV }), writeParquet(table, { to: TABLE })]
  },
})

const texts = [
  '',
  'a',
  'a,b',
  '"quoted"',
  'back\\slash',
  '\ufeffmark',
  '\ufffd',
  '😀',
  ' blank ',
  'x'.repeat(300),
  '%2F/..',
]

/** Lines with every kind of value, and with none. */
function linesOf(seed: number, count: number): string {
  const random = randomFrom(seed)
  const maybe = <T>(value: T) => (random.below(4) === 0 ? null : value)
  return Array.from({ length: count }, (_, row) =>
    JSON.stringify({
      userId: maybe(`u${random.below(50)}`),
      event: maybe(random.pick(['Product Clicked', 'Order/Completed', 'a=b', '\ufeffmark', '%2F/..', ' ', ''])),
      timestamp: `2019-05-${10 + random.below(4)}T20:13:05.${100 + (row % 900)}Z`,
      properties: { sku: maybe('sku'), note: maybe(random.pick(texts)) },
      count: maybe(random.below(1_000_000_000)),
      price: maybe(random.below(1000) / 7),
      vip: maybe(random.below(2) === 0),
    }),
  )
    .join('\n')
    .replace(/"count":(\d)/g, '"count":900719925$1')
}

/** What runs have left: for each its CSV without the header, and the files of all in one table. */
interface Left {
  readonly table: string
  readonly csvs: readonly string[]
  readonly outputs: readonly OutputInfo[]
  /** The places of the next run. */
  readonly places: Places3
  readonly csv: CsvSinkPlan
}
type Places3 = Pick<Places, 'sinks' | 'state' | 'last' | 'bookmark'>

/** Runs the job on lines, once for each text of them, into one table, as runs do that append. */
async function leave(folder: string, inputs: readonly string[], options: RunOptions): Promise<Left> {
  const table = join(folder, 'table')
  const csvs: string[] = []
  const outputs: OutputInfo[] = []
  for (const [number, lines] of inputs.entries()) {
    // Names of runs fall, so that their order is not that of names.
    const run = `run-${9 - number}`
    const [input, out] = [join(folder, run, 'in'), join(folder, run, 'table')]
    await mkdir(input, { recursive: true })
    await writeFile(join(input, 'a.json'), lines)
    const csv = join(folder, run, 'a.csv')
    const report = await runJob(job, { INPUT: input, CSV: csv, TABLE: out }, { onEmpty: 'header', ...options })
    csvs.push((await readFile(csv, 'utf8')).replace(/^.*\r?\n/, ''))
    for (const output of report.outputs.filter(({ format }) => format === 'parquet')) {
      const name = `${table}${output.name.slice(out.length)}`.replace('part-00000', `part-00000-${run}`)
      await mkdir(dirname(name), { recursive: true })
      await copyFile(output.name, name)
      outputs.push({ ...output, name, run })
    }
  }
  const run = outputs.at(-1)?.run ?? ''
  const rows = outputs.reduce((sum, output) => sum + (output.run === run ? output.rows : 0), 0)
  const { sinks, csv } = sinksOf(folder, options)
  const store = await openStore(parseLocation(folder))
  return { table, csvs, outputs, csv, places: placesOf(store, sinks, table, { run, rows, outputs }) }
}

function sinksOf(
  folder: string,
  options: RunOptions,
): { readonly sinks: readonly PhysicalSink[]; readonly csv: CsvSinkPlan } {
  const ends = { INPUT: 'in', CSV: join(folder, 'a.csv'), TABLE: join(folder, 'table') }
  const { sinks } = lower(optimize(job.build(ends)), options)
  const csv = sinks.find((sink) => sink.format === 'csv')
  if (csv === undefined) throw new Error('no CSV')
  return { sinks, csv }
}

function placesOf(
  store: Store,
  sinks: readonly PhysicalSink[],
  table: string,
  { run, rows, outputs }: { readonly run: string; readonly rows: number; readonly outputs: readonly OutputInfo[] },
): Places3 {
  const csv = { format: 'csv', run, name: 'a.csv', rows, bytes: 0, sha256: '' } as const
  const last: Partial<Manifest> = { run, accounting: { rows } as Manifest['accounting'], outputs: [...outputs, csv] }
  return {
    sinks: sinks.map((sink) => ({
      sink,
      store,
      target: asFolder(parseLocation(sink.format === 'csv' ? 'memory:csv' : table)),
    })),
    state: stateIn(store),
    last: last as Manifest,
    bookmark: undefined,
  }
}

/** All bytes, held against the rows that are counted. */
async function csvOf(places: Places3, csv: CsvSinkPlan): Promise<string> {
  const chunks: Uint8Array[] = []
  let rows = 0
  for await (const part of earlierRows(places, csv)) {
    chunks.push(part.bytes)
    rows += part.rows
  }
  expect(rows).toBe(
    (places.last?.outputs ?? [])
      .filter(({ format }) => format === 'parquet')
      .reduce((sum, output) => sum + output.rows, 0),
  )
  return Buffer.concat(chunks).toString()
}

const sorted = (text: string) => text.split('\n').sort()

describe('the rows of earlier runs', () => {
  const inputs = [linesOf(testSeed, 1000), linesOf(testSeed + 1, 1), linesOf(testSeed + 2, 200)]

  it.each<[string, RunOptions]>([
    ['one file', {}],
    ['many row groups', { rowGroupRows: 7 }],
    ['another dialect', { csvDialect: 'athena-opencsv', rowGroupRows: 300 }],
    ['zstd', { csvDialect: 'glue', parquetCompression: 'zstd' }],
    ['another writer', { csvDialect: 'rfc4180', parquetWriter: 'parquetjs-lite', parquetCompression: 'gzip' }],
  ])(`are the bytes that these have written: %s (FLETCHING_SEED=${testSeed})`, (_, options) =>
    inFolder(async (folder) => {
      const isExact = options.parquetWriter !== 'parquetjs-lite'
      const lines = inputs.map((text) => (isExact ? text : text.replaceAll('"count":900719925', '"count":')))
      const { places, csv, csvs } = await leave(folder, lines, options)
      expect(await csvOf(places, csv)).toBe(csvs.join(''))
    }),
  )

  it.each([[['day']], [['event']], [['count']], [['price', 'vip']], [['moment']], [['day', 'event', 'user_id']]])(
    `are the same rows where folders have the names of %j (FLETCHING_SEED=${testSeed})`,
    (partitionBy) =>
      inFolder(async (folder) => {
        const few = [linesOf(testSeed, 50), linesOf(testSeed + 1, 1), linesOf(testSeed + 2, 20)]
        const { places, csv, csvs, outputs } = await leave(folder, few, { partitionBy })
        expect(outputs.length).toBeGreaterThan(3)
        const text = await csvOf(places, csv)
        expect(sorted(text)).toEqual(sorted(csvs.join('')))
        // In order of the runs, whatever these are called.
        const first = csvs[0].split('\n').length - 1
        expect(text.split('\n').slice(0, first).sort()).toEqual(csvs[0].trimEnd().split('\n').sort())
      }),
  )

  it('are none before the first run', () =>
    inFolder(async (folder) => {
      const { places, csv } = await leave(folder, [], {})
      expect(await csvOf({ ...places, last: undefined }, csv)).toBe('')
    }))

  it('are read in parts, from a store that has to be waited for', () =>
    inFolder(async (folder) => {
      // The footer of so many row groups is longer than what is read of a file's end at first.
      const { places, csv, csvs, outputs } = await leave(folder, [linesOf(testSeed, 1500)], { rowGroupRows: 2 })
      expect(outputs[0].bytes).toBeGreaterThan(600_000)
      const store = openMemoryStore()
      await put(store, parseLocation('memory:table/a.parquet'), await readFile(outputs[0].name))
      const moved = [{ ...outputs[0], name: 'memory:table/a.parquet' }]
      const sinks = places.sinks.map(({ sink }) => sink)
      const last = { run: outputs[0].run, rows: outputs[0].rows, outputs: moved }
      expect(await csvOf(placesOf(store, sinks, 'memory:table', last), csv)).toBe(csvs.join(''))
    }))

  it('come in parts of some MiB, however long a text is', () =>
    inFolder(async (folder) => {
      const line = JSON.stringify({ timestamp: '2019-05-10T20:13:05Z', event: 'x'.repeat(1_000_000) })
      const { places, csv, csvs } = await leave(folder, [Array.from({ length: 30 }, () => line).join('\n')], {})
      const sizes: number[] = []
      for await (const { bytes } of earlierRows(places, csv)) sizes.push(bytes.length)
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(csvs[0].length)
      expect(Math.max(...sizes)).toBeLessThan(9 * 1024 * 1024)
    }))

  it('end with the reason of a signal', () =>
    inFolder(async (folder) => {
      const { places, csv } = await leave(folder, inputs, { rowGroupRows: 100 })
      const controller = new AbortController()
      const read = async () => {
        for await (const _ of untilAborted(earlierRows(places, csv), controller.signal))
          controller.abort(new Error('enough'))
      }
      await expect(read()).rejects.toThrow('enough')
    }))
})

const ANEW =
  'to write everything anew, which loses the rows of what the input no longer holds: --write-mode replace over the whole input; with a bookmark, fletching bookmark reset JOB --outputs remove, then the same run'

describe('a table that has changed', () => {
  const changed = (
    run: string,
    why: string,
    name: string,
  ) => `TABLE_CHANGED: the table no longer holds what run ${run} wrote: ${why}
  at ${name}
  nothing was written; bring the file back
  ${ANEW}`

  it.each<[string, (name: string) => Promise<void>, string]>([
    ['a file that is gone', (name) => rm(name), 'the file is gone'],
    ['a file that was cut', (name) => truncate(name, 100), 'the file has 100 bytes, and had BYTES'],
    ['a page with another bit', (name) => turn(name, 60), 'its bytes are others'],
    ['another bit at the start', (name) => turn(name, 0), 'its bytes are others'],
    ['a footer with another bit', (name) => turn(name, -100), 'its bytes are others'],
    ['another bit at the end', (name) => turn(name, -1), 'its bytes are others'],
    ['another footer length', (name) => turn(name, -5), 'its bytes are others'],
    [
      'a file that is none of ours',
      async (name) => writeFile(name, 'x'.repeat((await readFile(name)).length)),
      'its bytes are others',
    ],
  ])('is refused: %s', (_, change, why) =>
    inFolder(async (folder) => {
      const { places, csv, outputs } = await leave(folder, [linesOf(1, 50), linesOf(2, 50)], {})
      const [, { name, run, bytes }] = outputs
      await change(name)
      await expect(csvOf(places, csv)).rejects.toMatchObject({
        kind: 'environment',
        message: changed(run, why.replace('BYTES', String(bytes)), name),
      })
    }),
  )

  it('is refused when a file has other rows than the manifest says', () =>
    inFolder(async (folder) => {
      const { places, csv, outputs } = await leave(folder, [linesOf(1, 50), linesOf(2, 50)], {})
      const [first, second] = outputs
      const last = { ...places.last, outputs: [{ ...first, rows: 49 }, second] } as Manifest
      await expect(csvOf({ ...places, last }, csv)).rejects.toMatchObject({
        message: changed(first.run, 'the file has 50 rows, and had 49', first.name),
      })
    }))

  it.each<[string, (name: string) => Promise<void>, RegExp]>([
    [
      'what a run wrote is no Parquet',
      (name) => writeFile(name, 'a,b\n1,2\n'),
      /^BAD_PARQUET: the file cannot be read as Parquet: it does not end with PAR1\n {2}at .*run-9.parquet\n {2}to write everything anew, .* the same run$/,
    ],
    [
      'a run wrote other columns',
      otherColumns,
      /^OTHER_COLUMNS: .*\n {2}at .*run-9.parquet\n {2}it has: user optional BYTE.*\n {2}expected: sku optional.*\n {2}to write everything anew, .* the same run$/,
    ],
  ])('is refused when %s', (_, change, message) =>
    inFolder(async (folder) => {
      const { places, csv, outputs } = await leave(folder, [linesOf(1, 50)], {})
      const [{ name }] = outputs
      await change(name)
      const bytes = await readFile(name)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      const last = { ...places.last, outputs: [{ ...outputs[0], bytes: bytes.length, sha256 }] } as Manifest
      await expect(csvOf({ ...places, last }, csv)).rejects.toThrow(
        expect.objectContaining({ kind: 'environment', message: expect.stringMatching(message) }),
      )
    }),
  )
})

it('the rows of earlier runs are those that are left since the bookmark was moved', () =>
  inFolder(async (folder) => {
    const { places, csv, csvs } = await leave(folder, [linesOf(1, 50), linesOf(2, 50)], {})
    const [first] = places.last?.outputs ?? []
    const last = { ...places.last, run: 'the move', outputs: [first] } as Manifest
    expect(await csvOf({ ...places, last }, csv)).toBe(csvs[0])
  }))

describe('rows that no table of the run holds', () => {
  const refused = async (last: (places: Places3) => Partial<Manifest>, message: (folder: string) => string) =>
    inFolder(async (folder) => {
      const { places, csv } = await leave(folder, [linesOf(1, 50)], {})
      const changed = { ...places, last: { ...places.last, ...last(places) } as Manifest }
      await expect(csvOf(changed, csv)).rejects.toMatchObject({ kind: 'author', message: message(folder) })
    })

  it('are refused when the last run has written none', () =>
    refused(
      ({ last }) => ({
        run: 'run-8',
        accounting: { rows: 7 } as Manifest['accounting'],
        outputs: (last?.outputs ?? []).map((output) =>
          output.format === 'csv' ? { ...output, run: 'run-8' } : output,
        ),
      }),
      (folder) => `NO_EARLIER_ROWS: run run-8 has written 7 rows, and 0 of them into the table
  at ${folder}/table/
  at --csv full
  every run must write the table; --csv increment needs none
  ${ANEW}`,
    ))
})

/** Turns a bit of a byte, counted from the end where `at` is negative. */
async function turn(name: string, at: number): Promise<void> {
  const bytes = await readFile(name)
  bytes[at < 0 ? bytes.length + at : at] ^= 1
  await writeFile(name, bytes)
}

/** Puts a file of somebody else in the place of ours. */
async function otherColumns(name: string): Promise<void> {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  await connection.run(`COPY (SELECT 'u' AS "user", 1 AS count) TO '${name}' (FORMAT parquet)`)
  connection.closeSync()
  instance.closeSync()
}
