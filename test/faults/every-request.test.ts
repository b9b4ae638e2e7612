import { FletchingError } from '@fletching/columns/errors'
import { type RunOptions, runJob } from '@fletching/engine'
import job from '@fletching/jobs/segment-to-personalize'
import {
  accessDenied,
  assertUnmarked,
  atOnce,
  expiredToken,
  type Fault,
  type FaultyS3,
  internalError,
  openFaultyS3,
  type Rule,
  randomFrom,
  sample,
  sampleTitle,
  slowDown,
  testSeed,
} from '@fletching/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { earlier, inputs, STATE } from './small-job.ts'

/** A fault, and the operations and objects that can meet it; all of them by default. */
interface Met {
  readonly fault: Fault
  readonly ops?: RegExp
  readonly keys?: RegExp
}

/** Met by one request: nobody notices. */
const passing: Readonly<Record<string, Met>> = {
  '503 once': { fault: slowDown },
  '500 once': { fault: internalError },
  'reset before': { fault: { kind: 'reset-before' } },
  'answer lost': { fault: { kind: 'apply-then-reset' } },
  'reset in the body': { fault: { kind: 'reset-after-bytes', bytes: 'half' } },
  'short body': { fault: { kind: 'short-body-with-length', bytes: 'half' } },
  stall: { fault: { kind: 'stall' } },
  'stall in the body': { fault: { kind: 'stall', bytes: 'half' } },
  'slow body': { fault: { kind: 'slow', pieceBytes: 64, pauseMs: 1 }, ops: /^(Get|List)/ },
  'cut content': { fault: { kind: 'cut-xml' }, ops: /^Get/ },
  'listed twice': { fault: { kind: 'duplicate-list' }, ops: /^List/ },
  'error under 200': { fault: { kind: '200-with-error', code: 'InternalError' }, ops: /^Complete/ },
}

/** Met by all requests from one on. */
const lasting: Readonly<Record<string, Met & { readonly code: string }>> = {
  '500 for ever': { fault: internalError, code: 'S3_FAILED' },
  '403 for ever': { fault: accessDenied, code: 'ACCESS_DENIED' },
  'expired for ever': { fault: expiredToken, code: 'EXPIRED_CREDENTIALS' },
  'reset for ever': { fault: { kind: 'reset-before' }, code: 'NETWORK' },
  'stall for ever': { fault: { kind: 'stall' }, code: 'NETWORK' },
}

/** Met by one request: the run has to end. */
const ending: Readonly<Record<string, Met & { readonly code: string }>> = {
  'object is gone': { fault: { kind: 'status', status: 404, code: 'NoSuchKey' }, ops: /^Get/, code: 'NO_SUCH_OBJECT' },
  'object is another': {
    fault: { kind: 'status', status: 412, code: 'PreconditionFailed' },
    ops: /^Get/,
    code: 'OBJECT_CHANGED',
  },
  'object is replaced': {
    fault: { kind: 'etag-changes' },
    ops: /^Get/,
    keys: /^in/,
    code: 'OBJECT_CHANGED',
  },
  '403 once': { fault: accessDenied, ops: /^Get/, code: 'ACCESS_DENIED' },
  'cut answer': { fault: { kind: 'cut-xml' }, ops: /^(List|Create|Complete)/, code: 'S3_FAILED' },
}

/** The request was applied, and its answer did not come whole. */
const lost: ReadonlySet<Fault['kind']> = new Set([
  'apply-then-reset',
  'reset-after-bytes',
  'short-body-with-length',
  'cut-xml',
  'stall',
])

/** How long a run waits in which a request stalls. Elsewhere nobody is to run out of time on a busy machine. */
const STALL = { requestTimeoutMs: 2000, stallTimeoutMs: 2000, readTries: 2 }

/** The SDK's, of a request. */
const TRIES = 3

/** Each fault meets one of so many requests that it can meet, and one at least. */
const EVERY = 48

let s3: FaultyS3
const before = { ...process.env }

beforeEach(async () => {
  s3 = await openFaultyS3()
  Object.assign(process.env, s3.env)
})

afterEach(async () => {
  process.env = { ...before }
  await s3.close()
})

function fill(bucket: string): void {
  for (const { key, bytes } of inputs) s3.put(bucket, key, bytes)
}

/** Runs the main job in a bucket: its error, if it has one. */
async function run(bucket: string, reach: RunOptions['s3'] = {}): Promise<unknown> {
  const places = {
    S3_JSON_INPUT_PATH: `s3://${bucket}/in`,
    S3_CSV_OUTPUT_PATH: `s3://${bucket}/csv`,
    S3_PARQUET_OUTPUT_PATH: `s3://${bucket}/table`,
  }
  return runJob(job, places, {
    workers: 1,
    s3: { retryDelayMs: 1, ...reach },
  }).then(
    () => undefined,
    (error: unknown) => error,
  )
}

