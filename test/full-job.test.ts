import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { type Report, type RunOptions, runJob } from '@fletching/engine'
import { generateObjects, trapKinds } from '@fletching/gen'
import job from '@fletching/jobs/segment-to-personalize'
import {
  accessDenied,
  csvOf,
  type FaultyS3,
  fletching,
  inFolder,
  type OracleObject,
  type OracleRow,
  openFaultyS3,
  type Rule,
  segmentToPersonalizeOracle,
  slowDown,
  testSeed,
} from '@fletching/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { event, linesOf } from './faults/run.ts'

const FULL: RunOptions = { writeMode: 'append', csv: 'full', onMalformed: 'quarantine', workers: 1 }
const CSV = 'csv/part-00000.csv'

/** Objects of generated events, with every kind of trap. */
function objectsOf(seed: number, events: number): OracleObject[] {
  const kinds = trapKinds.map(({ kind }) => kind)
  return [...generateObjects({ seed, events, traps: 0.2, trapKinds: kinds })].map(({ key, bytes }) => ({
    name: key,
    bytes,
  }))
}

/** Runs the main job over an input folder, into which these objects come first. */
async function run(folder: string, input: string, objects: readonly OracleObject[], options = FULL): Promise<Report> {
  for (const { name, bytes } of objects) {
    await mkdir(dirname(join(folder, input, name)), { recursive: true })
    await writeFile(join(folder, input, name), bytes)
  }
  return runJob(job, placesIn(folder, input), options)
}

function placesIn(folder: string, input: string) {
  return {
    S3_JSON_INPUT_PATH: `${folder}/${input}`,
    S3_CSV_OUTPUT_PATH: `${folder}/csv`,
    S3_PARQUET_OUTPUT_PATH: `${folder}/table`,
  }
}

const sorted = (text: string) => text.split('\n').sort()
const csvIn = (folder: string) => readFile(join(folder, CSV), 'utf8')

const known = new WeakMap<readonly OracleObject[], readonly OracleRow[]>()

/** The oracle's rows, made once of the same objects. */
function rowsOf(objects: readonly OracleObject[]): readonly OracleRow[] {
  const rows = known.get(objects) ?? segmentToPersonalizeOracle(objects).rows
  known.set(objects, rows)
  return rows
}

/** What the oracle makes of the objects, in one run. */
const wholeOf = (...objects: readonly OracleObject[][]) => csvOf(objects.flatMap(rowsOf), 'personalize')

/** The rows that are in the table and not in the CSV, or the other way round, as DuckDB has them; repeated rows count. */
async function differences(folder: string): Promise<unknown[]> {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  const csv = `SELECT * FROM read_csv('${folder}/${CSV}', header = true, quote = '"', escape = '\\', all_varchar = true, nullstr = '')`
  const table = `SELECT user_id, item_id, event_type, timestamp_s::VARCHAR FROM read_parquet('${folder}/table/**/*.parquet')`
  const found = await connection.runAndReadAll(`(${csv} EXCEPT ALL ${table}) UNION ALL (${table} EXCEPT ALL ${csv})`)
  connection.closeSync()
  instance.closeSync()
  return found.getRows()
}

