import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import { FletchingError } from '@fletching/columns/errors'
import { runJob } from '@fletching/engine'
import job from '@fletching/jobs/segment-to-personalize'
import {
  assertUnmarked,
  atOnce,
  type FaultyS3,
  openFaultyS3,
  type RequestEvent,
  type Rule,
  randomFrom,
  triesAll,
} from '@fletching/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Comparable, comparable } from './comparable.ts'
import { drawPlan, type FaultPlan, keySets, pageSizes } from './plans.ts'
import { earlier, inputs, STATE } from './small-job.ts'

const PLANS = process.env.FLETCHING_FAULT_PLANS ?? (triesAll ? 200 : 12)

/** FLETCHING_SEED tries one plan; FLETCHING_FAULT_PLANS the first so many. */
const seeds =
  process.env.FLETCHING_SEED === undefined
    ? Array.from({ length: Number(PLANS) }, (_, index) => index + 1)
    : [Number(process.env.FLETCHING_SEED)]

/** Plans that the servers hold at a time. */
const BATCH = 100
/** Of these, runs at a time. */
const WIDTH = 24
/** Runs without faults until nothing is left of one that was ended: what it was sending may arrive behind the first. */
const AGAIN_MAX = 3

const MANIFEST = `${STATE}/manifest.json`
const INTENT = `${STATE}/intent.json`

/** By the size of a page. */
const servers = new Map<number, FaultyS3>()
/** Of the runs that are ended from outside, by bucket: their requests so far, and the one at which that is done. */
const cuts = new Map<string, { count: number; readonly at: number; readonly controller: AbortController }>()
/** Uploads that were on record at some time, by bucket. */
const recorded = new Map<string, Set<string>>()
/** Requests without an answer as yet, by bucket. On a busy machine some that no rule is for run out of their second. */
const unanswered = new Map<string, Set<ClientRequest>>()
/** How often each thing came of a disturbed run. */
const ends = new Map<string, number>()
const environment = { ...process.env }

beforeEach(async () => {
  subscribe('http.client.request.start', onStart)
  subscribe('http.client.response.finish', onAnswer)
  for (const pageKeys of pageSizes) {
    const server: FaultyS3 = await openFaultyS3({ pageKeys, onRequest: (event) => onRequest(server, event) })
    servers.set(pageKeys, server)
    Object.assign(process.env, server.env)
  }
})

afterEach(async () => {
  process.env = { ...environment }
  for (const server of servers.values()) await server.close()
  unsubscribe('http.client.request.start', onStart)
  unsubscribe('http.client.response.finish', onAnswer)
})

function onStart(message: unknown): void {
  const { request } = message as { readonly request: ClientRequest }
  const bucket = request.path.split(/[/?]/)[1]
  unanswered.set(bucket, (unanswered.get(bucket) ?? new Set<ClientRequest>()).add(request))
}

function onAnswer(message: unknown): void {
  const { request } = message as { readonly request: ClientRequest }
  unanswered.get(request.path.split(/[/?]/)[1])?.delete(request)
}

/** The reason of a signal. */
class Cut extends Error {}

function onRequest(s3: FaultyS3, { op, bucket, key, phase }: RequestEvent): undefined {
  const cut = cuts.get(bucket)
  if (cut !== undefined && phase === 'arrived' && ++cut.count === cut.at) cut.controller.abort(new Cut())
  if (op !== 'PutObject' || phase !== 'applied' || !isRecord(key)) return
  const record = s3.objects(bucket).find((object) => object.key === key)
  const { begun } = JSON.parse(Buffer.from(record?.bytes ?? '{"begun":[]}').toString()) as {
    begun: { handle: string }[]
  }
  for (const { handle } of begun) recorded.get(bucket)?.add(handle)
}

function serverOf({ pageKeys }: Pick<FaultPlan, 'pageKeys'>): FaultyS3 {
  const server = servers.get(pageKeys)
  if (server === undefined) throw new Error(`no server has pages of ${pageKeys}`)
  return server
}

/** Runs the main job in a bucket: its error, if it has one. */
async function run(s3: FaultyS3, bucket: string, isHurried = false, signal?: AbortSignal): Promise<unknown> {
  const places = {
    S3_JSON_INPUT_PATH: `s3://${bucket}/in`,
    S3_CSV_OUTPUT_PATH: `s3://${bucket}/csv`,
    S3_PARQUET_OUTPUT_PATH: `s3://${bucket}/table`,
  }
  // Nobody is to run out of time on a busy machine, unless that is the point.
  const timeoutMs = isHurried ? 1000 : 30_000
  const reach = { endpoint: s3.endpoint, retryDelayMs: 1, requestTimeoutMs: timeoutMs, stallTimeoutMs: timeoutMs }
  return runJob(job, places, { workers: 1, s3: reach, ...(signal === undefined ? {} : { signal }) }).then(
    () => undefined,
    (error: unknown) => error,
  )
}

