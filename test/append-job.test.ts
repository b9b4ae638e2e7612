import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { type Report, type RunOptions, runJob } from '@fletching/engine'
import job from '@fletching/jobs/segment-to-personalize'
import { fletching, inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { event, linesOf, rowOf } from './faults/run.ts'

const APPEND: RunOptions = { writeMode: 'append', csv: 'increment', workers: 1 }

/** A folder where the main job runs again and again, each time over an input folder of its own. */
class Runs {
  readonly #folder: string
  readonly notes: string[] = []

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Runs over these users' events, one of each on each of the days. */
  async over(input: string, users: readonly string[], days: readonly number[], options = APPEND): Promise<Report> {
    const lines = users.flatMap((user) => days.map((day) => event(user, `,"timestamp":"2019-05-${day}T20:13:05.123Z"`)))
    await mkdir(join(this.#folder, input), { recursive: true })
    await writeFile(join(this.#folder, input, 'a'), linesOf(lines))
    return this.again(input, options)
  }

  async again(input: string, options = APPEND): Promise<Report> {
    const places = {
      S3_JSON_INPUT_PATH: join(this.#folder, input),
      S3_CSV_OUTPUT_PATH: join(this.#folder, 'csv'),
      S3_PARQUET_OUTPUT_PATH: join(this.#folder, 'table'),
    }
    return runJob(job, places, { ...options, onNote: (text) => this.notes.push(text) })
  }

  /** The rows of the table as DuckDB reads them. */
  async table(): Promise<string[]> {
    const instance = await DuckDBInstance.create()
    const connection = await instance.connect()
    const files = `'${this.#folder}/table/**/*.parquet'`
    const found = await connection.runAndReadAll(
      `select user_id || ' ' || dt from read_parquet(${files}, hive_partitioning = true) order by all`,
    )
    connection.closeSync()
    instance.closeSync()
    return found.getRows().map(([row]) => String(row))
  }

  async csvRows(): Promise<string[]> {
    return (await readFile(join(this.#folder, 'csv/part-00000.csv'), 'utf8')).split('\n').slice(1, -1)
  }

  /** The files of the table, the ids of their runs as R1, R2 and so on in the order of the runs. */
  async files(...runs: readonly Report[]): Promise<string[]> {
    const names = await readdir(join(this.#folder, 'table'), { recursive: true })
    const ids = runs.map(runOf)
    return names
      .filter((name) => name.includes('.'))
      .map((name) => ids.reduce((text, id, index) => text.replace(id, `R${index + 1}`), name))
      .sort()
  }

  async manifest(): Promise<{ readonly run: string; readonly outputs: Report['outputs'] }> {
    return JSON.parse(
      await readFile(join(this.#folder, '_fletching/segment-to-personalize/csv/manifest.json'), 'utf8'),
    ) as { run: string; outputs: Report['outputs'] }
  }

  /** Everything that is not input, with its content. */
  async everything(): Promise<Record<string, string>> {
    const entries = await readdir(this.#folder, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
    const contents = files
      .filter((name) => !name.startsWith(join(this.#folder, 'in')))
      .map(async (name) => [name, await readFile(name, 'latin1')])
    return Object.fromEntries(await Promise.all(contents)) as Record<string, string>
  }
}

function runOf({ outputs }: Report): string {
  return outputs[0].run
}

const rowsOf = (users: readonly string[], days: readonly number[]) =>
  users.flatMap((user) => days.map((day) => `${user} 2019-05-${day}`)).sort()

describe('a run that appends', () => {
  it('puts files beside those of earlier runs, and names all of them in the manifest', () =>
    inFolder(async (folder) => {
      const runs = new Runs(folder)
      const first = await runs.over('in1', ['u1', 'u2'], [18, 19])
      const second = await runs.over('in2', ['u3'], [19, 20])
      expect(await runs.table()).toEqual([...rowsOf(['u1', 'u2'], [18, 19]), ...rowsOf(['u3'], [19, 20])])
      expect(await runs.csvRows()).toEqual(
        [19, 20].map((day) => rowOf('u3', 'red-shoe', 1558210385 + (day - 18) * 86_400)),
      )
      expect(await runs.files(first, second)).toEqual([
        'dt=2019-05-18/part-00000-R1.parquet',
        'dt=2019-05-19/part-00000-R1.parquet',
        'dt=2019-05-19/part-00000-R2.parquet',
        'dt=2019-05-20/part-00000-R2.parquet',
      ])
      const { run, outputs } = await runs.manifest()
      expect(run).toBe(runOf(second))
      expect(outputs).toEqual([...first.outputs.filter(({ format }) => format === 'parquet'), ...second.outputs])
      for (const { name, bytes, sha256 } of outputs) {
        const content = await readFile(name)
        expect([content.length, createHash('sha256').update(content).digest('hex')]).toEqual([bytes, sha256])
      }
      expect(runs.notes).toEqual([])
    }))

  it('goes on from one that replaced, and is replaced by one that does', () =>
    inFolder(async (folder) => {
      const runs = new Runs(folder)
      const first = await runs.over('in1', ['u1'], [18], { workers: 1 })
      const second = await runs.over('in2', ['u2'], [18])
      expect(await runs.files(first, second)).toEqual([
        'dt=2019-05-18/part-00000-R2.parquet',
        'dt=2019-05-18/part-00000.parquet',
      ])
      expect(await runs.table()).toEqual(rowsOf(['u1', 'u2'], [18]))
      const third = await runs.over('in3', ['u3'], [19], { workers: 1 })
      expect(await runs.files()).toEqual(['dt=2019-05-19/part-00000.parquet'])
      expect((await runs.manifest()).outputs).toEqual(third.outputs)
    }))

  it('given again over the same objects adds nothing', () =>
    inFolder(async (folder) => {
      const runs = new Runs(folder)
      await runs.over('in1', ['u1'], [18])
      const second = await runs.over('in2', ['u2'], [18])
      const before = await runs.everything()
      const again = await runs.again('in2')
      expect(await runs.everything()).toEqual(before)
      expect(JSON.parse(JSON.stringify(again))).toEqual(JSON.parse(JSON.stringify(second)))
      expect(runs.notes).toEqual([
        `run ${runOf(second)} has appended these objects already; nothing was read or written`,
      ])
      // Other rows of the same objects are others.
      await runs.again('in2', { ...APPEND, csvDialect: 'rfc4180' })
      expect(await runs.table()).toEqual(rowsOf(['u1', 'u2', 'u2'], [18]))
    }))

  it('says that rows of another job stand in the table', () =>
    inFolder(async (folder) => {
      const runs = new Runs(folder)
      const first = await runs.over('in1', ['u1'], [18])
      const second = await runs.over('in2', ['u2'], [18], { ...APPEND, partitionBy: ['dt', 'event_type'] })
      expect(second.warnings).toEqual([
        `the job is not the one of run ${runOf(first)}: rows of both stand in the table`,
      ])
      const third = await runs.over('in3', ['u3'], [18], { ...APPEND, partitionBy: ['dt', 'event_type'] })
      expect([first.warnings, third.warnings]).toEqual([[], []])
    }))

  it('leaves the rejects of all runs, and a table that got no row', () =>
    inFolder(async (folder) => {
      const runs = new Runs(folder)
      await mkdir(join(folder, 'in1'))
      await writeFile(join(folder, 'in1/a'), linesOf([event('u1'), '{']))
      const first = await runs.again('in1', { ...APPEND, onMalformed: 'quarantine' })
      await runs.over('in2', [], [], { ...APPEND, onEmpty: 'header' })
      expect(await runs.csvRows()).toEqual([])
      expect((await runs.manifest()).outputs.map(({ format, run }) => [format, run === runOf(first)])).toEqual([
        ['rejects', true],
        ['parquet', true],
        ['csv', false],
      ])
      const third = await runs.over('in3', ['u1'], [33], { ...APPEND, onEmpty: 'header' })
      const rejects = Object.keys(await runs.everything()).filter((name) => name.endsWith('.ndjson'))
      expect(new Set(rejects.map((name) => name.slice(name.lastIndexOf('/') + 1)))).toEqual(
        new Set([first, third].map((run) => `rejects-${runOf(run)}.ndjson`)),
      )
      expect(await runs.table()).toEqual(rowsOf(['u1'], [18]))
    }))

  it.each([
    ['table/dt=2019-05-18/part-00000.parquet', 'Athena would read every file of the folder'],
    [
      'table/dt=2019-05-18/part-00000-20190518T000000Z-000000000000.parquet',
      'Athena would read every file of the folder',
    ],
    ['csv/part-00001.csv', 'Personalize would import every file of the folder'],
  ])('refuses %s of others', (name, why) =>
    inFolder(async (folder) => {
      const runs = new Runs(folder)
      await runs.over('in1', ['u1'], [18])
      await writeFile(join(folder, name), 'x')
      const before = await runs.everything()
      await expect(runs.over('in2', ['u2'], [18])).rejects.toThrow(
        expect.objectContaining({
          kind: 'author',
          message: `OTHER_FILES: the output folder holds a file that no run of this job wrote
  at ${folder}/${name}
  at job segment-to-personalize
  ${why}
  move them away, or give --allow-other-files`,
        }),
      )
      expect(await runs.everything()).toEqual(before)
    }),
  )

  it('refuses its own files when the manifest that names them is gone', () =>
    inFolder(async (folder) => {
      const runs = new Runs(folder)
      await runs.over('in1', ['u1'], [18])
      await rm(join(folder, '_fletching'), { recursive: true })
      await expect(runs.over('in2', ['u2'], [18])).rejects.toThrow(/^OTHER_FILES: /)
    }))
})

describe('a run that must find nothing', () => {
  const ONCE: RunOptions = { writeMode: 'error-if-exists', workers: 1 }

  it('writes once, and then names what is there before it reads anything', () =>
    inFolder(async (folder) => {
      const runs = new Runs(folder)
      const first = await runs.over('in1', ['u1'], [18], ONCE)
      expect(await runs.files(first)).toEqual(['dt=2019-05-18/part-00000.parquet'])
      const before = await runs.everything()
      const refusal = (name: string) =>
        expect.objectContaining({
          kind: 'author',
          message: `OUTPUT_EXISTS: an output is there already
  at ${folder}/${name}
  at job segment-to-personalize
  nothing was read or written; --write-mode replace or append goes on, each in its way`,
        }) as Error
      await expect(runs.again('not there', ONCE)).rejects.toThrow(refusal('csv/part-00000.csv'))
      expect(await runs.everything()).toEqual(before)
      await rm(join(folder, 'csv'), { recursive: true })
      await expect(runs.again('in1', ONCE)).rejects.toThrow(refusal('table/dt=2019-05-18/part-00000.parquet'))
      await rm(join(folder, 'table'), { recursive: true })
      const again = await runs.again('in1', ONCE)
      expect((await runs.manifest()).outputs).toEqual(again.outputs)
    }))
})

describe('the command', () => {
  it('knows its outputs and what it appended however the addresses are written', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'in'))
      await writeFile(join(folder, 'in/a'), linesOf([event('u1')]))
      const append = (input: string, csv: string, table: string) =>
        fletching(
          [
            'run',
            'segment-to-personalize',
            '--write-mode=append',
            '--csv=increment',
            '--state=state',
            `--S3_JSON_INPUT_PATH=${input}`,
            `--S3_CSV_OUTPUT_PATH=${csv}`,
            `--S3_PARQUET_OUTPUT_PATH=${table}`,
          ],
          { cwd: folder },
        )
      const first = await append('in', 'csv', 'table')
      expect([first.code, first.stderr]).toEqual([0, ''])
      for (const [input, csv, table] of [
        ['./in', './csv/', 'table/'],
        [`${folder}/in/`, `file://${folder}/csv`, 'x/../table'],
      ]) {
        const { code, stdout, stderr } = await append(input, csv, table)
        expect([code, stderr]).toEqual([0, ''])
        expect(stdout).toContain('has appended these objects already; nothing was read or written')
      }
      const other = await append('in', 'csv2', 'table')
      expect([other.code, other.stderr]).toEqual([
        2,
        expect.stringContaining(`STATE_MISMATCH: the state folder belongs to another output, ${folder}/csv\n`),
      ])
    }))

  const places = ['--S3_JSON_INPUT_PATH=in', '--S3_CSV_OUTPUT_PATH=csv', '--S3_PARQUET_OUTPUT_PATH=table']

  it.each<[readonly string[], number, string]>([
    [['--write-mode=append', '--csv=increment'], 0, ''],
    [['--write-mode=error-if-exists'], 0, ''],
    [['--write-mode=append'], 2, 'BAD_OPTION: nothing says what the CSV of a run that appends is to hold\n'],
    [['--csv=increment'], 2, 'BAD_OPTION: --csv increment says what the CSV of a run that appends is to hold\n'],
    [['--write-mode=append', '--csv=full'], 0, ''],
    [['--write-mode=append', '--csv=all'], 2, 'Argument: csv, Given: "all", Choices: "full", "increment"\n'],
    [
      ['--write-mode=overwrite'],
      2,
      'Argument: write-mode, Given: "overwrite", Choices: "replace", "error-if-exists", "append"\n',
    ],
  ])('with %j ends with %d', (args, code, says) =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'in'))
      await writeFile(join(folder, 'in/a'), linesOf([event('u1')]))
      const ended = await fletching(['run', 'segment-to-personalize', ...places, ...args], { cwd: folder })
      expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(says)])
    }),
  )
})