/** What a bucket holds: names and content. No two manifests are the same, since they tell the time; what runs have begun is no output. */
function visible(bucket: string): Record<string, string> {
  const entries = s3.objects(bucket).flatMap(({ key, etag }) => (isLog(key) ? [] : [[key, contentOf(key, etag)]]))
  return Object.fromEntries(entries) as Record<string, string>
}

function isLog(key: string): boolean {
  return key.startsWith(`${STATE}/runs/`)
}

function contentOf(key: string, etag: string): string {
  return /(manifest|intent)\.json$/.exec(key)?.[1] ?? etag
}

/** The same for every run. */
function withoutRun(name: string): string {
  return name.replace(/runs\/[^/]+\.json$/, 'runs/RUN.json')
}

/** A run without faults: its requests, and what was visible after each. */
interface Undisturbed {
  readonly requests: readonly { readonly op: string; readonly key: string }[]
  /** The first is what was there before the run. */
  readonly states: readonly Readonly<Record<string, string>>[]
}

async function undisturbedRun(bucket: string): Promise<Undisturbed> {
  const changed = s3.changes.length
  const first = s3.requests.length
  const states = [visible(bucket)]
  expect(await run(bucket)).toBeUndefined()
  const last = visible(bucket)
  const requests = s3.requests.slice(first)
  for (const { number } of requests) {
    const state = { ...states[states.length - 1] }
    for (const change of s3.changes.slice(changed).filter((change) => change.number === number)) {
      if (change.kind === 'removed') delete state[change.key]
      else if (!isLog(change.key)) state[change.key] = last[change.key] ?? contentOf(change.key, 'no more there')
    }
    states.push(state)
  }
  return { requests, states }
}

/** What came of a run in a bucket of its own. */
interface Outcome {
  readonly error: string
  readonly visible: Readonly<Record<string, string>>
  /** Uploads that are left; not looked at where nothing could be aborted. */
  readonly uploads: number
}

interface Case {
  readonly title: string
  readonly op: string
  readonly name: string
  readonly rule: Rule
  readonly expected: Outcome
}

function casesOf({ requests, states }: Undisturbed): Case[] {
  const end = requests.findIndex(({ op, key }) => op === 'DeleteObject' && key === `${STATE}/intent.json`)
  return requests.flatMap(({ op, key }, index) => {
    const number = index + 1
    const met = <T extends Met>(faults: Readonly<Record<string, T>>) =>
      Object.entries(faults).filter(([, { ops, keys }]) => ops?.test(op) !== false && keys?.test(key) !== false)
    const fails = (code: string, fault: Fault): Outcome => ({
      // What comes behind the commit tidies up, and leaves to the next run what it cannot.
      error: index > end ? 'none' : `${code} environment at ${key === '' ? 'a folder' : withoutRun(key)}`,
      visible: { ...states[lost.has(fault.kind) ? number : index], ...replaced(key, fault) },
      uploads: expect.any(Number) as number,
    })
    const passes: Outcome = { error: 'none', visible: states[requests.length], uploads: 0 }
    // Records are replaced by other runs, and read again.
    const isReadAgain = (code: string) =>
      key.startsWith(STATE) && (code === 'NO_SUCH_OBJECT' || code === 'OBJECT_CHANGED')
    return [
      ...met(passing).map(([name, { fault }]) => ({
        title: `${name}: ${op} ${key}, request ${number}`,
        op,
        name,
        rule: { nth: number, fault },
        // Nobody knows the upload whose name was lost.
        expected: { ...passes, uploads: op === 'CreateMultipartUpload' && lost.has(fault.kind) ? 1 : 0 },
      })),
      ...met(ending).map(([name, { fault, code }]) => ({
        title: `${name}: ${op} ${key}, request ${number}`,
        op,
        name,
        rule: { nth: number, fault },
        expected: isReadAgain(code) ? passes : fails(code, fault),
      })),
      ...met(lasting).map(([name, { fault, code }]) => ({
        title: `${name}: from ${op} ${key} on, request ${number}`,
        op,
        name,
        rule: { from: number, fault },
        expected: fails(codeOf(op, fault, code), fault),
      })),
    ]
  })
}

function codeOf(op: string, fault: Fault, code: string): string {
  // The answer to a HEAD has no body that could say what the matter is.
  if (op === 'HeadObject' && fault === expiredToken) return 'S3_REFUSED'
  return op === 'GetObject' && isStall(fault) ? 'STALLED' : code
}

/** What stands in the place of an object that a fault replaces. */
function replaced(key: string, { kind }: Fault): Readonly<Record<string, string>> {
  return kind === 'etag-changes' ? { [key]: expect.any(String) as string } : {}
}