describe('a CSV of the rows of all runs', () => {
  const days = [objectsOf(testSeed, 700), objectsOf(testSeed + 1, 30), objectsOf(testSeed + 2, 250)]

  it.each<[string, RunOptions]>([
    ['by day', {}],
    ['in one file', { partitionBy: [] }],
    ['by event', { partitionBy: ['event_type'] }],
    [
      'of row groups of 100 rows, in another dialect',
      { rowGroupRows: 100, csvDialect: 'glue', parquetCompression: 'zstd' },
    ],
  ])('has the rows of one run over everything, from a table %s', (_, options) =>
    inFolder(async (folder) => {
      let rows = 0
      for (const [day, objects] of days.entries()) {
        const { outputs, accounting } = await run(folder, `in${day}`, objects, { ...FULL, ...options })
        rows += accounting.rows
        expect(accounting.rows).toBe(rowsOf(objects).length)
        expect(outputs.find(({ format }) => format === 'csv')?.rows).toBe(rows)
        const [header, ...lines] = (await csvIn(folder)).trimEnd().split('\n')
        const all = days.slice(0, day + 1).flatMap(rowsOf)
        const [wantedHeader, ...wanted] = csvOf(all, options.csvDialect === 'glue' ? 'glue' : 'personalize')
          .trimEnd()
          .split('\n')
        expect(header).toBe(wantedHeader)
        expect(lines.sort()).toEqual(wanted.sort())
      }
      if (options.csvDialect === undefined) expect(await differences(folder)).toEqual([])
    }),
  )

  it('has them in the order of the runs, those of this run last', () =>
    inFolder(async (folder) => {
      for (const [day, objects] of days.entries()) await run(folder, `in${day}`, objects, { ...FULL, partitionBy: [] })
      expect(await csvIn(folder)).toBe(wholeOf(...days))
    }))

  it('may follow runs that replaced, and runs whose CSV was their own', () =>
    inFolder(async (folder) => {
      await run(folder, 'old', objectsOf(testSeed + 3, 100), { onMalformed: 'quarantine' })
      await run(folder, 'in0', days[0], { onMalformed: 'quarantine' })
      await run(folder, 'in1', days[1], { ...FULL, csv: 'increment' })
      await run(folder, 'in2', days[2])
      expect(sorted(await csvIn(folder))).toEqual(sorted(wholeOf(...days)))
    }))

  it('may come from folders in another order, and not from other columns', () =>
    inFolder(async (folder) => {
      const by = (...partitionBy: string[]): RunOptions => ({ ...FULL, partitionBy })
      await run(folder, 'in0', days[1], by('dt', 'event_type'))
      await run(folder, 'in1', days[2], by('event_type', 'dt'))
      expect(sorted(await csvIn(folder))).toEqual(sorted(wholeOf(days[1], days[2])))
      const before = await csvIn(folder)
      await expect(run(folder, 'in2', days[0], by('dt'))).rejects.toMatchObject({
        kind: 'environment',
        message: expect.stringMatching(
          /^OTHER_COLUMNS: the Parquet file has other columns than the table\n {2}at .*\/table\/dt=.*\.parquet\n {2}at job/,
        ),
      })
      expect(await csvIn(folder)).toBe(before)
    }))

  it('has the same bytes however many threads there are', async () => {
    const csvs = [1, 2].map((workers) =>
      inFolder(async (folder) => {
        for (const [day, objects] of days.entries())
          await run(folder, `in${day}`, objects, { ...FULL, workers, cpus: 2 })
        return csvIn(folder)
      }),
    )
    expect(await csvs[1]).toBe(await csvs[0])
  })

  it('goes with a bookmark, also one that was moved', () =>
    inFolder(async (folder) => {
      const reports: Report[] = []
      for (const [day, objects] of days.entries()) {
        const named = objects.map(({ name, bytes }) => ({ name: `${day}/${name}`, bytes }))
        reports.push(await run(folder, 'in', named, { ...FULL, bookmark: 'enable' }))
      }
      expect(reports.map(({ accounting }) => accounting.rows)).toEqual(
        days.map((objects) => segmentToPersonalizeOracle(objects).rows.length),
      )
      const whole = sorted(wholeOf(...days))
      expect(sorted(await csvIn(folder))).toEqual(whole)
      const places = Object.entries(placesIn(folder, 'in')).map(([name, place]) => `--${name}=${place}`)
      const rewind = ['bookmark', 'rewind', job.name, reports[0].outputs[0].run, ...places, '--outputs=remove']
      expect(await fletching(rewind, { cwd: folder })).toMatchObject({ code: 0 })
      const { accounting } = await run(folder, 'in', [], { ...FULL, bookmark: 'enable' })
      expect(accounting.rows).toBe(reports[1].accounting.rows + reports[2].accounting.rows)
      expect(sorted(await csvIn(folder))).toEqual(whole)
    }))
})

