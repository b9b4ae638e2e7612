import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { fuzz, fuzzCases, inFolder, type Random, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { runCommandLine } from '../src/command-line.ts'
import { explainOptionSpecs, genOptionSpecs, runOptionSpecs } from '../src/option-specs.ts'

const CASES = fuzzCases(150)
const OPTIONS = Object.keys({ ...runOptionSpecs, ...explainOptionSpecs, ...genOptionSpecs })
const PARAMETERS = [
  'S3_JSON_INPUT_PATH',
  'S3_CSV_OUTPUT_PATH',
  'S3_PARQUET_OUTPUT_PATH',
  'DEDUPE',
  'OTHER',
  'JOB_NAME',
  'TempDir',
]
const WORDS =
  'run explain list gen bookmark show reset rewind set-to-now segment-to-personalize ./job.js --help -h --version -- -x'.split(
    ' ',
  )
/** Values that mean something to one option or another, or to none; no place outside the folder. */
const VALUES = [
  ...'in out table out/x.csv in/a state report.json nowhere/x s3:// s3a://b/x memory:x ftp://x file://x [ {a *.gz'.split(
    ' ',
  ),
  ...'fail skip quarantine header none user_id event,item_id rfc4180 zstd ts wasm true false yes'.split(' '),
  ...'0 1 2 -1 1.5 1e9 1MB 10% 101% 2019-05-18 2019-02-30 9007199254740993 NaN __proto__ constructor'.split(' '),
  ...'é \' " = -- $(x)'.split(' '),
  '',
  ' ',
  '\0',
  '\n',
  '\ud800',
  '../../../../x'.repeat(400),
]
const EVENT =
  '{"userId":"u","event":"Product Clicked","properties":{"sku":"s"},"timestamp":"2019-05-18T20:13:05Z","messageId":"m"}\n'

function token(random: Random): string[] {
  const name = random.below(2) === 0 ? random.pick(OPTIONS) : random.pick(PARAMETERS)
  const value = random.pick(VALUES)
  switch (random.below(6)) {
    case 0:
      return [random.pick(WORDS)]
    case 1:
      return [value]
    case 2:
      return [`--${name}`]
    case 3:
      return [`--${name}=${value}`]
    default:
      return [`--${name}`, value]
  }
}

/** Half of them begin like a line that runs, so that what is odd in them is met late. */
function line(random: Random): string[] {
  const tokens = Array.from({ length: random.below(6) }, () => token(random)).flat()
  if (random.below(2) === 0) return tokens
  return ['run', 'segment-to-personalize', '--S3_JSON_INPUT_PATH=in', '--S3_CSV_OUTPUT_PATH=out', ...tokens]
}

class Sink extends Writable {
  text = ''

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

describe('command lines of any words', () => {
  it(`end as they should (${CASES} cases from FLETCHING_SEED=${testSeed})`, { timeout: 600_000 }, async () => {
    const codes = new Map<number, number>()
    const home = process.cwd()
    try {
      await fuzz(CASES, (random) =>
        inFolder(async (folder) => {
          await mkdir(join(folder, 'in'))
          await writeFile(join(folder, 'in/a'), EVENT)
          process.chdir(folder)
          const argv = line(random)
          const [stdout, stderr] = [new Sink(), new Sink()]
          const env =
            random.below(4) === 0 ? { FLETCHING_JOB: random.pick(VALUES), FLETCHING_ON_EMPTY: random.pick(VALUES) } : {}
          const ends = { env, stdout, stderr } as unknown as Parameters<typeof runCommandLine>[1]
          const code = await runCommandLine(argv, ends)
          codes.set(code, 1 + (codes.get(code) ?? 0))
          const told = { argv, env, code, stderr: stderr.text }
          expect([0, 2, 3, 4], JSON.stringify(told)).toContain(code)
          expect(stderr.text, JSON.stringify(told)).not.toMatch(/\n\s+at .*:\d+:\d+/)
          // Who fails says why: a code, and then words.
          if (code !== 0) expect(stderr.text, JSON.stringify(told)).toMatch(/^[A-Z_0-9]+: ./m)
        }),
      )
    } finally {
      process.chdir(home)
    }
    expect([...codes.keys()]).toEqual(expect.arrayContaining([0, 2]))
  })
})
