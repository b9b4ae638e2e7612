import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fletching, inFolder } from '@fletching/testing'
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
