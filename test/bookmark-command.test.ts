import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fletching, inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { event } from './faults/run.ts'

const JOB = 'segment-to-personalize'
const PARAMS = ['--S3_JSON_INPUT_PATH', 'in', '--S3_CSV_OUTPUT_PATH', 'csv', '--S3_PARQUET_OUTPUT_PATH', 'table']

/** Runs command lines one after the other where the input has one more object before each run. */
function commands(...lines: readonly (readonly string[])[]) {
  return inFolder(async (cwd) => {
    await mkdir(join(cwd, 'in'))
    const said: { code: number | null; stderr: string; last: Record<string, unknown> }[] = []
    let run = ''
    for (const [number, line] of lines.entries()) {
      if (line[0] === 'run') await writeFile(join(cwd, 'in', `${number}`), `${event(`u${number}`)}\n`)
      const args = line.map((word) => (word === 'RUN' ? run : word))
      const { code, stdout, stderr } = await fletching([...args, ...PARAMS], { cwd })
      const last = JSON.parse(stdout.trim().split('\n').at(-1) || '{}') as Record<string, unknown>
      run = (last.runs as { id: string }[] | undefined)?.[0]?.id ?? run
      said.push({ code, stderr: stderr.replaceAll(cwd, '.').replaceAll(RUN_ID, 'RUN'), last })
    }
    return said
  })
}

const RUN_ID = /\d{8}T\d{6}Z-[0-9a-f]{12}/g
const NEW = ['run', JOB, '--job-bookmark-option', 'job-bookmark-enable', '--csv', 'increment']
const show = ['bookmark', 'show', JOB]

describe('fletching bookmark', () => {
  it('shows and moves what runs have left', async () => {
    const said = await commands(
      show,
      NEW,
      NEW,
      show,
      ['bookmark', 'rewind', JOB, 'RUN'],
      ['bookmark', 'rewind', JOB, 'RUN', '--outputs', 'remove'],
      ['bookmark', 'set-to-now', JOB],
      show,
      ['bookmark', 'reset', JOB, '--outputs=keep'],
      show,
    )
    expect(said.map(({ code }) => code)).toEqual([0, 0, 0, 0, 2, 0, 0, 0, 0, 0])
    const told = said.map(({ last }) => last)
    expect(told[0]).toEqual({ isOfJob: true, runs: [], objects: 0 })
    expect(told[3]).toMatchObject({
      isOfJob: true,
      runs: [
        { objects: 1, rows: 1 },
        { objects: 1, rows: 1 },
      ],
      objects: 2,
    })
    expect(said[4].stderr).toBe(`WOULD_DOUBLE: the next run would write again the rows of 1 of the job's files
  at ./table/dt=2019-05-18/part-00000-RUN.parquet, rows: 1
  at job segment-to-personalize
  nothing was changed; --outputs remove takes them away with the bookmark, --outputs keep leaves them, and their rows will be there twice
`)
    expect(told[5]).toMatchObject({ runs: [{ objects: 1 }], forgotten: [{ objects: 1 }] })
    expect(told[5].removed).toHaveLength(1)
    expect(told[7]).toMatchObject({
      runs: [
        { objects: 1, rows: 1 },
        { objects: 1, rows: 0 },
      ],
      objects: 2,
    })
    expect(told[9]).toMatchObject({ runs: [], objects: 0 })
  })

  it.each([
    [
      ['bookmark', 'rewind', JOB],
      'USAGE: the run is missing\n  fletching bookmark rewind JOB RUN forgets the runs behind RUN; fletching bookmark show JOB lists them\n',
    ],
    [
      ['bookmark', 'reset', JOB, 'x'],
      'USAGE: bookmark reset takes no run\n  fletching bookmark --help shows the commands\n',
    ],
    [
      ['bookmark', 'forget', JOB],
      'USAGE: Invalid values: Argument: action, Given: "forget", Choices: "show", "reset", "rewind", "set-to-now"\n  fletching bookmark --help shows how it is used\n',
    ],
    [['bookmark', 'show'], 'USAGE: the job is missing\n  fletching bookmark --help shows how it is used\n'],
  ])('refuses %j', async (line, stderr) => {
    expect(await commands(line)).toEqual([{ code: 2, stderr, last: {} }])
  })

  it('tells a run with nothing new from one with something', async () => {
    const args = [...NEW, '--exclude', '1']
    const [first, second] = await commands(NEW, args)
    expect(first.last).toMatchObject({ event: 'finished', objects: 1 })
    expect(second).toMatchObject({ code: 0, last: { event: 'finished', objects: 0, outputs: [] } })
  })
})