/** What can be seen of outputs and state. What runs have begun is neither. */
function visible(s3: FaultyS3, bucket: string): Comparable {
  const shown = s3.objects(bucket).filter(({ key }) => !key.startsWith('in/') && !isRecord(key))
  return comparable(shown, `s3://${bucket}`)
}

function isRecord(key: string): boolean {
  return key.startsWith(`${STATE}/runs/`)
}

/** What a run finds, and what it leaves when nothing disturbs it. */
interface Ground {
  readonly bucket: string
  readonly before: Comparable
  readonly all: Comparable
}

function groundOf({ keys, hasEarlier }: Pick<FaultPlan, 'keys' | 'hasEarlier'>): string {
  return `ground-${keySets.indexOf(keys)}${hasEarlier ? '-earlier' : ''}`
}

async function layGround(s3: FaultyS3, plan: Pick<FaultPlan, 'keys' | 'hasEarlier'>): Promise<Ground> {
  const bucket = groundOf(plan)
  if (plan.hasEarlier) {
    s3.put(bucket, plan.keys[0], earlier.bytes)
    expect(await run(s3, bucket)).toBeUndefined()
  }
  fill(s3, bucket, plan)
  const undisturbed = `${bucket}-undisturbed`
  copy(s3, bucket, s3, undisturbed)
  expect(await run(s3, undisturbed)).toBeUndefined()
  return { bucket, before: visible(s3, bucket), all: visible(s3, undisturbed) }
}

function fill(s3: FaultyS3, bucket: string, { keys }: Pick<FaultPlan, 'keys'>): void {
  for (const [index, key] of keys.entries()) s3.put(bucket, key, inputs[index].bytes)
}

/** Makes another bucket that holds the same, as if the job had always run there. */
function copy(s3: FaultyS3, from: string, server: FaultyS3, to: string): void {
  for (const { key, bytes } of s3.objects(from)) {
    const moved = () => Buffer.from(Buffer.from(bytes).toString().replaceAll(`s3://${from}/`, `s3://${to}/`))
    server.put(to, key, key === MANIFEST ? moved() : bytes)
  }
}

interface Trial {
  readonly seed: number
  readonly plan: FaultPlan
  readonly ground: Ground
  readonly bucket: string
  /** An upload that somebody else has begun under the name of our CSV. */
  readonly foreign: string
  /** Changes before it. */
  readonly changes: number
}

/** Runs as planned, and holds what came of it against the promises. */
async function disturb({ plan, bucket, ground, changes }: Trial): Promise<void> {
  const s3 = serverOf(plan)
  const isHurried = plan.rules.some(({ fault }) => fault.kind === 'stall')
  const controller = new AbortController()
  if (plan.cutAt !== undefined) cuts.set(bucket, { count: 0, at: plan.cutAt, controller })
  const runs = [run(s3, bucket, isHurried, controller.signal)]
  if (plan.hasRival) runs.push(run(s3, bucket, isHurried))
  const errors = await Promise.all(runs)
  cuts.delete(bucket)
  for (const error of errors) {
    assertTells(error, bucket, plan)
    const end = error === undefined ? 'done' : error instanceof FletchingError ? error.code : 'ended by its signal'
    ends.set(end, (ends.get(end) ?? 0) + 1)
  }
  const now = visible(s3, bucket)
  assertWhole(now, ground)
  if (!(INTENT in now))
    expect(errors.includes(undefined) ? [ground.all] : [ground.before, ground.all]).toContainEqual(now)
  else if (!plan.hasRival) expect(errors).not.toContain(undefined)
  assertRecordedFirst(s3, bucket, changes)
}

/** An error is one of ours, of a kind that the plan gives cause for, and names a place; and it holds no secret and no event. */
function assertTells(error: unknown, bucket: string, { rules }: FaultPlan): void {
  if (error === undefined || error instanceof Cut) return
  if (!(error instanceof FletchingError)) throw error
  const isInputDamaged = rules.some(({ fault }) => fault.kind === 'etag-changes' || fault.kind === 'corrupt-byte')
  expect(isInputDamaged ? ['environment', 'data'] : ['environment'], error.message).toContain(error.kind)
  expect(error.at.join('\n'), error.message).toContain(`s3://${bucket}/`)
  assertUnmarked({ error: error.message })
  expect(error.message).not.toContain('Product')
}

/** Each object is the old one or the new one, or one of both is that there is none. */
function assertWhole(now: Comparable, { before, all }: Ground): void {
  for (const key of new Set([before, all, now].flatMap(Object.keys))) {
    if (key !== INTENT) expect([before[key], all[key]], key).toContainEqual(now[key])
  }
}

