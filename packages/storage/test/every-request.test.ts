import { FletchingError } from '@fletching/columns/errors'
import { formatLocation, type Location, parseLocation, type Store } from '@fletching/storage'
import {
  accessDenied,
  amazonEnv,
  atOnce,
  expiredToken,
  type Fault,
  type FaultyS3,
  inFolder,
  internalError,
  openFaultyS3,
  type Rule,
  randomFrom,
  sample,
  sampleTitle,
  slowDown,
  testSeed,
} from '@fletching/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openS3Store } from '../src/s3.ts'

const content = Buffer.alloc(300_000, 'content')
/** Of two parts. */
const large = Buffer.alloc(8 * 1024 * 1024 + 1, 'large')

const LARGE = 'write a large object'
const LARGE_AT_ONCE = 'put a large object in pieces'
const larges = [LARGE, LARGE_AT_ONCE]

interface Action {
  readonly run: (store: Store, object: Location) => Promise<unknown>
  /** The place that its errors name, where it is not that of the object. */
  readonly place?: (object: Location) => Location
}

/** Each is done with a folder of three objects, and with one of them, `b`. */
const actions: Readonly<Record<string, Action>> = {
  stat: { run: async (store, object) => (await store.stat(object))?.size },
  list: {
    run: async (store, object) => {
      const sizes: number[] = []
      for await (const { size } of store.list(folderOf(object))) sizes.push(size)
      return sizes
    },
    place: folderOf,
  },
  read: {
    run: async (store, object) => {
      const info = await store.stat(object)
      if (info === undefined) return 'not there'
      const chunks: Uint8Array[] = []
      for await (const chunk of store.read(info)) chunks.push(Uint8Array.from(chunk))
      return Buffer.concat(chunks).equals(content) ? 'the content' : 'something else'
    },
  },
  'write a small object': { run: (store, object) => write(store, object, Buffer.from('small')) },
  [LARGE]: { run: (store, object) => write(store, object, large) },
  [LARGE_AT_ONCE]: { run: (store, object) => store.put(object, [large.subarray(0, 100), large.subarray(100)]) },
  'try to write': { run: (store, object) => store.assertWritable(object) },
  remove: { run: (store, object) => store.remove(object) },
}

async function write(store: Store, location: Location, bytes: Uint8Array): Promise<number> {
  const writer = await store.create(location)
  try {
    await writer.write(bytes)
    return (await writer.commit()).size
  } catch (error) {
    await writer.abort().catch(() => {})
    throw error
  }
}

function folderOf(object: Location): Location {
  return parseLocation(formatLocation(object).replace(/[^/]*$/, ''))
}

const lost: Fault = { kind: 'apply-then-reset' }
const cut: Fault = { kind: 'reset-after-bytes', bytes: 'half' }
const short: Fault = { kind: 'short-body-with-length', bytes: 'half' }
const silent: Fault = { kind: 'stall' }
const reset: Fault = { kind: 'reset-before' }

/** Met by one request: nobody notices. */
const passing: readonly Fault[] = [
  slowDown,
  internalError,
  reset,
  lost,
  cut,
  short,
  silent,
  { kind: 'stall', bytes: 'half' },
]
/** Met by all requests from one on: the error has this code. */
const lasting: readonly (readonly [Fault, string])[] = [
  [internalError, 'S3_FAILED'],
  [accessDenied, 'ACCESS_DENIED'],
  [expiredToken, 'EXPIRED_CREDENTIALS'],
  [reset, 'NETWORK'],
  [lost, 'NETWORK'],
  [silent, 'NETWORK'],
]

/** Each of them moves 8 MiB and more, so what small objects show as well is left out. */
const forLarge = new Set([internalError, accessDenied, lost, cut])

let s3: FaultyS3
const before = { ...process.env }

beforeEach(async () => {
  s3 = await openFaultyS3({ pageKeys: 2 })
})

afterEach(async () => {
  process.env = { ...before }
  await s3.close()
})

/** What came of an action in a bucket of its own. */
interface Outcome {
  readonly result: unknown
  readonly objects: readonly string[]
  readonly uploads: number
}

function fill(bucket: string): void {
  for (const key of ['a', 'b', 'c']) s3.put(bucket, `in/${key}`, content)
}

const UNTOUCHED = ['a', 'b', 'c'].map((key) => `in/${key} ${content.length}`)

function objectsIn(bucket: string): string[] {
  return s3.objects(bucket).map(({ key, bytes }) => `${key} ${bytes.length}`)
}

