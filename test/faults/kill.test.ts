import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type RunOptions, runJob } from '@fletching/engine'
import job from '@fletching/jobs/segment-to-personalize'
import { atOnce, type FaultyS3, inFolder, openFaultyS3, type RequestEvent, sampleTitle } from '@fletching/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Comparable, comparable, type Left } from './comparable.ts'
import { type Running, start, steps, tableOf } from './kill.ts'
import { earlier, inputs, STATE } from './small-job.ts'

/** Processes at a time. */
const WIDTH = 2

/** Steps that one run may do and another not: what is done side by side may find a folder, or a record, that the other has made. */
const STEPS_SPARED = 8

const INTENT = `${STATE}/intent.json`

/** What a process finds that is killed, and how it is called. */
interface Ground {
  /** The object that an earlier run had read, which is replaced where the input has one of that name, and how that run was told what `options` say. */
  readonly earlier?: { readonly key: string; readonly options: RunOptions }
  readonly options: readonly string[]
  /** What is there when nothing disturbs it, beside the input, in order. */
  readonly leaves: readonly string[]
}

const replaced = [
  `${STATE}/manifest.json`,
  'csv/part-00000.csv',
  'table/dt=2019-05-18/part-00000.parquet',
  'table/dt=2019-05-19/part-00000.parquet',
  'table/dt=2019-05-20/part-00000.parquet',
]

const grounds: Readonly<Record<string, Ground>> = {
  'on its first run': { options: [], leaves: replaced },
  'in place of earlier outputs': { earlier: { key: earlier.key, options: {} }, options: [], leaves: replaced },
  'with a bookmark, behind an earlier run': {
    earlier: { key: 'in/0.gz', options: { bookmark: 'enable', csv: 'full' } },
    options: ['--job-bookmark-option=job-bookmark-enable', '--csv=full'],
    leaves: [
      `${STATE}/ledger.json`,
      `${STATE}/ledger/NOW.ndjson`,
      `${STATE}/manifest.json`,
      'csv/part-00000.csv',
      'table/dt=2019-05-18/part-00000-NOW.parquet',
      'table/dt=2019-05-19/part-00000-NOW.parquet',
      'table/dt=2019-05-20/part-00000-NOW.parquet',
      'table/dt=2019-05-21/part-00000-BEFORE.parquet',
    ],
  },
}

/** Runs the main job in this process, which takes a fraction of the time. */
async function runEarlier(root: string, options: RunOptions): Promise<void> {
  const places = {
    S3_JSON_INPUT_PATH: `${root}/in`,
    S3_CSV_OUTPUT_PATH: `${root}/csv`,
    S3_PARQUET_OUTPUT_PATH: `${root}/table`,
  }
  await runJob(job, places, { workers: 1, ...options })
}

/** An undisturbed run did what the ground is for. */
function assertLeaves(all: Comparable, { leaves }: Ground): void {
  const names = Object.keys(all).filter((name) => !name.startsWith('in/'))
  expect(names.sort()).toEqual(leaves)
}

/**
 * Nothing of a killed run is visible, unless its intent record is, or it had come to its end.
 *
 * - `all`: what an undisturbed run leaves.
 */
function assertNothingHalf(visible: Comparable, before: Comparable, all: Comparable): void {
  if (INTENT in visible) return
  expect([before, all]).toContainEqual(visible)
}

/** A process that is to be killed in a phase of its `at`th request. */
interface Killing {
  readonly at: number
  readonly phase: RequestEvent['phase']
  running?: Running
  /** Its requests so far. */
  count: number
  /** The server's number of that request. */
  number?: number
  /** What still comes from it comes from the dead. */
  isOver?: boolean
}

