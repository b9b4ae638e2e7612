import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { FletchingError } from '@fletching/columns/errors'
import { type RunOptions, runJob } from '@fletching/engine'
import job from '@fletching/jobs/segment-to-personalize'
import { fletching, inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

const day = (text: string) => new Date(`${text}T00:00:00Z`)
/** Where objects lie, by the name of their user: days of two sources, and places that are no day of Segment's. */
const PLACES: Readonly<Record<string, string>> = {
  ...Object.fromEntries([15, 16, 17, 18, 19, 20, 21].map((date) => [`d${date}`, folderOf('one', `2019-05-${date}`)])),
  e15: folderOf('two', '2019-05-15'),
  e20: folderOf('two', '2019-05-20'),
  loose: 'segment-logs/one',
  noon: `segment-logs/one/${day('2019-05-15').getTime() + 43_200_000}`,
  other: `archive/one/${day('2019-05-15').getTime()}`,
}

function folderOf(source: string, date: string): string {
  return `segment-logs/${source}/${day(date).getTime()}`
}

/** Gives the users of the rows of a run, and how many objects of other days were passed over. */
async function usersOf(options: RunOptions): Promise<{ users: string[]; passed: number }> {
  return inFolder(async (folder) => {
    await fill(folder)
    const places = { S3_JSON_INPUT_PATH: join(folder, 'in'), S3_CSV_OUTPUT_PATH: join(folder, 'out') }
    const { skipped, accounting } = await runJob(job, { ...places, S3_PARQUET_OUTPUT_PATH: undefined }, options)
    const csv = await readFile(join(folder, 'out/part-00000.csv'), 'utf8')
    const users = csv
      .split('\n')
      .slice(1, -1)
      .map((row) => row.slice(0, row.indexOf(',')))
    expect(accounting.lines).toBe(users.length)
    return { users: users.toSorted(), passed: skipped['other received day'] ?? 0 }
  })
}

async function fill(folder: string): Promise<void> {
  for (const [user, place] of Object.entries(PLACES)) {
    const file = join(folder, 'in', place, `${user}.json`)
    await mkdir(dirname(file), { recursive: true })
    const event = { userId: user, event: 'Product Clicked', properties: { sku: 'red-shoe' }, timestamp: '2019-05-18' }
    await writeFile(file, `${JSON.stringify(event)}\n`)
  }
}

const ALWAYS = ['loose', 'noon', 'other']

describe('received days', () => {
  it.each<[string, RunOptions, string[]]>([
    ['all of them', {}, ['d15', 'd16', 'd17', 'd18', 'd19', 'd20', 'd21', 'e15', 'e20']],
    ['from one on', { fromDay: day('2019-05-19') }, ['d18', 'd19', 'd20', 'd21', 'e20']],
    ['up to one', { toDay: day('2019-05-15') }, ['d15', 'd16', 'e15']],
    ['one alone', { fromDay: day('2019-05-18'), toDay: day('2019-05-18') }, ['d17', 'd18', 'd19']],
    ['some', { fromDay: day('2019-05-17'), toDay: day('2019-05-19') }, ['d16', 'd17', 'd18', 'd19', 'd20', 'e20']],
    ['by a moment of the day', { fromDay: new Date('2019-05-21T23:59:59.999Z') }, ['d20', 'd21', 'e20']],
    ['none', { fromDay: day('2020-01-01') }, []],
  ])('are read: %s, and what has none', async (_, options, users) => {
    expect(await usersOf(options)).toEqual({ users: [...users, ...ALWAYS].toSorted(), passed: 9 - users.length })
  })

  it.each<[string, RunOptions]>([
    ['the wrong way round', { fromDay: day('2019-05-19'), toDay: day('2019-05-18') }],
    ['that are none', { fromDay: new Date('x') }],
  ])('%s are refused', async (_, options) => {
    const error: unknown = await usersOf(options).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(FletchingError)
    expect(error).toMatchObject({
      kind: 'author',
      message: `BAD_OPTION: the first received day lies behind the last, or one of them is no day
  at job segment-to-personalize
  --from takes the first and --to the last day that is wanted, as in --from 2019-05-18 --to 2019-05-20`,
    })
  })

  it('are options of the command, whose report counts what was passed over', () =>
    inFolder(async (cwd) => {
      await fill(cwd)
      const args = ['run', job.name, '--S3_JSON_INPUT_PATH', 'in', '--S3_CSV_OUTPUT_PATH', 'out', '--report', 'report']
      const env = { FLETCHING_TO: '2019-05-18' }
      const { code, stderr } = await fletching([...args, '--from', '2019-05-18'], { cwd, env })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const report = JSON.parse(await readFile(join(cwd, 'report'), 'utf8')) as { skipped: unknown; inputs: unknown[] }
      expect(report.skipped).toMatchObject({ 'other received day': 6 })
      expect(report.inputs).toHaveLength(6)
      for (const text of ['2019-02-30', '2019-5-18', '18.5.2019', 'today', '2019-13-01']) {
        expect(await fletching([...args, '--from', text], { cwd })).toMatchObject({
          code: 2,
          stderr: `BAD_OPTION: --from got "${text}"\n  expected a day such as 2019-05-18\n`,
        })
      }
    }))
})
