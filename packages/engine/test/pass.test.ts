import { readdirSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'
import { defineJob, param, scanNdjson, schema, text, writeCsv } from '@fletching/job'
import { inFolder } from '@fletching/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Crew } from '../src/crew.ts'
import { type RunOptions, runJob } from '../src/index.ts'
import { openWorker, WaitingWorkers } from '../src/waiting-workers.ts'

const copy = defineJob({
  name: 'copy',
  params: { INPUT: param.location('events'), CSV: param.location('a folder') },
  plan: ({ INPUT, CSV }) => {
    const rows = scanNdjson(INPUT, schema('events', { id: text().required() })).select((col) => ({ id: col('id') }))
    return [writeCsv(rows, { to: CSV, dialect: 'rfc4180' })]
  },
})

/** Each object is a unit, since what is large is no part of a group. */
const event = `{"id":"a","more":"${' '.repeat(600_000)}"}\n`

/** Runs the job on three objects with two threads; `files` lie beside the input. */
function inRun<T>(work: (folder: string, run: (options?: RunOptions) => Promise<unknown>) => Promise<T>): Promise<T> {
  return inFolder(async (folder) => {
    await mkdir(join(folder, 'in'))
    for (const name of ['a', 'b', 'c']) await writeFile(join(folder, 'in', name), event)
    const places = { INPUT: join(folder, 'in'), CSV: join(folder, 'out/csv/') }
    return work(folder, (options) => runJob(copy, places, { workers: 2, ...options }))
  })
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('the threads of a run', () => {
  it('are those that wait, of which the others are ended', () =>
    inRun(async (_, run) => {
      const opened = vi.fn(openWorker)
      const waitingWorkers = new WaitingWorkers(3, opened)
      const exits = opened.mock.results.map(({ value }) => new Promise((resolve) => value.once('exit', resolve)))
      await run({ waitingWorkers })
      await Promise.all(exits)
      expect(opened).toHaveBeenCalledTimes(3)
    }))

  it('are ended before anything is shown', () =>
    inRun(async (folder, run) => {
      const shown: string[][] = []
      const open = () => {
        const worker = openWorker()
        const terminate = worker.terminate.bind(worker)
        worker.terminate = () => {
          shown.push(readdirSync(join(folder, 'out/csv')))
          return terminate()
        }
        return worker
      }
      await run({ waitingWorkers: new WaitingWorkers(1, open) })
      expect(shown[0]).toEqual([expect.stringMatching(/^\..*\.tmp$/)])
      expect(await readdir(join(folder, 'out/csv'))).toEqual(['part-00000.csv'])
    }))

  it('have written nothing where a place is refused, although they read', () =>
    inRun(async (folder, run) => {
      const begun = vi.spyOn(Crew.prototype, 'begin')
      const scanned = vi.spyOn(Crew.prototype, 'scan')
      await mkdir(join(folder, 'state/runs'), { recursive: true })
      // A folder where the CSV is to be.
      await mkdir(join(folder, 'out/csv/part-00000.csv'), { recursive: true })
      await expect(run({ state: join(folder, 'state'), allowOtherFiles: true })).rejects.toThrow('part-00000.csv')
      expect(begun).toHaveBeenCalledOnce()
      expect(scanned).not.toHaveBeenCalled()
      expect((await readdir(folder, { recursive: true })).sort()).toEqual(
        ['in', 'in/a', 'in/b', 'in/c', 'out', 'out/csv', 'out/csv/part-00000.csv', 'state', 'state/runs'].sort(),
      )
    }))

  it.each(['at once', 'while the places are tried'])(
    'end a run on a single archive with its name when they die %s',
    (when) =>
      inRun(async (folder, run) => {
        for (const name of ['a', 'b', 'c']) await rm(join(folder, 'in', name))
        await writeFile(join(folder, 'in/d.gz'), gzipSync(event))
        const code =
          when === 'at once'
            ? 'process.exit(0)'
            : "require('worker_threads').parentPort.on('message', () => process.exit(0))"
        const waitingWorkers = new WaitingWorkers(1, () => new Worker(code, { eval: true }))
        await expect(run({ waitingWorkers })).rejects.toThrow(
          /^INTERNAL: a worker ended before its work was done, with exit code 0\n {2}at .*\/in\/d\.gz\n/,
        )
        expect(await readdir(join(folder))).toEqual(['in'])
      }),
  )
})
