import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { commandEnv, commandFile, endOf, fletching, inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

const JOB = 'segment-to-personalize'
const EVENT =
  '{"userId":"u1","event":"Product Clicked","properties":{"sku":"red-shoe"},"timestamp":"2019-05-18T20:13:05.123Z"}\n'
const run = (...more: string[]) => ['run', JOB, '--S3_JSON_INPUT_PATH', 'in', '--S3_CSV_OUTPUT_PATH', 'out', ...more]
const HINT = '\n  fletching run --help shows how it is used\n'

/** Runs the command in a folder that holds one event below `in`, and files beside it. */
function command(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
) {
  return inFolder(async (cwd) => {
    for (const [name, content] of Object.entries({ 'in/a': EVENT, ...files })) {
      await mkdir(join(cwd, name, '..'), { recursive: true })
      await writeFile(join(cwd, name), content)
    }
    const { code, stderr } = await fletching(args, { cwd, env })
    return { code, stderr: stderr.replaceAll(cwd, '.') }
  })
}

describe('a mistake in the command line', () => {
  it.each<[string, string[], string]>([
    ['an option without its value', run('--on-empty'), `USAGE: --on-empty has no value${HINT}`],
    ['a repeatable option without its value', run('--exclude'), `USAGE: --exclude has no value${HINT}`],
    ['an option that is given twice', run('--workers', '1', '--workers=2'), `USAGE: --workers is given twice${HINT}`],
    [
      'an empty place for generated events, which is not the root of the disk',
      ['gen', '--to='],
      'MISSING_OPTION: gen needs a place to write to\n  expected --to FOLDER or --to s3://bucket/prefix\n',
    ],
    ['words behind --', run('--', 'extra'), `USAGE: Unknown argument: extra${HINT}`],
    [
      'a parameter in lower case',
      run('--dedupe=messageId'),
      `USAGE: Unknown argument: dedupe${HINT}  if it is a parameter of the job, write it in capitals: --DEDUPE\n`,
    ],
    [
      'an option of an analysis without one',
      ['explain', JOB, '--S3_JSON_INPUT_PATH=in', '--S3_CSV_OUTPUT_PATH=out', '--workers', '2'],
      'USAGE: --workers needs --analyze\n  fletching explain --help shows how it is used\n',
    ],
    [
      'a command that there is none of',
      ['frob'],
      'USAGE: Unknown argument: frob\n  fletching --help shows the commands\n',
    ],
    [
      'a command of a command that is left out',
      ['catalog'],
      'USAGE: what catalog shall do is missing\n  fletching catalog --help shows how it is used\n',
    ],
    [
      'a switch that is neither on nor off',
      run('--show-data=maybe'),
      'BAD_OPTION: --show-data got "maybe"\n  expected true or false\n',
    ],
  ])('%s is named', async (_, args, stderr) => {
    expect(await command(args)).toEqual({ code: 2, stderr })
  })

  it.each<[string, string[]]>([
    ['a job that is not there', ['run', 'nope']],
    ['a bad option', run('--row-group-rows=0')],
    ['a bad option of a job that is not there', ['run', 'nope', '--row-group-rows=0']],
    ['no input', ['run', JOB, '--S3_JSON_INPUT_PATH', 'none', '--S3_CSV_OUTPUT_PATH', 'out']],
    ['an output inside the input', ['run', JOB, '--S3_JSON_INPUT_PATH', 'in', '--S3_CSV_OUTPUT_PATH', 'in/out']],
  ])('%s is told in the same words where threads have been started', async (_, args) => {
    const expected = await command(args)
    expect(expected.code).toBeGreaterThan(0)
    expect(await command([...args, '--workers', '2'])).toEqual(expected)
  })

  it('is told in one language', async () => {
    expect(await command(['run'], { LC_ALL: 'de_DE.UTF-8' })).toEqual({
      code: 2,
      stderr: `USAGE: the job is missing${HINT}`,
    })
  })
})

describe('the environment', () => {
  it('parts globs at commas, and leaves those of a glob alone', async () => {
    const files = { 'in/b.gz': '{', 'in/c.bak': '{', 'in/d.tmp': '{' }
    expect(await command(run(), { FLETCHING_EXCLUDE: '*.{gz,bak},*.tmp' }, files)).toEqual({ code: 0, stderr: '' })
  })
})

/** A module with a job whose plan is the expression. */
const jobModule = (plan: string, name = 'odd') =>
  `import { defineJob, param, scanNdjson, segmentTrack, writeCsv, writeParquet } from '${import.meta.resolve('@fletching/job')}'
   export default defineJob({ name: '${name}', params: { OUT: param.location('a folder') }, plan: ({ OUT }) => ${plan} })
  `.replaceAll('/src/index.ts', '/dist/index.js')

const users = "scanNdjson('in', segmentTrack).selectFields('userId')"
const EXPECTED_SINKS = '  expected: return [writeCsv(…), writeParquet(…)]\n'

describe('an odd job', () => {
  it.each<[string, string, string]>([
    [
      'whose default export throws',
      "throw new Error('no')",
      'NOT_A_JOB: the module could not be loaded: no\n  at ./odd.mjs\n',
    ],
    [
      'with a bad name',
      jobModule('[]', '../x'),
      'BAD_JOB: "../x" cannot name a job\n  at ./odd.mjs\n  expected letters, digits, - and _, as in segment-to-personalize\n',
    ],
    [
      'that returns no list',
      jobModule('undefined'),
      `BAD_JOB: plan did not return a list of sinks\n  at job odd\n${EXPECTED_SINKS}`,
    ],
    [
      'that returns what is no sink',
      jobModule(`[writeCsv(${users}, { to: OUT }), null]`),
      `BAD_JOB: plan returned something that is no sink, at place 2 of its list\n  at job odd\n${EXPECTED_SINKS}`,
    ],
    [
      'that writes to a number',
      jobModule(`[writeCsv(${users}, { to: 42 })]`),
      "BAD_LOCATION: 42 is not a place to write to\n  at writeCsv, job odd\n  expected writeCsv(frame, { to: 's3://bucket/folder/' })\n",
    ],
    [
      'that writes nowhere',
      jobModule(`[writeParquet(${users})]`),
      "BAD_LOCATION: undefined is not a place to write to\n  at writeParquet, job odd\n  expected writeParquet(frame, { to: 's3://bucket/folder/' })\n",
    ],
    [
      'that has no sink',
      jobModule('[]'),
      'NO_SINKS: the job has no sink\n  at job odd\n  return at least one writeCsv(…) or writeParquet(…) whose location is given\n',
    ],
    [
      'that writes twice to one place',
      jobModule(`[writeCsv(${users}, { to: OUT }), writeCsv(${users}, { to: OUT })]`),
      'OVERLAP: the CSV output and the CSV output overlap\n  at CSV output ./out/\n  at CSV output ./out/\n  at job odd\n  nothing was read or written; give places of which none is equal to, inside or around another\n',
    ],
  ])('%s is refused', async (_, module, stderr) => {
    expect(await command(['run', './odd.mjs', '--OUT', 'out'], {}, { 'odd.mjs': module })).toEqual({ code: 2, stderr })
  })

  it('that throws is the author’s, with the line', async () => {
    const files = { 'odd.mjs': jobModule("{ throw new TypeError('no') }") }
    const { code, stderr } = await command(['run', './odd.mjs', '--OUT', 'out'], {}, files)
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /^BAD_JOB: plan failed with TypeError: no\n {2}at plan \(file:.*odd\.mjs:2:\d+\), job odd\n {2}plan says what is wanted; it is given the parameters and returns sinks\n$/,
    )
  })

  it.each([[[]], [['--workers', '2']]])('that waits for what never comes does not end in silence: %j', async (more) => {
    expect(await command(['run', './odd.mjs', ...more], {}, { 'odd.mjs': 'await new Promise(() => {})' })).toEqual({
      code: 70,
      stderr: 'INTERNAL: the command ended although it was not done: it waited for what cannot come any more\n',
    })
  })
})