async function outcomeOf(title: string, bucket: string, fault?: Fault): Promise<Outcome> {
  const { run, place } = actions[title]
  fill(bucket)
  // Nobody is to run out of time on a busy machine, unless that is the point.
  const timeoutMs = isStall(fault) ? 2000 : 30_000
  const store = await openS3Store({
    stallTimeoutMs: timeoutMs,
    requestTimeoutMs: timeoutMs,
    retryDelayMs: 1,
    readTries: 2,
  })
  const object = parseLocation(`s3://${bucket}/in/b`)
  const result = await run(store, object).catch((error: unknown) => {
    if (!(error instanceof FletchingError)) throw error
    expect(error.message).not.toMatch(/mark/i)
    const isNamed = error.at[0] === formatLocation((place ?? (() => object))(object))
    return `${error.code} ${error.kind}${isNamed ? '' : ` at ${error.at.join()}`}`
  })
  return { result, objects: objectsIn(bucket), uploads: s3.uploads(bucket).length }
}

interface Case {
  readonly action: string
  readonly title: string
  readonly rule: Rule
  readonly expected: Outcome
}

/** Every fault at every request of an action, and what must come of it. */
async function casesOf(action: string): Promise<Case[]> {
  const bucket = `undisturbed-${Object.keys(actions).indexOf(action)}`
  const undisturbed = await outcomeOf(action, bucket)
  const ops = s3.requests.filter((request) => request.bucket === bucket).map(({ op }) => op)
  const change = ops.findIndex((op) => /^(PutObject|CompleteMultipartUpload|DeleteObject)$/.test(op))
  return ops.flatMap((op, index) => [
    ...passing.map((fault) => ({
      action,
      title: `${action}: ${op} ${index + 1} meets ${nameOf(fault)}`,
      rule: { nth: index + 1, fault },
      // Nobody knows the upload whose name was lost.
      expected: { ...undisturbed, uploads: op === 'CreateMultipartUpload' && isLost(fault) ? 1 : 0 },
    })),
    ...lasting.map(([fault, code]) => ({
      action,
      title: `${action}: ${op} ${index + 1} and all after it meet ${nameOf(fault)}`,
      rule: { from: index + 1, fault },
      expected: {
        result: `${codeOf(op, fault, code)} environment`,
        objects: index > change || (index === change && isLost(fault)) ? undisturbed.objects : UNTOUCHED,
        uploads: expect.any(Number) as number,
      },
    })),
  ])
}

function isStall(fault: Fault | undefined): boolean {
  return fault?.kind === 'stall'
}

/** The request was applied, and its answer did not come whole. */
function isLost({ kind }: Fault): boolean {
  return kind !== 'status' && kind !== 'reset-before'
}

function codeOf(op: string, fault: Fault, code: string): string {
  // The answer to a HEAD has no body that could say what the matter is.
  if (op === 'HeadObject' && fault === expiredToken) return 'S3_REFUSED'
  return op === 'GetObject' && fault === silent ? 'STALLED' : code
}

function nameOf(fault: Fault): string {
  return fault.kind === 'status' ? fault.code : `${fault.kind}${'bytes' in fault ? ` ${fault.bytes}` : ''}`
}

const small = Object.keys(actions).filter((title) => !larges.includes(title))

/** Some cases of every fault, those that pass and those that last apart. */
function sampleOf(cases: readonly Case[]): Case[] {
  const random = randomFrom(testSeed)
  const groups = new Map<string, Case[]>()
  for (const one of cases) {
    const group = `${nameOf(one.rule.fault)} ${one.rule.from === undefined}`
    groups.set(group, [...(groups.get(group) ?? []), one])
  }
  return [...groups.values()].flatMap((group) => sample(group, EVERY, random))
}

/** Each fault meets one of so many requests. */
const EVERY = 4

describe(`every fault at every request: ${sampleTitle}`, () => {
  it.each([
    { titles: small, width: 12 },
    { titles: larges, width: 2 },
  ])(
    'of $titles',
    async ({ titles, width }) => {
      await inFolder(async (folder) => {
        Object.assign(process.env, await amazonEnv(s3.env, folder))
        const all = await atOnce(1, titles, casesOf)
        const cases = sampleOf(
          all.flat().filter(({ action, rule }) => !larges.includes(action) || forLarge.has(rule.fault)),
        )
        s3.setPlan(cases.map(({ rule }, number) => ({ ...rule, bucket: `case-${number}` })))
        const outcomes: Outcome[] = []
        // Those that run out of time go last, by themselves: beside others that work they would run out of it where nothing stalls.
        for (const isLast of [false, true]) {
          const numbers = [...cases.keys()].filter((number) => isStall(cases[number].rule.fault) === isLast)
          await atOnce(width, numbers, async (number) => {
            const { action, rule } = cases[number]
            outcomes[number] = await outcomeOf(action, `case-${number}`, rule.fault)
          })
        }
        expect(cases.map(({ title }, number) => [title, outcomes[number]])).toEqual(
          cases.map(({ title, expected }) => [title, expected]),
        )
      })
    },
    300_000,
  )
})