function isStall({ kind }: Fault): boolean {
  return kind === 'stall'
}

/** Some cases of every fault. */
function sampleOf(cases: readonly Case[]): Case[] {
  const random = randomFrom(testSeed)
  const names = [...new Set(cases.map(({ name }) => name))]
  return names.flatMap((name) =>
    sample(
      cases.filter((one) => one.name === name),
      EVERY,
      random,
    ),
  )
}

function describeError(error: unknown, bucket: string): string {
  if (error === undefined) return 'none'
  if (!(error instanceof FletchingError)) throw error
  assertUnmarked({ error: error.message })
  const place = withoutRun(error.at[0].replace(`s3://${bucket}/`, ''))
  return `${error.code} ${error.kind} at ${place.endsWith('/') ? 'a folder' : place}`
}

/** Makes another bucket that holds the same, as if the job had always run there. */
function copy(from: string, to: string): void {
  for (const { key, bytes } of s3.objects(from)) {
    const isManifest = key.endsWith('manifest.json')
    const moved = () => Buffer.from(Buffer.from(bytes).toString().replaceAll(`s3://${from}/`, `s3://${to}/`))
    s3.put(to, key, isManifest ? moved() : bytes)
  }
}

it(`the main job, with every fault at every request, in place of earlier outputs: ${sampleTitle}`, async () => {
  s3.put('prepared', earlier.key, earlier.bytes)
  expect(await run('prepared')).toBeUndefined()
  fill('prepared')
  copy('prepared', 'undisturbed')
  const undisturbed = await undisturbedRun('undisturbed')
  const cases = sampleOf(casesOf(undisturbed))
  const bucketOf = (number: number) => `case-${number}`
  s3.setPlan(cases.map(({ rule }, number) => ({ ...rule, bucket: bucketOf(number) })))
  const outcomes: [string, Outcome][] = []
  // Those that run out of time go last, by themselves: beside others that work they would run out of it where nothing stalls.
  for (const isLast of [false, true]) {
    const numbers = [...cases.keys()].filter((number) => isStall(cases[number].rule.fault) === isLast)
    await atOnce(24, numbers, async (number) => {
      const bucket = bucketOf(number)
      copy('prepared', bucket)
      const error = describeError(await run(bucket, isLast ? STALL : {}), bucket)
      outcomes[number] = [cases[number].title, { error, visible: visible(bucket), uploads: s3.uploads(bucket).length }]
    })
  }
  expect(outcomes).toEqual(cases.map(({ title, expected }) => [title, expected]))

  // The run after one that failed gives all, whether it begins anew or finishes a commit first, and takes away what that one left.
  const failed = [...cases.keys()].filter((number) => cases[number].expected.error !== 'none')
  s3.setPlan([])
  const again = await atOnce(4, failed, async (number): Promise<[string, string, object, number]> => {
    const bucket = bucketOf(number)
    fill(bucket)
    return [cases[number].title, describeError(await run(bucket), bucket), visible(bucket), s3.uploads(bucket).length]
  })
  const all = undisturbed.states[undisturbed.requests.length]
  expect(again).toEqual(
    failed.map((number) => {
      const { title } = cases[number]
      return [title, 'none', all, unknownUploads(undisturbed, cases[number])]
    }),
  )
  console.log(tableOf(undisturbed, cases))
}, 900_000)

/** Uploads that nobody knows: their names were lost, or neither their record nor their abort succeeded. */
function unknownUploads({ requests }: Undisturbed, { op, rule: { from, fault } }: Case): number {
  if (op === 'CreateMultipartUpload' && lost.has(fault.kind)) return from === undefined ? 1 : TRIES
  const isRecord =
    from !== undefined && requests[from - 2]?.op === 'CreateMultipartUpload' && isLog(requests[from - 1].key)
  return isRecord && !lost.has(fault.kind) ? 1 : 0
}

/** How many cases there were, by fault and operation. */
function tableOf({ requests }: Undisturbed, cases: readonly Case[]): string {
  const ops = [...new Set(requests.map(({ op }) => op))]
  const counts = (of: readonly Case[]) => [...ops.map((op) => of.filter((one) => one.op === op).length), of.length]
  const names = Object.keys({ ...passing, ...ending, ...lasting })
  const heads = [...ops, 'all']
  const line = (name: string, cells: readonly (string | number)[]) =>
    `${name.padEnd(18)}${cells.map((cell, index) => `${cell}`.padStart(heads[index].length + 2)).join('')}`
  return [
    line('', heads),
    ...names.map((name) => line(name, counts(cases.filter((one) => one.name === name)))),
    line('all', counts(cases)),
  ].join('\n')
}