describe('a table that is not as the runs left it', () => {
  const first = objectsOf(testSeed, 200)
  const help = `  nothing was written; bring the file back
  to write everything anew, which loses the rows of what the input no longer holds: --write-mode replace over the whole input; with a bookmark, fletching bookmark reset JOB --outputs remove, then the same run
`

  it.each<[string, (name: string) => Promise<void>, string]>([
    ['a part is missing', (name) => rm(name), 'the file is gone'],
    [
      'a part was changed',
      async (name) => writeFile(name, (await readFile(name)).fill(7, 50, 51)),
      'its bytes are others',
    ],
    ['a part was written by somebody else', (name) => writeFile(name, 'PAR1PAR1'), 'the file has 8 bytes, and had'],
  ])('ends the run, which shows nothing: %s', (_, change, why) =>
    inFolder(async (folder) => {
      await run(folder, 'in0', first)
      const [part] = (await readdir(join(folder, 'table'), { recursive: true })).filter((name) =>
        name.endsWith('.parquet'),
      )
      await change(join(folder, 'table', part))
      const before = [await csvIn(folder), (await readdir(folder, { recursive: true })).sort()]
      await mkdir(join(folder, 'in1'))
      await writeFile(join(folder, 'in1/a'), linesOf([event('u1')]))
      before[1] = (await readdir(folder, { recursive: true })).sort()
      const places = Object.entries(placesIn(folder, 'in1')).map(([name, place]) => `--${name}=${place}`)
      const ended = await fletching(['run', 'segment-to-personalize', ...places, '--write-mode=append', '--csv=full'], {
        cwd: folder,
      })
      expect(ended.code).toBe(4)
      expect(ended.stderr).toContain(
        `TABLE_CHANGED: the table no longer holds what run ${/part-00000-(.*)\.parquet/.exec(part)?.[1]} wrote: ${why}`,
      )
      expect(ended.stderr).toContain(`  at ${join(folder, 'table', part)}\n`)
      expect(ended.stderr).toContain(help)
      expect([await csvIn(folder), (await readdir(folder, { recursive: true })).sort()]).toEqual(before)
    }),
  )

  it('needs a table', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'in'))
      await writeFile(join(folder, 'in/a'), linesOf([event('u1')]))
      const { S3_JSON_INPUT_PATH, S3_CSV_OUTPUT_PATH } = placesIn(folder, 'in')
      const ended = runJob(job, { S3_JSON_INPUT_PATH, S3_CSV_OUTPUT_PATH }, FULL)
      await expect(ended).rejects.toMatchObject({
        kind: 'author',
        message: `NO_EARLIER_ROWS: the rows of earlier runs are read from a Parquet table, and this run has none
  at --csv full
  at job segment-to-personalize
  give the location of the table, such as --S3_PARQUET_OUTPUT_PATH; --csv increment needs none`,
      })
      expect(await readdir(folder)).toEqual(['in'])
    }))
})

describe('in S3', () => {
  const inputs = [linesOf([event('u1'), event('u2')]), linesOf([event('u3')])]
  let s3: FaultyS3
  const env = { ...process.env }

  beforeEach(async () => {
    s3 = await openFaultyS3()
    Object.assign(process.env, s3.env)
    for (const [number, lines] of inputs.entries()) s3.put('bucket', `in${number}/a`, Buffer.from(lines))
    await runJob(job, placesIn('s3://bucket', 'in0'), FULL)
  })

  afterEach(async () => {
    process.env = { ...env }
    await s3.close()
  })

  const csvInS3 = () => String(s3.objects('bucket').find(({ key }) => key === CSV)?.bytes)
  /** Names and ETags of what is not about a run under way. */
  const shown = () =>
    s3.objects('bucket').flatMap(({ key, etag }) => (key.includes('/runs/') ? [] : [`${key} ${etag}`]))

  it.each<[string, Rule['fault'], Partial<Rule>]>([
    ['none', slowDown, { nth: 1_000_000 }],
    ['a server that is busy', slowDown, { nth: 1 }],
    ['a connection that is reset', { kind: 'reset-after-bytes', bytes: 'half' }, { nth: 1 }],
    ['an answer that is cut', { kind: 'short-body-with-length', bytes: 'half' }, { nth: 1 }],
  ])('has all rows, whatever meets the reading of the table: %s', async (_, fault, which) => {
    s3.setPlan([{ op: 'GetObject', keyPattern: /parquet$/, fault, ...which }])
    await runJob(job, placesIn('s3://bucket', 'in1'), FULL)
    const users = csvInS3()
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',')[0])
    expect(users).toEqual(['u1', 'u2', 'u3'])
  })

  it.each<[Rule['fault'], string]>([
    [{ kind: 'corrupt-byte' }, 'TABLE_CHANGED'],
    [{ kind: 'etag-changes' }, 'OBJECT_CHANGED'],
    [accessDenied, 'ACCESS_DENIED'],
  ])('shows nothing when the table cannot be read: %j', async (fault, code) => {
    const before = shown()
    s3.setPlan([{ op: 'GetObject', keyPattern: /parquet$/, fault }])
    await expect(runJob(job, placesIn('s3://bucket', 'in1'), FULL)).rejects.toMatchObject({ kind: 'environment', code })
    const after = shown()
    if (fault.kind !== 'etag-changes') expect(after).toEqual(before)
    expect(csvInS3()).not.toContain('u3')
    expect(s3.uploads('bucket')).toEqual([])
  })
})