/** Nothing was shown but under an intent record. */
function assertRecordedFirst(s3: FaultyS3, bucket: string, from: number): void {
  let isRecorded = false
  for (const change of s3.changes.slice(from)) {
    if (change.bucket !== bucket || change.number === 0) continue
    if (change.key === INTENT) isRecorded = change.kind !== 'removed'
    else if (!isRecord(change.key) && !change.key.startsWith('in/'))
      expect(isRecorded, `${change.key} ${change.kind}`).toBe(true)
  }
}

/** Runs without faults: all is as if nothing had happened, and nothing is left but what nobody knows of. */
async function mend({ plan, bucket, ground, foreign }: Trial): Promise<void> {
  const s3 = serverOf(plan)
  fill(s3, bucket, plan)
  const known = recorded.get(bucket) ?? new Set()
  let left: readonly string[] = []
  for (let runs = 1; runs <= AGAIN_MAX; runs++) {
    expect(await run(s3, bucket)).toBeUndefined()
    expect(visible(s3, bucket)).toEqual(ground.all)
    const uploads = s3.uploads(bucket).map(({ id }) => id)
    expect(uploads).toContain(foreign)
    left = [
      ...uploads.filter((id) => known.has(id)),
      ...s3.objects(bucket).flatMap(({ key }) => (isRecord(key) ? [key] : [])),
    ]
    if (left.length === 0 || plan.cutAt === undefined) break
  }
  expect(left).toEqual([])
  // An upload that nobody knows of is one whose name was lost on its way: with the connection, or in an answer that was damaged.
  const unknown = s3.uploads(bucket).filter(({ id }) => id !== foreign)
  const damaged = s3.requests.filter(
    (one) => one.bucket === bucket && one.fault !== undefined && one.status !== undefined,
  )
  const lost = damaged.length + (unanswered.get(bucket)?.size ?? 0)
  expect(unknown.length).toBeLessThanOrEqual(lost + (plan.cutAt === undefined ? 0 : 1))
}

/** Does something with trials, and gives what came of those that failed. */
async function failures(trials: readonly Trial[], work: (trial: Trial) => Promise<void>): Promise<string[]> {
  const told = await atOnce(WIDTH, trials, async (trial) => {
    try {
      await work(trial)
      return []
    } catch (error) {
      return [`FLETCHING_SEED=${trial.seed}: ${(error as Error).stack}\n${planText(trial.plan)}`]
    }
  })
  return told.flat()
}

/** The plan, a line for each rule. */
function planText({ rules, ...rest }: FaultPlan): string {
  const text = (part: unknown) =>
    JSON.stringify(part, (_, value: unknown) => (value instanceof RegExp ? value.source : value))
  return [text(rest), ...rules.map(text)].join('\n')
}

async function prepare(seed: number, grounds: ReadonlyMap<string, Ground>): Promise<Trial> {
  const plan = drawPlan(randomFrom(seed))
  const ground = grounds.get(groundOf(plan))
  if (ground === undefined) throw new Error(`${groundOf(plan)} is not there`)
  const s3 = serverOf(plan)
  const bucket = `seed-${seed}`
  copy(serverOf({ pageKeys: pageSizes[0] }), ground.bucket, s3, bucket)
  recorded.set(bucket, new Set())
  await fetch(`${s3.endpoint}/${bucket}/csv/part-00000.csv?uploads`, { method: 'POST' })
  return { seed, plan, ground, bucket, foreign: s3.uploads(bucket)[0].id, changes: s3.changes.length }
}

function rulesFor(trials: readonly Trial[], pageKeys: number): Rule[] {
  return trials
    .filter(({ plan }) => plan.pageKeys === pageKeys)
    .flatMap(({ plan, bucket }) => plan.rules.map((rule) => ({ ...rule, bucket })))
}

it(
  `the main job under ${seeds.length} random plans of faults`,
  async () => {
    const grounds = new Map<string, Ground>()
    for (const keys of keySets) {
      for (const hasEarlier of [false, true]) {
        const plan = { keys, hasEarlier }
        grounds.set(groundOf(plan), await layGround(serverOf({ pageKeys: pageSizes[0] }), plan))
      }
    }
    for (let at = 0; at < seeds.length; at += BATCH) {
      const trials: Trial[] = []
      for (const seed of seeds.slice(at, at + BATCH)) trials.push(await prepare(seed, grounds))
      for (const [pageKeys, server] of servers) server.setPlan(rulesFor(trials, pageKeys))
      const disturbed = await failures(trials, disturb)
      for (const server of servers.values()) server.setPlan([])
      expect([...disturbed, ...(await failures(trials, mend))]).toEqual([])
    }
    const counts = [...ends].sort(([, a], [, b]) => b - a).map(([end, count]) => `${count} ${end}`)
    console.log(`${seeds.length} plans of faults: ${counts.join(', ')}`)
  },
  600_000 + 1000 * seeds.length,
)
