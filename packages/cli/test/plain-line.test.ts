import { randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import type { Command } from '../src/command.ts'
import { readCommand } from '../src/parser.ts'
import { readPlainLine } from '../src/plain-line.ts'

/** What yargs makes of a line; undefined where it refuses or answers. */
const oracle = (argv: readonly string[]) => readCommand(argv, () => {}).catch(() => undefined)

describe('readPlainLine', () => {
  it.each<[string, Command]>([
    ['list', { name: 'list' }],
    ['list ./job.js', { name: 'list', job: './job.js' }],
    ['explain job.js', { name: 'explain', job: 'job.js', values: {} }],
    ['explain job --analyze --workers 2', { name: 'explain', job: 'job', values: { analyze: true, workers: '2' } }],
    ['run job', { name: 'run', job: 'job', values: {} }],
    ['run --workers 2 job', { name: 'run', job: 'job', values: { workers: '2' } }],
    ['run job --workers=2 --on-empty skip', { name: 'run', job: 'job', values: { workers: '2', 'on-empty': 'skip' } }],
    ['run job --tmp=a=b --state=s3://b/k', { name: 'run', job: 'job', values: { tmp: 'a=b', state: 's3://b/k' } }],
    ['run --show-data job', { name: 'run', job: 'job', values: { 'show-data': true } }],
    ['run job --show-data=false', { name: 'run', job: 'job', values: { 'show-data': false } }],
    ['run job --exclude a --exclude=b', { name: 'run', job: 'job', values: { exclude: ['a', 'b'] } }],
    ['gen --to out --plain', { name: 'gen', values: { to: 'out', plain: true } }],
  ])('reads %s as yargs does', async (line, command) => {
    expect(readPlainLine(line.split(' '))).toEqual(command)
    expect(await oracle(line.split(' '))).toEqual(command)
  })

  it.each([
    '',
    'help',
    '--help',
    '--version',
    'run',
    'run --help',
    'run job -h',
    'run job other',
    'run job --unknown',
    'run job --constructor x',
    'run job --workers',
    'run job --workers --show-data',
    'run job --workers -1',
    'run job --workers 1 --workers 2',
    'run job --tmp=',
    'run job --tmp="a"',
    'run job --on-empty never',
    'run job --show-data true',
    'run job --show-data=yes',
    'run job --show-data --show-data',
    'run job --plain',
    'explain',
    'explain job --workers 2',
    'list job other',
    'list --workers 2',
    'gen job --to out',
  ])('leaves "%s" to yargs', (line) => {
    expect(readPlainLine(line === '' ? [] : line.split(' '))).toBeUndefined()
  })

  it(`never reads a random line in another way than yargs (FLETCHING_SEED=${testSeed})`, async () => {
    const random = randomFrom(testSeed)
    let plain = 0
    for (let count = 0; count < LINES; count++) {
      const argv = [random.pick(COMMANDS), ...Array.from({ length: random.below(6) }, () => random.pick(TOKENS))]
      const command = readPlainLine(argv)
      if (command === undefined) continue
      plain++
      expect(command, argv.join(' ')).toEqual(await oracle(argv))
    }
    expect(plain).toBeGreaterThan(LINES / 20)
  })
})

const LINES = 1000
const COMMANDS = ['run', 'run', 'run', 'gen', 'gen', 'explain', 'list', 'job']
const TEXTS = ['job', '2', '007', '1e3', '0x10', 'true', 'no', 'a b', 'a,b', 'a=b', 'ä', '"q"', "'", '-', '-x', '']
const NAMES = [
  'workers',
  'on-empty',
  'onEmpty',
  'exclude',
  'show-data',
  'no-show-data',
  'to',
  'plain',
  'help',
  'x',
  'a.b',
]
const TOKENS = [
  'skip',
  'header',
  '--',
  '---',
  '--=',
  '-h',
  '--__proto__=x',
  'run',
  ...TEXTS,
  ...NAMES.map((name) => `--${name}`),
  ...NAMES.flatMap((name) => [...TEXTS, 'skip', 'false'].map((text) => `--${name}=${text}`)).filter(
    (_, index) => index % 5 === 0,
  ),
]
