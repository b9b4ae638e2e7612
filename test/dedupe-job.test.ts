import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { analyzeJob, type RunOptions, runJob } from '@fletching/engine'
import { generateObjects, trapKinds } from '@fletching/gen'
import job from '@fletching/jobs/segment-to-personalize'
import {
  csvOf,
  inFolder,
  linesOf,
  type OracleObject,
  type OracleRow,
  readLine,
  sample,
  segmentToPersonalizeOracle,
  verdictOf,
} from '@fletching/testing'
import { describe, expect, it } from 'vitest'

/** The main job that drops duplicates, slowly: the rows, and how many repeat an earlier one, in each object that has such. */
function dedupeOracle(objects: readonly OracleObject[]) {
  const seen = new Set<string>()
  const rows: OracleRow[] = []
  const duplicates: Record<string, number> = {}
  for (const { name, bytes } of objects) {
    for (const line of linesOf(bytes)) {
      const outcome = verdictOf(line)
      if (outcome.verdict !== 'row') continue
      const id = messageIdOf(line)
      if (id !== undefined && seen.has(id)) duplicates[name] = (duplicates[name] ?? 0) + 1
      else rows.push(outcome.row)
      if (id !== undefined) seen.add(id)
    }
  }
  return { rows, duplicates }
}

/** Undefined for a message that has none. */
function messageIdOf(line: Uint8Array): string | undefined {
  const written = readLine(line)?.get('messageId') ?? 'null'
  if (/^[-\d]/.test(written)) return written
  const text: unknown = written.startsWith('"') ? JSON.parse(written) : ''
  return text === '' ? undefined : String(text).replaceAll(/\p{Surrogate}/gu, '\ufffd')
}

async function write(folder: string, objects: readonly OracleObject[]): Promise<void> {
  for (const { name, bytes } of objects) {
    await mkdir(dirname(join(folder, 'in', name)), { recursive: true })
    await writeFile(join(folder, 'in', name), bytes)
  }
}

/** Runs the main job over `in/`. */
async function run(folder: string, out: string, options: RunOptions = {}) {
  const params = {
    S3_JSON_INPUT_PATH: join(folder, 'in'),
    S3_CSV_OUTPUT_PATH: join(folder, out, 'csv'),
    S3_PARQUET_OUTPUT_PATH: join(folder, out, 'table'),
    DEDUPE: 'messageId',
  }
  const { accounting, inputs, outputs } = await runJob(job, params, { onMalformed: 'quarantine', ...options })
  const csv = await readFile(join(folder, out, 'csv/part-00000.csv'), 'utf8')
  const duplicates = [...inputs].flatMap(({ name, accounting: { duplicates: count } }) =>
    count === 0 ? [] : [[name.slice(join(folder, 'in/').length), count]],
  )
  const rejects = outputs.find(({ format }) => format === 'rejects')
  const tables = outputs.filter(({ format }) => format === 'parquet')
  return {
    csv,
    accounting,
    duplicates: Object.fromEntries(duplicates) as Record<string, number>,
    rejects: rejects === undefined ? '' : await readFile(rejects.name, 'utf8'),
    tableRows: tables.reduce((sum, { rows }) => sum + rows, 0),
  }
}

