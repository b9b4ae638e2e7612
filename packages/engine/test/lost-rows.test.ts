import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineJob, param, scanNdjson, schema, text, timestamp, writeCsv, writeParquet } from '@fletching/job'
import { NdjsonDecoder } from '@fletching/ndjson'
import { ParquetFile } from '@fletching/parquet'
import { inFolder } from '@fletching/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Coordinator } from '../src/coordinator.ts'
import { CsvSink } from '../src/csv-sink.ts'
import { runJob } from '../src/index.ts'
import { ParquetSink } from '../src/parquet-sink.ts'
import { RejectsSink } from '../src/rejects-sink.ts'

const events = schema('events', { id: text().required(), at: timestamp().required() })

const copy = defineJob({
  name: 'copy',
  params: { INPUT: param.location('events'), CSV: param.location('a folder'), TABLE: param.location('a folder') },
  plan: ({ INPUT, CSV, TABLE }) => {
    const rows = scanNdjson(INPUT, events).select((col) => ({ id: col('id'), at: col('at') }))
    return [writeCsv(rows, { to: CSV, dialect: 'rfc4180' }), writeParquet(rows, { to: TABLE })]
  },
})

const good = '{"id":"a","at":"2019-05-18"}\n{"id":"b","at":"2019-05-18"}\n'
const bad = '{"id":"c","at":"never"}\n{\n'
/** A blank line that is long enough for each object to be read, and to end its batch, on its own. */
const blank = `${' '.repeat(600_000)}\n`

/** Runs the job on three objects of two rows, a line that is set aside and a malformed one each; gives the files that it leaves. */
function run(): Promise<string[]> {
  return inFolder(async (folder) => {
    await mkdir(join(folder, 'in'))
    for (const name of ['a', 'b', 'c']) await writeFile(join(folder, 'in', name), good + bad + blank)
    const places = { INPUT: join(folder, 'in'), CSV: join(folder, 'csv'), TABLE: join(folder, 'table') }
    const error = await runJob(copy, places, { onMalformed: 'quarantine', rowGroupRows: 2 }).then(
      () => undefined,
      (reason: unknown) => reason as Error,
    )
    const left = await readdir(folder, { recursive: true })
    if (error === undefined) return left.sort()
    expect(left.sort()).toEqual(['in', 'in/a', 'in/b', 'in/c'])
    throw error
  })
}

afterEach(() => {
  vi.restoreAllMocks()
})

/** Puts a fault into a method: its n-th call loses, or doubles, what it is given or gives. */
function onCall<T extends object>(
  owner: T,
  method: keyof T & string,
  number: number,
  fault: (call: () => unknown) => unknown,
) {
  const whole = owner[method] as (...args: unknown[]) => unknown
  let calls = 0
  vi.spyOn(owner as Record<string, (...args: unknown[]) => unknown>, method).mockImplementation(function (
    this: unknown,
    ...args: unknown[]
  ) {
    const call = () => whole.apply(this, args)
    return ++calls === number ? fault(call) : call()
  })
}

const lost = () => undefined
const twice = async (call: () => unknown) => {
  await call()
  return call()
}

describe('a run', () => {
  it('leaves all of its files when nothing is lost', async () => {
    expect(await run()).toContain('csv/part-00000.csv')
  })

  it.each<[string, () => void, string]>([
    ['loses the first morsel', () => onCall(Coordinator.prototype, 'append', 1, lost), 'morsel 1 came when 0 was next'],
    [
      'loses the last morsel',
      () => onCall(Coordinator.prototype, 'append', 3, lost),
      'sink 0 was given 4 rows, but 6 came out of the filters',
    ],
    ['writes a morsel twice', () => onCall(Coordinator.prototype, 'append', 3, twice), 'morsel 2 came when 3 was next'],
    [
      'loses rows on the way into the CSV',
      () => onCall(CsvSink.prototype, 'write', 2, lost),
      'sink 0 was given 4 rows, but 6 came out of the filters',
    ],
    [
      'writes rows twice into the CSV',
      () => onCall(CsvSink.prototype, 'write', 2, twice),
      'sink 0 was given 8 rows, but 6 came out of the filters',
    ],
    [
      'loses rows on the way into the table',
      () => onCall(ParquetSink.prototype, 'write', 3, lost),
      'sink 1 was given 4 rows, but 6 came out of the filters',
    ],
    [
      'loses a row group',
      () => onCall(ParquetFile.prototype, 'append', 1, () => new Uint8Array(0)),
      'sink 1 was given 4 rows, but 6 came out of the filters',
    ],
    [
      'loses rejects',
      () => onCall(RejectsSink.prototype, 'write', 2, lost),
      'the rejects were given 4 lines, but 6 were refused',
    ],
    [
      'loses a batch of the decoder',
      () => onCall(NdjsonDecoder.prototype, 'flush', 2, (call) => (call() as unknown[]).slice(1)),
      'the lines do not add up: 5 lines, but 0 rows + 0 filtered + 0 duplicates + 0 set aside + 1 malformed + 1 blank',
    ],
    [
      'gets a batch of the decoder twice',
      () =>
        onCall(NdjsonDecoder.prototype, 'flush', 2, (call) => (call() as unknown[]).flatMap((batch) => [batch, batch])),
      'a batch ends 1 objects, of which 0 had begun',
    ],
  ])('that %s fails as a bug of ours and shows nothing', async (_, breakIt, what) => {
    breakIt()
    await expect(run()).rejects.toMatchObject({ kind: 'internal', what })
  })
})
