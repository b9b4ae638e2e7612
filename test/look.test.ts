import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { fletching, inFolder, spawnFletching } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

const EVENTS = '{"userId":"u1","n":1}\n{"userId":"u2","n":2}\nsecret\n'

describe.each(['head', 'schema', 'count'])('fletching %s', (command) => {
  it('explains itself', async () => {
    const { code, stdout } = await fletching([command, '--help'])
    expect([code, stdout.startsWith(`Usage: fletching ${command} <location> [options]\n`)]).toEqual([0, true])
  })

  it('needs a location', async () => {
    expect(await fletching([command])).toEqual({
      code: 2,
      stdout: '',
      stderr: `USAGE: the location is missing
  fletching ${command} --help shows how it is used
`,
    })
  })
})

describe('looking at data', () => {
  it.each<[readonly string[], string, string]>([
    [['head', 'in', '--rows', '2'], '{"userId":"u1","n":1}\n{"userId":"u2","n":2}\n', ''],
    [['head', 'in', '--rows=1', '--format', 'table'], 'userId   n\nu1       1\n', ''],
    [['head', 'in', '--rows=1', '--format', 'csv'], 'userId,n\nu1,1\n', ''],
    [['head', 'w.csv', '--csv-dialect', 'rfc4180'], '{"a":"C:\\\\","b":"\\"x\\""}\n', ''],
    [['count', 'in'], '3\n', ''],
    [['count', '.', '--exclude', '*.csv'], '3\n', ''],
    [
      ['schema', 'in'],
      '{"column":"userId","type":"text","values":2}\n{"column":"n","type":"integer","values":2}\n',
      'lines that are no JSON object, and were left out: 1\n',
    ],
  ])('%j', async (args, stdout, stderr) => {
    await inFolder(async (cwd) => {
      await mkdir(join(cwd, 'in'))
      await writeFile(join(cwd, 'in', 'a.gz'), gzipSync(EVENTS))
      await writeFile(join(cwd, 'w.csv'), 'a,b\n"C:\\","""x"""\n')
      expect(await fletching(args, { cwd })).toEqual({ code: 0, stdout, stderr })
    })
  })

  it.each<[readonly string[], number, string]>([
    [
      ['head', 'in'],
      3,
      `NOT_JSON: the line is no JSON object
  at ./in/a.gz, line 3
  fletching run --on-malformed quarantine sets such lines apart and says what is wrong with each
`,
    ],
    [['head', 'in', '--rows', 'x'], 2, 'BAD_OPTION: --rows got "x"\n  expected a whole number from 1\n'],
    [
      ['count', 'nothing'],
      2,
      `NO_INPUT: no object at nothing
  expected an object, a folder that holds some, or a glob such as s3://bucket/logs/**/*.gz
`,
    ],
  ])('%j is refused', async (args, code, message) => {
    await inFolder(async (cwd) => {
      await mkdir(join(cwd, 'in'))
      await writeFile(join(cwd, 'in', 'a.gz'), gzipSync(EVENTS))
      const { stderr, ...rest } = await fletching(args, { cwd })
      expect({ ...rest, stderr: stderr.replaceAll(cwd, '.') }).toEqual({ code, stdout: '', stderr: message })
    })
  })

  it('counts the lines of standard input', async () => {
    expect(await spawnFletching(['count', '-'], { input: Buffer.from('{}\n{}') })).toEqual({
      code: 0,
      stdout: '2\n',
      stderr: '',
    })
  })

  it('looks at Parquet from standard input, which cannot be read twice', async () => {
    await inFolder(async (cwd) => {
      const job = ['--S3_JSON_INPUT_PATH', 'in', '--S3_CSV_OUTPUT_PATH', 'csv', '--S3_PARQUET_OUTPUT_PATH', 'table']
      await fletching(['gen', '--to', 'in', '--bytes', '50kB'], { cwd })
      await fletching(['run', 'segment-to-personalize', ...job, '--partition-by', 'none'], { cwd })
      const { stdout } = await fletching(['count', 'csv'], { cwd })
      const input = await readFile(join(cwd, 'table', 'part-00000.parquet'))
      expect(await spawnFletching(['count', '-'], { cwd, input })).toEqual({ code: 0, stdout, stderr: '' })
      expect(Number(stdout)).toBeGreaterThan(0)
    })
  })

  it('finds the same in Parquet of every writer', async () => {
    await inFolder(async (cwd) => {
      await fletching(['gen', '--to', 'in', '--bytes', '100kB'], { cwd })
      const said: string[] = []
      for (const writer of ['fletching', 'parquet-wasm', 'parquetjs-lite']) {
        const job = ['--S3_JSON_INPUT_PATH', 'in', '--S3_CSV_OUTPUT_PATH', 'csv', '--S3_PARQUET_OUTPUT_PATH', 'table']
        await fletching(['run', 'segment-to-personalize', ...job, '--parquet-writer', writer], { cwd })
        const { stdout } = await fletching(['head', 'table', '--rows', '1000'], { cwd })
        said.push(stdout, (await fletching(['count', 'table'], { cwd })).stdout)
      }
      const [rows, count] = said
      expect(said).toEqual([rows, count, rows, count, rows, count])
      expect(rows.trim().split('\n')).toHaveLength(Number(count))
    })
  })
})