describe('a report', () => {
  const refused = (why: string, at: string) =>
    `REPORT_NOT_WRITTEN: the report cannot be written: ${why}\n  at ${at}\n  nothing was read or written; give a file in a folder that is there and can be written\n`

  it.each<[string, string, number, string]>([
    ['in a folder that is not there', 'no/report.json', 4, refused('ENOENT', './no/report.json')],
    ['that is a folder', '.', 4, refused('EISDIR', '.')],
    [
      'in a bucket',
      's3://bucket/report.json',
      2,
      'BAD_OPTION: --report got "s3://bucket/report.json"\n  expected a file on this machine\n',
    ],
    [
      'in the CSV folder',
      'out.csv/report.json',
      2,
      'OVERLAP: the CSV output and the report overlap\n  at CSV output ./out.csv/\n  at report ./out.csv/report.json\n  at job segment-to-personalize\n  nothing was read or written; give places of which none is equal to, inside or around another\n',
    ],
    [
      'in the input',
      'in/report.json',
      2,
      'OVERLAP: the input and the report overlap\n  at input ./in\n  at report ./in/report.json\n  at job segment-to-personalize\n  nothing was read or written; give places of which none is equal to, inside or around another\n',
    ],
  ])('%s is refused before anything is read', async (_, report, code, stderr) => {
    const args = ['run', JOB, '--S3_JSON_INPUT_PATH', 'in', '--S3_CSV_OUTPUT_PATH', 'out.csv/', '--report', report]
    expect(await command(args, {}, { 'out.csv/part-00000.csv': '' })).toEqual({ code, stderr })
  })
})