describe('the main job that drops duplicates', () => {
  it.each(sample([1, 2, 3], 3))('keeps the first of every message, on any number of threads, seed %d', (seed) =>
    inFolder(async (folder) => {
      const kinds = trapKinds.map(({ kind }) => kind)
      const generated = { seed, events: 4000, days: 3, traps: 0.3, trapKinds: kinds }
      const made = [...generateObjects(generated)].map(({ key, bytes }) => ({ name: key, bytes }))
      // All of it again in one plain object at the end, with a few events that are new.
      const again = [
        ...generateObjects({ ...generated, gzip: false }),
        ...generateObjects({ seed: 77, events: 500, gzip: false }),
      ]
      const objects = [...made, { name: 'zz-again', bytes: Buffer.concat(again.map(({ bytes }) => bytes)) }]
      await write(folder, objects)
      const expected = dedupeOracle(objects)
      const first = await run(folder, 'by1', { workers: 1 })
      expect(first.csv).toBe(csvOf(expected.rows, 'personalize'))
      expect(first.duplicates).toEqual(expected.duplicates)
      expect(first.tableRows).toBe(first.accounting.rows)
      expect(Object.keys(first.duplicates).length).toBeGreaterThan(3)
      const { counts } = segmentToPersonalizeOracle(objects)
      expect(first.accounting.rows + first.accounting.duplicates).toBe(counts.rows)
      for (const workers of [2, 4]) expect(await run(folder, `by${workers}`, { workers })).toEqual(first)
      expect(await run(folder, 'strict', { scanner: 'ts' })).toEqual(first)
    }),
  )

  it('drops no event without a messageId, and none for a line that is set aside', () =>
    inFolder(async (folder) => {
      const event = (userId: string, more: object) =>
        JSON.stringify({
          userId,
          event: 'Product Clicked',
          properties: { sku: 's' },
          timestamp: '2019-05-18T00:00:00Z',
          ...more,
        })
      const lines = [
        event('u1', {}),
        event('u2', {}),
        event('u3', { messageId: null }),
        event('u4', { messageId: '' }),
        event('u5', { messageId: '' }),
        event('u6', { messageId: { a: 1 } }),
        event('u7', { messageId: { a: 1 } }),
        event('set aside', { messageId: 'm1', timestamp: 'yesterday' }),
        event('u8', { messageId: 'm1' }),
        event('set aside again', { messageId: 'm1', timestamp: 'yesterday' }),
        event('repeats u8', { messageId: 'm1' }),
        event('', { messageId: 'm2' }),
        event('u9', { messageId: 'm2' }),
        event('u10', { messageId: 7 }),
        event('repeats u10', { messageId: '7' }),
      ]
      await write(folder, [{ name: 'a', bytes: Buffer.from(lines.join('\n')) }])
      const { csv, accounting } = await run(folder, 'out')
      expect(csv.match(/^[^,\n]+/gm)?.slice(1)).toEqual(Array.from({ length: 10 }, (_, n) => `u${n + 1}`))
      expect({ ...accounting }).toEqual({
        lines: 15,
        rows: 10,
        filtered: { 'userId missing': 1 },
        duplicates: 2,
        setAside: { 'timestamp: NOT_A_TIMESTAMP': 2 },
        malformed: {},
        blank: 0,
      })
    }))

  it('names the first malformed line as ever', () =>
    inFolder(async (folder) => {
      await write(folder, [{ name: 'a', bytes: Buffer.from('{}\n\n{"messageId":\n[]\n') }])
      await expect(run(folder, 'out', { onMalformed: 'fail' })).rejects.toThrow(
        `MALFORMED_JSON: the line ends before its object does\n  at ${join(folder, 'in/a')} line 3, byte 17 of the uncompressed object`,
      )
    }))

  it('says what it did when it is analyzed', () =>
    inFolder(async (folder) => {
      const [{ bytes }] = generateObjects({ seed: 5, events: 400, days: 1, gzip: false, traps: 0 })
      await write(folder, [{ name: 'a', bytes: Buffer.concat([bytes, bytes]) }])
      const params = { S3_JSON_INPUT_PATH: join(folder, 'in'), S3_CSV_OUTPUT_PATH: 'out', DEDUPE: 'messageId' }
      for (const workers of [1, 2]) {
        const { operators } = await analyzeJob(job, params, { workers })
        const step = operators.find(({ operator }) => operator === 'dropDuplicates messageId')
        expect(step?.rowsIn).toBeGreaterThan(10)
        expect(step?.rowsOut).toBe((step?.rowsIn ?? 0) / 2)
        expect(step?.milliseconds).toBeGreaterThan(0)
      }
    }))

  it.each([
    [
      'messageid',
      'UNKNOWN_COLUMN: no column "messageid" in segmentTrack\n  at dropDuplicates, job segment-to-personalize',
    ],
    [
      'context',
      'TYPE_MISMATCH: dropDuplicates needs a plain value, but context is struct\n  at dropDuplicates, job segment-to-personalize',
    ],
  ])('refuses to go by %s', (DEDUPE, message) => {
    expect(() => job.build({ S3_JSON_INPUT_PATH: 'in', S3_CSV_OUTPUT_PATH: 'out', DEDUPE })).toThrow(message)
  })
})
