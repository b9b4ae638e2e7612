import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { commandFile, fletching, inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

const JOB = 'segment-to-personalize'
const EVENT =
  '{"userId":"u1","event":"Product Clicked","properties":{"sku":"red-shoe"},"timestamp":"2019-05-18T20:13:05.123Z"}\n'
const run = (...more: string[]) => ['run', JOB, '--S3_JSON_INPUT_PATH', 'in', '--S3_CSV_OUTPUT_PATH', 'out', ...more]
const HINT = '\n  fletching --help shows the commands, fletching run --help the options of run\n'

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
    ['words behind --', run('--', 'extra'), `USAGE: Unknown argument: extra${HINT}`],
    [
      'a switch that is neither on nor off',
      run('--show-data=maybe'),
      'BAD_OPTION: --show-data got "maybe"\n  expected true or false\n',
    ],
  ])('%s is named', async (_, args, stderr) => {
    expect(await command(args)).toEqual({ code: 2, stderr })
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

describe('standard output', () => {
  const shell = (script: string) =>
    new Promise((resolve) => {
      execFile('/bin/sh', ['-c', script, process.execPath, commandFile], (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, stdout, stderr }),
      )
    })

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