describe('the main job in S3, killed', () => {
  let s3: FaultyS3
  /** By bucket. */
  const killings = new Map<string, Killing>()

  const environment = { ...process.env }

  beforeEach(async () => {
    s3 = await openFaultyS3({ onRequest })
    Object.assign(process.env, s3.env)
  })

  afterEach(async () => {
    process.env = { ...environment }
    await s3.close()
  })

  async function onRequest({ bucket, number, phase }: RequestEvent): Promise<'drop' | undefined> {
    const killing = killings.get(bucket)
    if (killing === undefined) return undefined
    if (phase === 'arrived' && ++killing.count === killing.at) killing.number = number
    if (killing.isOver === true) return 'drop'
    if (killing.number !== number || killing.phase !== phase) return undefined
    killing.isOver = true
    await killing.running?.kill()
    return 'drop'
  }

  function visible(bucket: string): Comparable {
    const objects = s3.objects(bucket).filter(({ key }) => !key.startsWith(`${STATE}/runs/`))
    return comparable(objects, `s3://${bucket}`)
  }

  async function run(bucket: string, { options }: Ground): Promise<void> {
    const { code, said } = await start(`s3://${bucket}`, s3.env, options).ended
    expect({ code, said }).toMatchObject({ code: 0 })
  }

  async function prepare(bucket: string, ground: Ground): Promise<void> {
    if (ground.earlier !== undefined) {
      s3.put(bucket, ground.earlier.key, earlier.bytes)
      await runEarlier(`s3://${bucket}`, ground.earlier.options)
    }
    for (const { key, bytes } of inputs) s3.put(bucket, key, bytes)
  }

  /** An upload that somebody else has begun under the name of our CSV; its id. */
  async function foreignUpload(bucket: string): Promise<string> {
    await fetch(`${s3.endpoint}/${bucket}/csv/part-00000.csv?uploads`, { method: 'POST' })
    return s3.uploads(bucket)[0].id
  }

  it.each(Object.entries(grounds))(
    `%s, at every request: ${sampleTitle}`,
    async (title, ground) => {
      await prepare('undisturbed', ground)
      const first = s3.requests.length
      await run('undisturbed', ground)
      const all = visible('undisturbed')
      assertLeaves(all, ground)
      const requests = s3.requests.slice(first)
      const cases = steps(requests.length, 73).flatMap((at) =>
        (['arrived', 'applied', 'answered'] as const).map((when) => ({ what: requests[at - 1].op, when, at })),
      )
      await atOnce(WIDTH, cases, async ({ what, when, at }) => {
        const bucket = `case-${at}-${when}`
        await prepare(bucket, ground)
        const foreign = await foreignUpload(bucket)
        const before = visible(bucket)
        const killing: Killing = { at, phase: when, count: 0 }
        killings.set(bucket, killing)
        const running = start(`s3://${bucket}`, s3.env, ground.options)
        killing.running = running
        const { code, said } = await running.ended
        // Behind its last answer it may be quicker to end than to be killed.
        const codes = when === 'answered' && at === requests.length ? [undefined, 0] : [undefined]
        expect(codes, `${what} ${at} ${when}: ${said}`).toContain(code)
        assertNothingHalf(visible(bucket), before, all)

        killings.delete(bucket)
        await run(bucket, ground)
        expect(visible(bucket), `after ${what} ${at} ${when}`).toEqual(all)
        const left = s3.uploads(bucket).map(({ id }) => id)
        // Nobody knows an upload whose process died before it was on record.
        const isUnknown =
          (what === 'CreateMultipartUpload' && when !== 'arrived') ||
          (requests[at - 2]?.op === 'CreateMultipartUpload' && when === 'arrived')
        expect(left, `after ${what} ${at} ${when}`).toHaveLength(isUnknown ? 2 : 1)
        expect(left).toContain(foreign)
      })
      console.log(`${title}: ${requests.length} requests\n${tableOf(cases)}`)
    },
    1_800_000,
  )
})

describe('the main job on a disk, killed', () => {
  const preload = join(import.meta.dirname, 'kill-at-step.js')

  function environment(root: string, more: Readonly<Record<string, string>>): Record<string, string> {
    return { NODE_OPTIONS: `--import=${preload}`, FLETCHING_KILL_ROOT: root, ...more }
  }

  /** Files, those of the state folder left out that have a temporary name, since no record may name them. */
  async function filesIn(root: string): Promise<Left[]> {
    const entries = await readdir(root, { recursive: true, withFileTypes: true })
    const keys = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
      .filter((key) => !key.startsWith(`${STATE}/runs/`) && !(dirname(key) === STATE && key.endsWith('.tmp')))
    return Promise.all(keys.map(async (key) => ({ key, bytes: await readFile(join(root, key)) })))
  }

  /** On a disk, an ETag tells the time. */
  async function visible(root: string, withTemporary = false): Promise<Comparable> {
    const files = await filesIn(root)
    const shown = files.filter(({ key }) => withTemporary || !/(^|\/)\.[^/]*\.tmp$/.test(key))
    const text = JSON.stringify(comparable(shown, root), (name, value: unknown) =>
      name === 'etag' ? undefined : value,
    )
    return JSON.parse(text) as Comparable
  }

  async function run(root: string, { options }: Ground, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const { code, said } = await start(root, env, options).ended
    expect({ code, said }).toMatchObject({ code: 0 })
  }

  async function prepare(root: string, ground: Ground): Promise<void> {
    await mkdir(join(root, 'in'), { recursive: true })
    if (ground.earlier !== undefined) {
      await writeFile(join(root, ground.earlier.key), earlier.bytes)
      await runEarlier(root, ground.earlier.options)
    }
    for (const { key, bytes } of inputs) await writeFile(join(root, key), bytes)
  }

  it.each(Object.entries(grounds))(
    `%s, at every step: ${sampleTitle}`,
    (title, ground) =>
      inFolder(async (folder) => {
        const undisturbed = join(folder, 'undisturbed')
        const log = join(folder, 'steps')
        await prepare(undisturbed, ground)
        await run(undisturbed, ground, environment(undisturbed, { FLETCHING_KILL_LOG: log }))
        const all = await visible(undisturbed, true)
        assertLeaves(all, ground)
        const done = (await readFile(log, 'utf8')).trimEnd().split('\n')
        const cases = steps(done.length, 127).flatMap((at) =>
          ['before', 'after'].map((when) => ({ what: done[at - 1], when, at })),
        )
        await atOnce(WIDTH, cases, async ({ what, when, at }) => {
          const root = await mkdtemp(join(folder, 'case-'))
          await prepare(root, ground)
          const before = await visible(root)
          const env = environment(root, { FLETCHING_KILL_AT: `${at}`, FLETCHING_KILL_WHEN: when })
          const { code, said } = await start(root, env, ground.options).ended
          const codes = at > done.length - STEPS_SPARED ? [undefined, 0] : [undefined]
          expect(codes, `${what} ${at} ${when}: ${said}`).toContain(code)
          assertNothingHalf(await visible(root), before, all)

          await run(root, ground)
          expect(await visible(root, true), `after ${what} ${at} ${when}`).toEqual(all)
        })
        console.log(`${title}: ${done.length} steps\n${tableOf(cases)}`)
      }),
    1_800_000,
  )
})