describe('memory', () => {
  it('is no place for an output that anyone would find', async () => {
    expect(await command(['run', JOB, '--S3_JSON_INPUT_PATH', 'in', '--S3_CSV_OUTPUT_PATH', 'memory:out'])).toEqual({
      code: 2,
      stderr:
        'BAD_LOCATION: objects in memory have no address outside of their store\n  at memory:out/part-00000.csv\n  at job segment-to-personalize\n  give s3://bucket/key, file:///path, or a path; openMemoryStore makes a store for tests\n',
    })
  })
})

describe('partitions', () => {
  it.each([
    [
      'dt,dt',
      'BAD_OPTION: the table is partitioned by "dt" twice\n  at job segment-to-personalize\n  name each column once\n',
    ],
    [
      'user_id,item_id,event_type,timestamp_s,event_time,dt',
      'BAD_OPTION: every column is a partition column, so the files would be empty\n  at job segment-to-personalize\n  partition by fewer columns: they are not stored in the files\n',
    ],
  ])('by %s are refused', async (columns, stderr) => {
    const args = run('--S3_PARQUET_OUTPUT_PATH', 'table', '--partition-by', columns)
    expect(await command(args)).toEqual({ code: 2, stderr })
  })
})

/** Runs a script of the shell, with Node and the command as its first words. */
const shell = (script: string) =>
  endOf(spawn('/bin/sh', ['-c', script, process.execPath, commandFile], { env: commandEnv() }))

describe('standard input', () => {
  it('that is open for writing alone is no bug of ours', () =>
    inFolder(async (cwd) => {
      const script = `cd '${cwd}' && "$0" "$1" run ${JOB} --S3_JSON_INPUT_PATH - --S3_CSV_OUTPUT_PATH out 0> closed`
      expect(await shell(script)).toMatchObject({
        code: 4,
        stderr: `STDIN: standard input cannot be read: EBADF\n  at job ${JOB}\n  give it a file or a pipe that is open for reading\n`,
      })
    }))
})

describe('standard output', () => {
  it.skipIf(!existsSync('/dev/full'))('that cannot be written is an error (needs /dev/full)', async () => {
    expect(await shell('"$0" "$1" list > /dev/full')).toEqual({
      code: 4,
      stdout: '',
      stderr:
        'OUTPUT_NOT_WRITTEN: standard output cannot be written: ENOSPC\n  what the command did is done; only its words are lost\n',
    })
  })

  it('whose reader goes away is none', async () => {
    expect(await shell('{ "$0" "$1" list; echo "$?" >&2; } | true')).toEqual({ code: 0, stdout: '', stderr: '0\n' })
  })
})
