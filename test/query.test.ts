import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { commandEnv, commandFile, endOf, fletching, inFolder, spawnFletching, startFletching } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { event } from './faults/run.ts'

const JOB = 'segment-to-personalize'
const PARAMS = [
  '--S3_JSON_INPUT_PATH',
  'in',
  '--S3_CSV_OUTPUT_PATH',
  'transformed',
  '--S3_PARQUET_OUTPUT_PATH',
  'table',
]
const OF_JOB = ['--job', JOB, ...PARAMS]

/** A folder in which the job has run over two events. */
function afterRun<T>(test: (cwd: string) => Promise<T>, ...options: readonly string[]): Promise<T> {
  return inFolder(async (cwd) => {
    await mkdir(join(cwd, 'in'))
    await writeFile(join(cwd, 'in', 'a.json'), `${event('u1')}\n${event('u\\"2\\\\')}\n`)
    const { code, stderr } = await fletching(['run', JOB, ...PARAMS, ...options], { cwd })
    expect([code, stderr]).toEqual([0, ''])
    return test(cwd)
  })
}

describe('docs/exploring.md', () => {
  it('has commands that print what it says', async () => {
    const text = await readFile(join(import.meta.dirname, '../docs/exploring.md'), 'utf8')
    const examples = [...text.matchAll(/```sh\n(.*?)```\n\n(?:prints\n\n)?```text\n(.*?)```/gs)]
    const [[, first]] = examples
    const exported = first.split('\n').filter((line) => line.startsWith('export '))
    expect(examples).toHaveLength(6)
    await inFolder(async (cwd) => {
      for (const [, commands, printed] of examples) {
        const script = [...exported, commands.replaceAll('npx fletching', `"${process.execPath}" "${commandFile}"`)]
        const { code, stdout } = await shell(script.join('\n'), cwd)
        expect({ code, stdout }, commands).toEqual({ code: 0, stdout: printed })
      }
    })
  })
})

