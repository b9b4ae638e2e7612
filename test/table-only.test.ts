import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type RunOptions, runJob } from '@fletching/engine'
import { parseSchemaFile, schema, text, timestamp } from '@fletching/job'
import job from '@fletching/jobs/segment-logs-to-parquet'
import {
  fletching,
  inFolder,
  parquetRows,
  randomFrom,
  sample,
  sampleTitle,
  spawnFletching,
  testSeed,
} from '@fletching/testing'
import { describe, expect, it } from 'vitest'

const SCHEMA = `{ "name": "logs", "fields": [
  { "name": "id", "type": "text" },
  { "name": "timestamp", "type": "timestamp" },
  { "name": "p", "type": "struct", "fields": [
    { "name": "tags", "type": "list", "item": { "type": "text" } },
    { "name": "price", "type": "float64", "contract": "freeze" }
  ] }
] }`
const STATE = '_fletching/segment-logs-to-parquet/table'

const lineOf = (id: string, day: number, p: string) =>
  `{"id":"${id}","timestamp":"2019-05-${day}T12:00:00Z","p":${p}}\n`
const first = lineOf('a', 18, '{"tags":["x",null]}') + lineOf('b', 19, '{}')
const second = lineOf('c', 19, '{"price":1.5}') + lineOf('d', 20, 'null') + lineOf('set aside', 20, '7')

/** A folder with a schema, an input folder and places for a table that has no CSV beside it. */
async function placesIn(folder: string, input: string) {
  await mkdir(join(folder, 'in'), { recursive: true })
  await writeFile(join(folder, 'in/a'), input)
  await writeFile(join(folder, 'logs.schema.json'), SCHEMA)
  return { S3_JSON_INPUT_PATH: join(folder, 'in'), S3_PARQUET_OUTPUT_PATH: join(folder, 'table') }
}

function run(places: Awaited<ReturnType<typeof placesIn>>, options: RunOptions = {}) {
  return runJob(job, { ...places, SCHEMA: parseSchemaFile(SCHEMA, 'logs.schema.json') }, { workers: 1, ...options })
}

/** What can be seen below a folder, but for its input: digests by name, of the manifest that it is there. */
async function visible(folder: string): Promise<Record<string, string>> {
  const seen: Record<string, string> = {}
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const name = join(entry.parentPath, entry.name).slice(folder.length + 1)
    if (!entry.isFile() || name.startsWith('in/') || name.endsWith('.schema.json')) continue
    if (entry.name.startsWith('.') || name.startsWith(`${STATE}/runs/`)) continue
    // Rejects name their objects.
    const text = (await readFile(join(folder, name), 'latin1')).replaceAll(folder, 'ROOT')
    seen[name] = entry.name === 'manifest.json' ? 'a manifest' : createHash('sha256').update(text).digest('hex')
  }
  return seen
}

/** Of the rows of all files, in order. */
async function idsIn(folder: string): Promise<string[]> {
  const names = Object.keys(await visible(folder)).filter((name) => name.endsWith('.parquet'))
  const rows = await Promise.all(names.sort().map((name) => parquetRows(join(folder, name))))
  return rows
    .flat()
    .map(({ id }) => String(id))
    .sort()
}

