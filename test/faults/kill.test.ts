import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { atOnce, type FaultyS3, inFolder, openFaultyS3, type RequestEvent } from '@fletching/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Running, sameManifest, start, steps, tableOf } from './kill.ts'
import { earlier, inputs, STATE } from './small-job.ts'

/** Processes at a time. */
const WIDTH = 2

/** What can be seen of outputs and state; what runs have begun is neither. */
type Visible = Readonly<Record<string, unknown>>

const MANIFEST = `${STATE}/manifest.json`
const INTENT = `${STATE}/intent.json`

/**
 * Nothing of a killed run is visible, unless its intent record is, or it had come to its end.
 *
 * - `all`: what an undisturbed run leaves.
 */
function assertNothingHalf(visible: Visible, before: Visible, all: Visible): void {
  if (INTENT in visible) return
  expect([before, all]).toContainEqual(visible)
}

describe('the main job in S3, killed', () => {
  let s3: FaultyS3
  /** By bucket: the process that runs there, its requests so far, and the one at which it is killed. */
  const killings = new Map<string, { running?: Running; count: number; at: number; phase: string }>()

  beforeEach(async () => {
    s3 = await openFaultyS3({ onRequest })
  })

  afterEach(async () => {
    await s3.close()
  })

  async function onRequest({ bucket, phase }: RequestEvent): Promise<'drop' | undefined> {
    const killing = killings.get(bucket)
    if (killing === undefined) return undefined
    if (phase === 'arrived') killing.count++
    if (killing.count !== killing.at || killing.phase !== phase) return undefined
    killings.delete(bucket)
    await killing.running?.kill()
    return 'drop'
  }

  function visible(bucket: string): Visible {
    const objects = s3.objects(bucket).filter(({ key }) => !key.startsWith(`${STATE}/runs/`))
    return Object.fromEntries(
      objects.map(({ key, etag, bytes }) => [
        key,
        key === MANIFEST ? sameManifest(Buffer.from(bytes).toString(), `s3://${bucket}`) : etag,
      ]),
    )
  }

  async function run(bucket: string): Promise<void> {
    const { code, said } = await start(`s3://${bucket}`, s3.env).ended
    expect({ code, said }).toMatchObject({ code: 0 })
  }

  function fill(bucket: string): void {
    for (const { key, bytes } of inputs) s3.put(bucket, key, bytes)
  }

  /** An upload that somebody else has begun under the name of our CSV; its id. */
  async function foreignUpload(bucket: string): Promise<string> {
    await fetch(`${s3.endpoint}/${bucket}/csv/part-00000.csv?uploads`, { method: 'POST' })
    return s3.uploads(bucket)[0].id
  }

  /** Makes another bucket that holds the same, as if the job had always run there. */
  function copy(from: string, to: string): void {
    for (const { key, bytes } of s3.objects(from)) {
      const moved = () => Buffer.from(Buffer.from(bytes).toString().replaceAll(`s3://${from}/`, `s3://${to}/`))
      s3.put(to, key, key === MANIFEST ? moved() : bytes)
    }
  }

  it.each(['on its first run', 'in place of earlier outputs'])(
    '%s, at every request',
    async (title) => {
      const isFirst = title === 'on its first run'
      s3.put('prepared', earlier.key, earlier.bytes)
      if (!isFirst) await run('prepared')
      fill('prepared')
      copy('prepared', 'undisturbed')
      const first = s3.requests.length
      await run('undisturbed')
      const all = visible('undisturbed')
      const requests = s3.requests.slice(first)
      const cases = steps(requests.length).flatMap((at) =>
        ['arrived', 'applied'].map((phase) => ({ what: requests[at - 1].op, when: phase, at })),
      )
      await atOnce(WIDTH, cases, async ({ what, when, at }) => {
        const bucket = `case-${at}-${when}`
        copy('prepared', bucket)
        const foreign = await foreignUpload(bucket)
        const before = visible(bucket)
        const killing = { count: 0, at, phase: when }
        killings.set(bucket, killing)
        const running = start(`s3://${bucket}`, s3.env)
        Object.assign(killing, { running })
        expect(await running.ended, `${what} ${at} ${when}`).toMatchObject({ code: undefined })
        assertNothingHalf(visible(bucket), before, all)

        await run(bucket)
        expect(visible(bucket), `after ${what} ${at} ${when}`).toEqual(all)
        const left = s3.uploads(bucket).map(({ id }) => id)
        // Nobody knows an upload whose process died before it was on record.
        const isUnknown =
          (what === 'CreateMultipartUpload' && when === 'applied') ||
          (requests[at - 2]?.op === 'CreateMultipartUpload' && when === 'arrived')
        expect(left, `after ${what} ${at} ${when}`).toHaveLength(isUnknown ? 2 : 1)
        expect(left).toContain(foreign)
      })
      console.log(`${title}: ${requests.length} requests\n${tableOf(cases)}`)
    },
    900_000,
  )
})