describe('fletching query', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['the CSV', ['SELECT USER_ID, TIMESTAMP FROM "segmentdata"."transformed" LIMIT 50'], []],
    [
      'the CSV in the dialect of Glue',
      ['SELECT USER_ID, TIMESTAMP FROM transformed', '--csv-dialect', 'glue'],
      ['--csv-dialect', 'glue'],
    ],
    ['the table', ['SELECT user_id AS USER_ID, timestamp_s AS TIMESTAMP FROM segmentdata."table"'], []],
    [
      'the table without partitions',
      ['SELECT user_id AS USER_ID, timestamp_s AS TIMESTAMP FROM "table"', '--partition-by', 'none'],
      ['--partition-by', 'none'],
    ],
    ['the state elsewhere', ['SELECT USER_ID, TIMESTAMP FROM transformed', '--state', 'state'], ['--state', 'state']],
    ['another schema', ['SELECT USER_ID, TIMESTAMP FROM mine.transformed', '--database', 'mine'], []],
    [
      'the input',
      [`SELECT userId AS USER_ID, epoch(timestamp::TIMESTAMPTZ)::BIGINT AS TIMESTAMP FROM segment_logs`],
      [],
    ],
    ['another name', ['SELECT USER_ID, TIMESTAMP FROM there', '--table', 'there=transformed/part-00000.csv'], []],
    ['a name that the job has too', ['SELECT USER_ID, TIMESTAMP FROM "table"', '--table', 'table=transformed'], []],
  ])('reads %s', async (_, query, options) => {
    await afterRun(
      async (cwd) => {
        const { code, stdout, stderr } = await fletching(['query', ...query, ...OF_JOB, '--tmp', 'tmp'], { cwd })
        expect([code, stderr]).toEqual([0, ''])
        const rows = stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Record<string, unknown>)
        expect(rows.map(({ USER_ID }) => USER_ID)).toEqual(['u1', 'u"2\\'])
        expect(rows.every(({ TIMESTAMP }) => TIMESTAMP === rows[0].TIMESTAMP && Number.isInteger(TIMESTAMP))).toBe(true)
        expect(await readdir(join(cwd, 'tmp'))).toEqual([])
      },
      ...options,
    )
  })

  it('reads what the last run wrote, and nothing beside it', async () => {
    await afterRun(async (cwd) => {
      await writeFile(join(cwd, 'transformed', 'other.csv'), 'x\n')
      await writeFile(join(cwd, 'table', 'other.parquet'), 'x')
      const count = async (table: string) =>
        (await fletching(['query', `SELECT count(*) AS n FROM "${table}"`, ...OF_JOB], { cwd })).stdout
      expect(await Promise.all(['transformed', 'table'].map(count))).toEqual(['{"n":2}\n', '{"n":2}\n'])
    })
  })

  it('tells outputs apart whose folders are called the same', async () => {
    await afterRun(async (cwd) => {
      const params = [
        '--S3_JSON_INPUT_PATH',
        'in',
        '--S3_CSV_OUTPUT_PATH',
        'a/Segment-Logs',
        '--S3_PARQUET_OUTPUT_PATH',
        'b/segment-logs',
      ]
      await fletching(['run', JOB, ...params], { cwd })
      const sql =
        'SELECT c.TIMESTAMP = p.timestamp_s AS same FROM segment_logs_csv c JOIN segment_logs_parquet p USING (USER_ID)'
      expect((await fletching(['query', sql, '--job', JOB, ...params], { cwd })).stdout).toBe(
        '{"same":true}\n{"same":true}\n',
      )
    })
  })

  it('names an output as the catalog does', async () => {
    await inFolder(async (cwd) => {
      await mkdir(join(cwd, 'in'))
      await writeFile(join(cwd, 'in', 'a.json'), `${event('u1')}\n`)
      const params = ['--S3_JSON_INPUT_PATH', 'in', '--S3_CSV_OUTPUT_PATH', '2019 Été']
      await fletching(['run', JOB, ...params], { cwd })
      const { stdout } = await fletching(['catalog', 'ddl', JOB, ...params], { cwd })
      expect(stdout).toContain('`segmentdata`.`c_2019_ete`')
      const rows = await fletching(['query', 'SELECT USER_ID FROM segmentdata.c_2019_ete', '--job', JOB, ...params], {
        cwd,
      })
      expect(rows).toEqual({ code: 0, stdout: '{"USER_ID":"u1"}\n', stderr: '' })
    })
  })

  it('prints names where there are no rows', async () => {
    const args = ['query', 'SELECT 1 AS a, 2 AS "b,c" LIMIT 0', '--format']
    expect((await fletching([...args, 'csv'])).stdout).toBe('a,"b,c"\n')
    expect((await fletching([...args, 'table'])).stdout).toBe('a   b,c\n')
    expect((await fletching([...args, 'json'])).stdout).toBe('')
  })

  it.each<[string, readonly string[], number, string]>([
    [
      'a table that is not there',
      ['SELECT * FROM transfromed', ...OF_JOB],
      2,
      'UNKNOWN_TABLE: no table transfromed\n  did you mean transformed?\n  there are, in segmentdata: transformed, table, segment_logs\n',
    ],
    [
      'a job that has not run',
      [
        'SELECT * FROM "table"',
        '--job',
        JOB,
        '--S3_JSON_INPUT_PATH',
        'in',
        '--S3_CSV_OUTPUT_PATH',
        'out',
        '--S3_PARQUET_OUTPUT_PATH',
        'out/table',
      ],
      2,
      `NO_RUN_YET: no run of the job has written these outputs yet
  at job segment-to-personalize
  fletching run segment-to-personalize with the same parameters writes them; --table name=location gives what lies elsewhere
`,
    ],
    [
      'a job without its parameters',
      ['SELECT 1', '--job', JOB],
      2,
      expect.stringMatching(/^MISSING_PARAMETER: /) as string,
    ],
    [
      'a job that is none',
      ['SELECT 1', '--job', 'none'],
      2,
      expect.stringMatching(/^UNKNOWN_JOB: no job "none"\n/) as string,
    ],
    [
      'a value of another form',
      ['SELECT USER_ID::INT FROM transformed', ...OF_JOB],
      3,
      `SQL_VALUE: DuckDB ended the query with a Conversion Error
  a value has another form than the statement expects: try_cast gives null there; --show-data shows it
`,
    ],
    [
      'a table without a name',
      ['SELECT 1', '--table', 'in'],
      2,
      'BAD_OPTION: --table got "in"\n  expected a name of letters, digits and _, and a location, such as raw=data/events\n',
    ],
    [
      'two tables of one name',
      ['SELECT 1', '--table', 'a=in', '--table', 'A=in'],
      2,
      'BAD_OPTION: --table got "A=in"\n  expected every name once, in any case of letters\n',
    ],
    [
      'standard input as a table',
      ['SELECT * FROM t', '--table', 't=-'],
      2,
      'BAD_LOCATION: t would be standard input, which can be read but once\n  a table is read twice, first to find its columns: write it to a file\n',
    ],
    [
      'a schema with an odd name',
      ['SELECT 1', '--database', 'a b'],
      2,
      'BAD_OPTION: --database got "a b"\n  expected a name of letters, digits and _\n',
    ],
    [
      'a table of nothing',
      ['SELECT * FROM t', '--table', 't=nothing'],
      2,
      'NO_INPUT: no object at nothing\n  expected an object, a folder that holds some, or a glob such as s3://bucket/logs/**/*.gz\n',
    ],
    ['no statement', [], 2, 'USAGE: the sql is missing\n  fletching query --help shows how it is used\n'],
  ])('refuses %s', async (_, args, code, message) => {
    await afterRun(async (cwd) => {
      const { stderr, ...rest } = await fletching(['query', ...args], { cwd })
      expect({ ...rest, stderr: stderr.replaceAll(cwd, '.') }).toEqual({ code, stdout: '', stderr: message })
    })
  })

  it('says which output is gone', async () => {
    await afterRun(async (cwd) => {
      await rm(join(cwd, 'transformed', 'part-00000.csv'))
      const { stderr, ...rest } = await fletching(['query', 'SELECT * FROM transformed', ...OF_JOB], { cwd })
      expect({ ...rest, stderr: stderr.replaceAll(cwd, '.') }).toEqual({
        code: 4,
        stdout: '',
        stderr: `OUTPUT_GONE: an output of the last run is not there any more
  at ./transformed/part-00000.csv
  run the job again, or give what is there with --table name=location
`,
      })
    })
  })

  it('says how to have DuckDB where it is not installed', async () => {
    const hooks = `export const resolve = (name, context, next) => {
      if (name === '@duckdb/node-api') throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
      return next(name, context)
    }`
    const url = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`
    const register = `import { register } from 'node:module'; register(${JSON.stringify(url(hooks))})`
    expect(await spawnFletching(['query', 'SELECT 1'], { env: { NODE_OPTIONS: `--import=${url(register)}` } })).toEqual(
      {
        code: 4,
        stdout: '',
        stderr: `NO_DUCKDB: DuckDB, which answers queries, is not installed
  npm install @duckdb/node-api@1.5.6-r.1 where fletching is installed; it takes 70 MB
`,
      },
    )
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('leaves nothing behind %s', async (signal, code) => {
    await inFolder(async (cwd) => {
      await mkdir(join(cwd, 'tmp'))
      const sql = 'SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range % 7 = b.range % 5'
      const watcher = watch(join(cwd, 'tmp'))
      const { child, ended } = startFletching(['query', sql, '--tmp', 'tmp'], { cwd })
      // The folder of the query is there.
      await once(watcher, 'change')
      watcher.close()
      child.kill(signal)
      expect(await ended).toEqual({
        code,
        stdout: '',
        stderr: `${signal}: query was ended before it was done; it changes nothing\n`,
      })
      expect(await readdir(join(cwd, 'tmp'))).toEqual([])
    })
  })

  it('ends with who reads it', async () => {
    await inFolder(async (cwd) => {
      const script = `"${process.execPath}" "${commandFile}" query 'SELECT range FROM range(1000000)' --tmp tmp | head -n 1`
      expect({ ...(await shell(script, cwd)), left: await readdir(join(cwd, 'tmp')) }).toEqual({
        code: 0,
        stdout: '{"range":0}\n',
        stderr: '',
        left: [],
      })
    })
  })
})

/** Runs a script of the shell that runs the command. */
const shell = (script: string, cwd: string) => endOf(spawn('sh', ['-e', '-c', script], { cwd, env: commandEnv() }))