describe('a table that is the only output of a job', () => {
  it('has its state beside its folder, and is replaced by the next run', () =>
    inFolder(async (folder) => {
      await run(await placesIn(folder, first))
      expect(Object.keys(await visible(folder)).sort()).toEqual([
        `${STATE}/manifest.json`,
        'table/dt=2019-05-18/part-00000.parquet',
        'table/dt=2019-05-19/part-00000.parquet',
      ])
      const { accounting } = await run(await placesIn(folder, second))
      expect(accounting).toMatchObject({ rows: 2, setAside: { 'p: NOT_AN_OBJECT': 1 } })
      expect(Object.keys(await visible(folder)).sort()).toEqual([
        `${STATE}/manifest.json`,
        `${STATE}/rejects.ndjson`,
        'table/dt=2019-05-19/part-00000.parquet',
        'table/dt=2019-05-20/part-00000.parquet',
      ])
      expect(await idsIn(folder)).toEqual(['c', 'd'])
    }))

  it('takes the day of an event from a text too, and tells how many events have none', () =>
    inFolder(async (folder) => {
      const moments = ['2019-05-18T12:00:00.123456Z', '2019-05-18', 'NOW', '']
      const lines = [
        ...moments.map((timestamp) => JSON.stringify({ timestamp })),
        '{"timestamp":"NOW","sentAt":"2019-05-19T01:00:00+02:00"}',
        '{"sentAt":"2019-05-20T01:00:00Z"}',
      ]
      const places = await placesIn(folder, `${lines.join('\n')}\n`)
      const SCHEMA = schema('logs', { timestamp: text(), sent_at: timestamp().from('sentAt') })
      const { accounting, outputs, warnings } = await runJob(job, { ...places, SCHEMA }, { workers: 1 })
      expect(accounting).toMatchObject({ rows: 6, setAside: {} })
      expect(Object.fromEntries(outputs.map(({ name, rows }) => [name.slice(folder.length), rows]))).toEqual({
        '/table/dt=2019-05-18/part-00000.parquet': 3,
        '/table/dt=2019-05-20/part-00000.parquet': 1,
        '/table/dt=__HIVE_DEFAULT_PARTITION__/part-00000.parquet': 2,
      })
      expect(warnings).toEqual([
        '2 rows have no dt and stand in dt=__HIVE_DEFAULT_PARTITION__, where Athena does not look when it computes the days of a table',
      ])
      // The text itself is as it was.
      const kept = await parquetRows(join(folder, 'table/dt=2019-05-18/part-00000.parquet'))
      expect(kept.map((row) => row.timestamp)).toEqual([moments[0], moments[1], 'NOW'])
    }))

  it.each<[names: readonly string[], partition: string]>([
    [['dt'], 'event_dt'],
    [['dt', 'event_dt'], 'event_dt_2'],
    [['event_dt', 'event_dt_2', 'dt'], 'event_dt_3'],
    [['event_dt'], 'dt'],
  ])('has every column of the events, whatever their names: %j', (names, partition) =>
    inFolder(async (folder) => {
      const values = Object.fromEntries(names.map((name) => [name, `the ${name}`]))
      const line = JSON.stringify({ timestamp: '2019-05-18T12:00:00Z', ...values })
      const places = await placesIn(folder, `${line}\n`)
      const columns = [...names.map((name) => ({ name, type: 'text' })), { name: 'timestamp', type: 'timestamp' }]
      const file = JSON.stringify({ name: 'logs', fields: columns })
      await runJob(job, { ...places, SCHEMA: parseSchemaFile(file, 'logs.schema.json') }, { workers: 1 })
      expect(await parquetRows(join(folder, `table/${partition}=2019-05-18/part-00000.parquet`))).toEqual([
        { ...values, timestamp: new Date('2019-05-18T12:00:00Z') },
      ])
    }),
  )

  it('stays as it was when a run fails by a contract, of which the command tells with exit code 3', () =>
    inFolder(async (folder) => {
      await run(await placesIn(folder, first))
      const before = await visible(folder)
      const places = await placesIn(folder, second + lineOf('e', 18, '{"price":"1.50"}'))
      const flags = Object.entries({ ...places, SCHEMA: join(folder, 'logs.schema.json') }).flatMap(([name, value]) => [
        `--${name}`,
        value,
      ])
      const { code, stderr } = await fletching(['run', job.name, ...flags])
      expect(code).toBe(3)
      expect(
        stderr.replaceAll(`${folder}/`, ''),
      ).toBe(`CONTRACT_BROKEN: p.price is frozen as float64, and a line holds a text
  at in/a line 4, byte ${second.length} of the uncompressed object
  at job segment-logs-to-parquet
  nothing was written; have the producer mend the line, or leave the object out with --exclude
  another contract in the schema would go on: evolve or discard-row sets such lines aside, discard-value takes the value for null
`)
      expect(await visible(folder)).toEqual(before)
    }))

  it('is not written when no row comes out, and no CSV is offered', () =>
    inFolder(async (folder) => {
      await expect(run(await placesIn(folder, '\n'))).rejects.toThrow(
        expect.objectContaining({
          message: `EMPTY_RESULT: no row came out of 1 line
  at 1 blank
  at job segment-logs-to-parquet
  nothing was written; --on-empty skip leaves the old outputs`,
        }),
      )
      expect(await visible(folder)).toEqual({})
    }))

  it('grows by what is new with a bookmark, under the schema that it began with', () =>
    inFolder(async (folder) => {
      const options = { bookmark: 'enable' } as const
      const places = await placesIn(folder, first)
      await run(places, options)
      await writeFile(join(folder, 'in/b'), second)
      expect((await run(places, options)).accounting.rows).toBe(2)
      expect(await idsIn(folder)).toEqual(['a', 'b', 'c', 'd'])
      const other = parseSchemaFile(SCHEMA.replace('"id"', '"number", "key": "id"'), 'other.json')
      await writeFile(join(folder, 'in/c'), first)
      await expect(runJob(job, { ...places, SCHEMA: other }, options)).rejects.toMatchObject({ code: 'JOB_CHANGED' })
    }))

  it(
    `is whole, or as before, when its run is killed at a step, and whole after the next: ${sampleTitle}`,
    () =>
      inFolder(async (folder) => {
        const preload = fileURLToPath(new URL('faults/kill-at-step.js', import.meta.url))
        const start = async (root: string, env: Readonly<Record<string, string>> = {}) => {
          const flags = [
            `--S3_JSON_INPUT_PATH=${root}/in`,
            `--S3_PARQUET_OUTPUT_PATH=${root}/table`,
            `--SCHEMA=${root}/logs.schema.json`,
          ]
          const all = { NODE_OPTIONS: `--import=${preload}`, FLETCHING_KILL_ROOT: root, ...env }
          return spawnFletching(['run', job.name, '--workers=1', ...flags], { env: all })
        }
        const prepare = async (root: string) => {
          await run(await placesIn(root, first))
          await placesIn(root, second)
        }
        const undisturbed = join(folder, 'undisturbed')
        const log = join(folder, 'steps')
        await prepare(undisturbed)
        expect(await start(undisturbed, { FLETCHING_KILL_LOG: log })).toMatchObject({ code: 0 })
        const all = await visible(undisturbed)
        const done = (await readFile(log, 'utf8')).trimEnd().split('\n')
        const numbers = sample([...done.keys()], 22, randomFrom(testSeed))
        expect(numbers.length).toBeGreaterThan(1)
        for (const at of numbers) {
          const root = await mkdtemp(join(folder, 'case-'))
          await prepare(root)
          const before = await visible(root)
          const { code, stderr } = await start(root, { FLETCHING_KILL_AT: `${at + 1}` })
          expect(code, `${done[at]} ${at}: ${stderr}`).toBeNull()
          const left = await visible(root)
          if (!(`${STATE}/intent.json` in left)) expect([before, all]).toContainEqual(left)
          expect(await start(root)).toMatchObject({ code: 0 })
          expect(await visible(root), `after ${done[at]} ${at}`).toEqual(all)
        }
      }),
    300_000,
  )
})