describe('the main job on a disk, killed', () => {
  const preload = join(import.meta.dirname, 'kill-at-step.js')

  function environment(root: string, more: Readonly<Record<string, string>>): Record<string, string> {
    return { NODE_OPTIONS: `--import=${preload}`, FLETCHING_KILL_ROOT: root, ...more }
  }

  /** Files by their names, those of the input left out, and of the state folder those with a temporary name. */
  async function filesIn(root: string): Promise<Record<string, string>> {
    const entries = await readdir(root, { recursive: true, withFileTypes: true })
    const names = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
      .filter((name) => !name.startsWith('in/') && !name.startsWith(`${STATE}/runs/`))
      .filter((name) => !(name.startsWith(STATE) && name.endsWith('.tmp')))
    const files: Record<string, string> = {}
    for (const name of names.sort()) files[name] = await readFile(join(root, name), 'latin1')
    return files
  }

  function visibleOf(files: Readonly<Record<string, string>>, root: string, withTemporary = false): Visible {
    const shown = Object.entries(files).filter(([name]) => withTemporary || !/(^|\/)\.[^/]*\.tmp$/.test(name))
    return Object.fromEntries(
      shown.map(([name, text]) => [name, name === MANIFEST ? withoutEtags(sameManifest(text, root)) : text]),
    )
  }

  /** On a disk, an ETag tells the time. */
  function withoutEtags(manifest: unknown): unknown {
    return JSON.parse(JSON.stringify(manifest, (name, value: unknown) => (name === 'etag' ? undefined : value)))
  }

  async function run(root: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const { code, said } = await start(root, env).ended
    expect({ code, said }).toMatchObject({ code: 0 })
  }

  async function prepare(root: string, isFirst: boolean): Promise<void> {
    await mkdir(join(root, 'in'), { recursive: true })
    await writeFile(join(root, earlier.key), earlier.bytes)
    if (!isFirst) await run(root)
    for (const { key, bytes } of inputs) await writeFile(join(root, key), bytes)
  }

  it.each(['on its first run', 'in place of earlier outputs'])(
    '%s, at every step',
    (title) =>
      inFolder(async (folder) => {
        const isFirst = title === 'on its first run'
        const undisturbed = join(folder, 'undisturbed')
        const log = join(folder, 'steps')
        await prepare(undisturbed, isFirst)
        await run(undisturbed, environment(undisturbed, { FLETCHING_KILL_LOG: log }))
        const all = visibleOf(await filesIn(undisturbed), undisturbed, true)
        const done = (await readFile(log, 'utf8')).trimEnd().split('\n')
        const cases = steps(done.length).flatMap((at) =>
          ['before', 'after'].map((when) => ({ what: done[at - 1], when, at })),
        )
        await atOnce(WIDTH, cases, async ({ what, when, at }) => {
          const root = await mkdtemp(join(folder, 'case-'))
          await prepare(root, isFirst)
          const before = visibleOf(await filesIn(root), root)
          const env = environment(root, { FLETCHING_KILL_AT: `${at}`, FLETCHING_KILL_WHEN: when })
          const { code, said } = await start(root, env).ended
          expect({ code, said }, `${what} ${at} ${when}`).toMatchObject({ code: undefined })
          assertNothingHalf(visibleOf(await filesIn(root), root), before, all)

          await run(root)
          expect(visibleOf(await filesIn(root), root, true), `after ${what} ${at} ${when}`).toEqual(all)
        })
        console.log(`${title}: ${done.length} steps\n${tableOf(cases)}`)
      }),
    900_000,
  )
})
