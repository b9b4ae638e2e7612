import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { analyzeJob, type Report, type RunOptions, runJob } from '@fletching/engine'
import { generateObjects } from '@fletching/gen'
import type { Job } from '@fletching/job'
import interactions from '@fletching/jobs/segment-ecommerce-to-personalize'
import items from '@fletching/jobs/segment-items-to-personalize'
import users from '@fletching/jobs/segment-users-to-personalize'
import { fletching, inFolder, randomFrom, sample, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { type Expected, interactionsOracle, itemsOracle, usersOracle } from './ecommerce-oracle.ts'
import { oddEvent } from './odd-events.ts'

interface Case {
  readonly job: Job
  readonly dataset: string
  readonly params?: Readonly<Record<string, string>>
  readonly oracle: (lines: readonly string[]) => Expected
}

const cases: readonly Case[] = [
  { job: interactions as unknown as Job, dataset: 'interactions', oracle: (lines) => interactionsOracle(lines, false) },
  {
    job: interactions as unknown as Job,
    dataset: 'interactions',
    params: { DEDUPE: 'messageId' },
    oracle: (lines) => interactionsOracle(lines, true),
  },
  { job: items as unknown as Job, dataset: 'items', oracle: itemsOracle },
  { job: users as unknown as Job, dataset: 'users', oracle: usersOracle },
]
const named = cases.map((one) => [`${one.job.name}${one.params === undefined ? '' : ' with DEDUPE'}`, one] as const)

/** Objects of lines, all compressed but the last. */
async function writeInput(folder: string, objects: readonly (readonly string[])[]): Promise<string[]> {
  await mkdir(join(folder, 'in'))
  for (const [number, lines] of objects.entries()) {
    const bytes = Buffer.from(`${lines.join('\n')}\n`)
    const isLast = number === objects.length - 1
    await writeFile(join(folder, 'in', `events-${number}`), isLast ? bytes : gzipSync(bytes))
  }
  return objects.flat()
}

async function run(folder: string, out: string, { job, params }: Case, options: RunOptions = {}) {
  const places = {
    S3_JSON_INPUT_PATH: join(folder, 'in'),
    S3_CSV_OUTPUT_PATH: join(folder, out, 'csv'),
    S3_PARQUET_OUTPUT_PATH: join(folder, out, 'table'),
  }
  const { accounting, outputs, inputs } = await runJob(job, { ...places, ...params }, options)
  const tables = outputs.filter(({ format }) => format === 'parquet')
  const read = (format: string) => outputs.find((output) => output.format === format)?.name
  const rejects = read('rejects')
  return {
    csv: await readFile(read('csv') ?? '', 'utf8'),
    accounting,
    byObject: Array.from(inputs, (input) => input.accounting),
    tables: tables.map(({ name, sha256 }) => `${name.slice(join(folder, out).length)} ${sha256}`),
    tableRows: tables.reduce((sum, { rows }) => sum + rows, 0),
    rejects: rejects === undefined ? '' : await readFile(rejects, 'utf8'),
  }
}

/** What the oracle tells of an accounting. */
function told({ rows, filtered, duplicates, setAside, exploded, dropped }: Report['accounting'], expected: Expected) {
  const explodes = exploded !== undefined
  return {
    rows,
    filtered: { ...filtered },
    duplicates,
    setAside: Object.values(setAside).reduce((sum, count) => sum + count, 0),
    exploded: explodes ? exploded : expected.counts.exploded,
    dropped: explodes ? { ...dropped } : expected.counts.dropped,
  }
}

describe.each(named)('%s', (_, one) => {
  it.each(sample([1, 2, 3, 4], 4))('gives what its oracle says, of odd events, seed %d', (number) =>
    inFolder(async (folder) => {
      const seed = testSeed + number
      const random = randomFrom(seed)
      const objects = Array.from({ length: 5 }, (_, at) =>
        Array.from({ length: 160 * (at + 1) }, () => oddEvent(random)),
      )
      const lines = await writeInput(folder, objects)
      const expected = one.oracle(lines)
      const first = await run(folder, 'by1', one, { workers: 1 })
      expect(first.csv, `seed ${seed}`).toBe(expected.csv)
      expect(told(first.accounting, expected)).toEqual(expected.counts)
      expect(first.tableRows).toBe(first.accounting.rows + (first.accounting.exploded ?? 0))
      expect(first.accounting.duplicates).toBeGreaterThan(20)
      expect(first.rejects.split('\n')).toHaveLength(expected.counts.setAside + 1)
      for (const workers of [2, 4]) expect(await run(folder, `by${workers}`, one, { workers })).toEqual(first)
      expect(await run(folder, 'strict', one, { scanner: 'ts', workers: 2 })).toEqual(first)
    }),
  )

  it('gives what its oracle says, of the events of a shop, and Personalize takes it', () =>
    inFolder(async (folder) => {
      const generated = [...generateObjects({ seed: 5, events: 5000, kind: 'ecommerce', traps: 0 })]
      const lines = await writeInput(
        folder,
        generated.map(({ bytes }) => gunzipSync(bytes).toString().trimEnd().split('\n')),
      )
      const expected = one.oracle(lines)
      const { csv, accounting } = await run(folder, 'out', one)
      expect(csv).toBe(expected.csv)
      expect(told(accounting, expected)).toEqual(expected.counts)

      const places = ['--S3_JSON_INPUT_PATH', join(folder, 'in'), '--S3_CSV_OUTPUT_PATH', join(folder, 'out/csv')]
      const schema = await fletching(['personalize', 'schema', one.dataset, '--job', one.job.name, ...places])
      expect(schema.stderr).toBe('')
      await writeFile(join(folder, 'schema.avsc'), schema.stdout)
      const args = ['--dataset', one.dataset, '--schema', join(folder, 'schema.avsc')]
      const preflight = await fletching(['personalize', 'preflight', join(folder, 'out/csv'), ...args])
      expect([preflight.code, preflight.stderr]).toEqual([0, ''])
      const params = Object.entries(one.params ?? {}).flatMap(([name, value]) => [`--${name}`, value])
      const again = await fletching(['run', one.job.name, ...places, ...params, '--preflight', 'fail'])
      expect([again.code, again.stderr]).toEqual([0, ''])
      expect(await readFile(join(folder, 'out/csv/part-00000.csv'), 'utf8')).toBe(csv)
      expect(again.stdout).toContain('"failures":[]')
    }))
})

describe('the jobs of a shop', () => {
  const [{ job }] = cases
  const params = { S3_JSON_INPUT_PATH: 'in', S3_CSV_OUTPUT_PATH: 'out/csv' }

  it('have at most as many types and optional columns as Personalize takes', () => {
    const [csv] = job.build(params)
    const optional = ['EVENT_TYPE', 'EVENT_VALUE']
    expect(csv.sink.schema?.fields.filter(({ name }) => optional.includes(name))).toHaveLength(2)
    const text = JSON.stringify(csv.input)
    const mapped = /"op":"mapValues".*?"to":(\[.*?\])/.exec(text)?.[1] ?? '[]'
    expect(new Set(JSON.parse(mapped) as string[]).size + optional.length).toBeLessThanOrEqual(10)
  })

  it('tell what each operator did, lines of a reason that stands at both sides of an explode too', () =>
    inFolder(async (folder) => {
      const line = (event: string, products: unknown) =>
        JSON.stringify({ userId: 'u', event, properties: { products }, timestamp: '2019-05-18T14:03:22Z' })
      await writeInput(folder, [
        [
          line('Order Completed', [{ sku: 'a' }, { name: 'x' }, { sku: 'b' }]),
          line('Order Completed', [{ name: 'x' }, { name: 'y' }]),
          line('Signed Up', null),
        ],
      ])
      const places = { S3_JSON_INPUT_PATH: join(folder, 'in'), S3_CSV_OUTPUT_PATH: join(folder, 'csv') }
      const { operators } = await analyzeJob(job, places)
      const rows = operators.map(({ operator, rowsIn, rowsOut }) => [operator.slice(0, 11), rowsIn, rowsOut])
      expect(rows.filter(([, rowsIn]) => rowsIn !== undefined)).toEqual([
        ['scan ndjson', 3, 2],
        ['  filter, e', 3, 2],
        ['  filter, e', 2, 2],
        ['  filter, e', 2, 2],
        ['  filter, e', 2, 2],
        ['explode pro', 2, 5],
        ['filter coal', 5, 2],
        ['dropDuplica', 2, 2],
        ['set aside', 2, 2],
        ['project USE', 2, 2],
        ['encode csv ', 2, 2],
      ])
    }))

  it('run over events that the command makes, and have a view with the moment of an event', () =>
    inFolder(async (folder) => {
      const gen = (kind: string) =>
        fletching(['gen', '--to', 'data', '--bytes', '200kB', '--traps', '0', '--kind', kind], { cwd: folder })
      expect((await gen('ecommerce')).code).toBe(0)
      const places = ['--S3_JSON_INPUT_PATH', 'data', '--S3_CSV_OUTPUT_PATH', 'out/csv']
      const ran = await fletching(['run', job.name, ...places, '--preflight', 'off'], { cwd: folder })
      expect([ran.code, ran.stderr]).toEqual([0, ''])
      expect(await readFile(join(folder, 'out/csv/part-00000.csv'), 'utf8')).toMatch(
        /,(Purchase|View),\d+(\.\d+)?,\d+\n/,
      )

      const refused = await gen('shop')
      expect(refused.code).toBe(2)
      expect(refused.stderr).toContain('"mixed", "ecommerce"')
      const ddl = await fletching(['catalog', 'ddl', job.name, ...places], { cwd: folder })
      expect(ddl.stdout).toContain('try_cast("event_value" AS double) AS "event_value"')
      expect(ddl.stdout).toContain('AS "event_time"')
    }))

  it.each<[RunOptions, string]>([
    [{ writeMode: 'append', csv: 'full' }, 'with --write-mode replace'],
    [{ bookmark: 'enable', csv: 'full' }, 'without a bookmark, into other outputs'],
  ])('keep no rows of earlier runs beside those that follow them: %j', async (options, replacing) => {
    const values = { ...params, S3_PARQUET_OUTPUT_PATH: 'out/table' }
    await expect(runJob(cases[3].job, values, options)).rejects.toThrow(
      expect.objectContaining({
        message: `BAD_OPTION: a job that keeps the last of the rows that are alike keeps one for each run
  at --csv full
  at job segment-users-to-personalize
  a row of this run would stand beside the one that it replaces, which an earlier run wrote
  read the whole input, ${replacing}; or take the rows of this run alone, with --csv increment`,
      }),
    )
  })
})
