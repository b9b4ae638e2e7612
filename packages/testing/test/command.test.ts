import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EVENT_MARK, fletching, inFolder, spawnFletching } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

const JOB = 'segment-to-personalize'
const EVENT = `{"userId":"u1","event":"Product Clicked","properties":{"sku":"${EVENT_MARK}"},"timestamp":"2019-05-18T20:13:05Z","messageId":"m"}\n`
const PLACES = ['--S3_JSON_INPUT_PATH=in', '--S3_CSV_OUTPUT_PATH=out', '--S3_PARQUET_OUTPUT_PATH=table']

/** What lines leave that are run one after the other in a folder with an event; without the folder, times and the ids of runs. */
function outcome(
  start: typeof fletching,
  lines: readonly (readonly string[])[],
  env: Readonly<Record<string, string>>,
) {
  return inFolder(async (cwd) => {
    await mkdir(join(cwd, 'in'))
    await writeFile(join(cwd, 'in/a'), EVENT)
    const finished = []
    for (const line of lines) finished.push(await start(line, { cwd, env, showsEvents: true }))
    const csv = await readFile(join(cwd, 'out/part-00000.csv'), 'utf8').catch(() => '')
    const plain = JSON.stringify({ finished, csv }).replaceAll(cwd, '.')
    return plain.replaceAll(/"(time|startedAt|milliseconds|run)\\":[^,}]*/g, '')
  })
}

describe('a command in the process of the tests', () => {
  it.each<[what: string, lines: readonly (readonly string[])[], env: Readonly<Record<string, string>>]>([
    ['says its version', [['--version']], {}],
    ['shows its help', [['run', '--help']], {}],
    ['refuses what it does not know', [['frob']], {}],
    ['lists', [['list']], {}],
    ['explains', [['explain', JOB, ...PLACES]], {}],
    ['takes its job from the environment', [PLACES.slice(0, 2)], { FLETCHING_JOB: JOB }],
    ['fails', [['run', JOB, '--S3_JSON_INPUT_PATH=no', '--S3_CSV_OUTPUT_PATH=out']], {}],
    [
      'answers about a run',
      [
        ['run', JOB, ...PLACES],
        ['query', 'SELECT * FROM out', '--job', JOB, ...PLACES],
        ['why', 'm', '--job', JOB, ...PLACES],
      ],
      {},
    ],
  ])('%s as in a process of its own', async (_, lines, env) => {
    expect(await outcome(fletching, lines, env)).toBe(await outcome(spawnFletching, lines, env))
  })

  it('changes neither the folder nor the environment of others', async () => {
    const before = { cwd: process.cwd(), env: { ...process.env } }
    const env = { TZ: 'Asia/Kathmandu' }
    const [one, two] = await inFolder((cwd) =>
      Promise.all([fletching(['list'], { cwd, env }), fletching(['frob'], { cwd, env })]),
    )
    expect([one.code, two.code]).toEqual([0, 2])
    expect({ cwd: process.cwd(), env: { ...process.env } }).toEqual(before)
  })

  it('is given no words for Node', async () => {
    await expect(fletching(['list'], { env: { NODE_OPTIONS: '--no-warnings' } })).rejects.toThrow(
      'NODE_OPTIONS is for processes',
    )
  })
})
