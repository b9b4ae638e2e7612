import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import {
  atOnce,
  type FaultyS3,
  inFolder,
  openFaultyS3,
  type RequestEvent,
  sample,
  sampleTitle,
  startFletching,
  triesAll,
} from '@fletching/testing'
import { describe, expect, it, vi } from 'vitest'
import { event, linesOf } from './faults/run.ts'
import { inputs, STATE } from './faults/small-job.ts'

const JOB = 'segment-to-personalize'
const RUN_ENDED = 'the run was ended before it showed anything; the outputs of the last run are as they were\n'
const run = (input: string) => ['run', JOB, '--S3_JSON_INPUT_PATH', input, '--S3_CSV_OUTPUT_PATH', 'out']

/** Starts the command, lets `attend` send it a signal, and waits for its end. Standard input stays open. */
async function command(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  attend: (child: ChildProcess, cwd: string) => void,
) {
  return inFolder(async (cwd) => {
    const { child, ended } = startFletching(args, { cwd, env })
    attend(child, cwd)
    const { code, stderr } = await ended
    return { code, stderr }
  })
}

/** The command on an S3 server that answers as `listener` does, with the child at hand. */
async function onServer(args: readonly string[], listener: (child: ChildProcess) => RequestListener) {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const env = {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  }
  try {
    return await command(args, env, (child) => server.on('request', listener(child)))
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

describe('a signal ends the command', () => {
  it('while a store does not answer', async () => {
    const outcome = await onServer(run('s3://bucket/in'), (child) => () => child.kill('SIGTERM'))
    expect(outcome).toEqual({ code: 143, stderr: `SIGTERM: ${RUN_ENDED}` })
  })

  it('while a store does not answer a look at a CSV', async () => {
    const look = ['personalize', 'preflight', 's3://bucket/csv']
    const outcome = await onServer(look, (child) => () => child.kill('SIGTERM'))
    expect(outcome).toEqual({ code: 143, stderr: 'SIGTERM: the look was ended; it changes nothing\n' })
  })

  it('while a body does not come', async () => {
    const outcome = await onServer(run('s3://bucket/in'), (child) => (request, response) => {
      response.writeHead(200, { 'content-length': 1000, etag: '"x"' })
      if (request.method === 'HEAD') response.end()
      else response.write('{"event":"x"}\n', () => child.kill('SIGINT'))
    })
    expect(outcome).toEqual({ code: 130, stderr: `SIGINT: ${RUN_ENDED}` })
  })

  it('while nobody writes to standard input', async () => {
    const outcome = await command(run('-'), {}, (child) => child.stdout?.once('data', () => child.kill('SIGHUP')))
    expect(outcome).toEqual({ code: 129, stderr: `SIGHUP: ${RUN_ENDED}` })
  })

  it('between two generated objects, and tells what is there', async () => {
    const sizes = new Map<string, number>()
    const outcome = await onServer(
      ['gen', '--to', 's3://bucket/events', '--bytes', '50MB'],
      (child) => (request, response) => {
        const { pathname } = new URL(request.url ?? '', 'http://localhost')
        if (request.method === 'PUT') sizes.set(pathname, Number(request.headers['content-length']))
        if (request.method === 'HEAD' && !child.killed) child.kill('SIGTERM')
        response.writeHead(200, {
          etag: '"x"',
          'content-length': request.method === 'HEAD' ? (sizes.get(pathname) ?? 0) : 0,
        })
        request.resume().on('end', () => response.end())
      },
    )
    expect(outcome.code).toBe(143)
    expect(outcome.stderr).toBe(
      `SIGTERM: gen was ended before its last object; whole objects below s3://bucket/events: ${sizes.size}\n`,
    )
  })
})

/** A moment in the life of a run, told by the request at which it is. */
interface Moment {
  readonly op: RequestEvent['op']
  readonly key?: RegExp
  /** Of those that match. Default 1. */
  readonly nth?: number
  /** Default `arrived`. */
  readonly phase?: RequestEvent['phase']
}

/** An object of the bucket. */
interface Held {
  readonly key: string
  readonly bytes: Uint8Array
}

/** What a run was doing when the signal came; the request at which it was is never answered. */
interface Doing extends Moment {
  readonly title: string
  /** Half of the body came. */
  readonly inBody?: true
  /** Nor is any other request. */
  readonly isDeaf?: true
  readonly files?: readonly Held[]
  readonly args?: readonly string[]
  /** Uploads that are left: the run never heard their names, or nobody took them back. Default 0. */
  readonly uploads?: number
  /** Names of the records that are left of what it had begun. Default 0. */
  readonly records?: number
}

const plain = inputs.map(({ key }, index) => ({ key, bytes: Buffer.from(linesOf([event(`u${index}`)])) }))
/** More than a part of an upload. */
const notJson = [{ key: 'in/a', bytes: Buffer.alloc(9 * 1024 * 1024, 'x') }]
/** Work for two. */
const large = ['a', 'b'].map((name) => ({
  key: `in/${name}`,
  bytes: Buffer.from(linesOf(Array.from({ length: 8000 }, (_, index) => event(`${name}${index}`)))),
}))
/** More ids than have room in memory, and then some more. */
const longIds = [
  {
    key: 'in/a.gz',
    bytes: gzipSync(
      linesOf(Array.from({ length: 10_000 }, (_, index) => event('u', `,"messageId":"${index}${'-'.repeat(2000)}"`))),
    ),
  },
  ...large,
]
const TMP = 'spill'

const doings: readonly Doing[] = [
  { title: 'looking for a commit that was begun', op: 'HeadObject', key: /intent/ },
  { title: 'looking for what runs left', op: 'ListObjectsV2' },
  { title: 'looking at the outputs', op: 'ListObjectsV2', nth: 3 },
  { title: 'listing the input', op: 'ListObjectsV2', nth: 4 },
  { title: 'beginning its record', op: 'PutObject', key: /runs/ },
  { title: 'trying a place', op: 'CreateMultipartUpload', key: /^csv/ },
  { title: 'trying a place, which has begun', op: 'CreateMultipartUpload', key: /^csv/, phase: 'applied', uploads: 1 },
  { title: 'writing down what it tries', op: 'PutObject', key: /runs/, nth: 3 },
  { title: 'ending a trial', op: 'AbortMultipartUpload', key: /^table/ },
  { title: 'reading gzip', op: 'GetObject', key: /^in/, nth: 2 },
  { title: 'reading gzip, in a body', op: 'GetObject', key: /^in/, inBody: true },
  { title: 'reading plain lines', op: 'GetObject', key: /^in/, files: plain },
  { title: 'reading plain lines, in a body', op: 'GetObject', key: /^in/, inBody: true, files: plain },
  {
    title: 'reading for two workers',
    op: 'GetObject',
    key: /^in.b/,
    inBody: true,
    files: large,
    args: ['--workers=2'],
  },
  {
    title: 'holding ids and rows in files',
    op: 'GetObject',
    key: /^in.b/,
    files: longIds,
    args: ['--DEDUPE=messageId', '--max-memory=120MB', '--workers=1', `--tmp=${TMP}`],
  },
  {
    title: 'writing while it reads',
    op: 'CreateMultipartUpload',
    key: /rejects/,
    files: notJson,
    args: ['--on-malformed=quarantine'],
  },
  { title: 'beginning an output', op: 'CreateMultipartUpload', key: /^table.dt/ },
  { title: 'writing down what it has begun', op: 'PutObject', key: /runs/, nth: 6 },
  { title: 'uploading the second output', op: 'UploadPart', nth: 2 },
  { title: 'uploading the last output', op: 'UploadPart', key: /^csv/, phase: 'applied' },
  { title: 'uploading, when no request is answered any more', op: 'UploadPart', isDeaf: true, uploads: 1, records: 1 },
]

const BUCKET = 'bucket'

/** A process that has not ended so long after its signal is killed, and has no exit code. */
const LIMIT_MS = 5000

/** A run in S3, and what was left of it there. */
interface Ended {
  readonly code: number | null
  readonly stderr: string
  readonly s3: FaultyS3
}

const PLACES = [
  'JSON_INPUT_PATH=s3://bucket/in',
  'CSV_OUTPUT_PATH=s3://bucket/csv',
  'PARQUET_OUTPUT_PATH=s3://bucket/table',
]
const PARAMS = PLACES.map((place) => `--S3_${place}`)
const LINE = ['run', JOB, ...PARAMS]

/** Runs the job in S3. */
function runUntil(
  moment: Moment,
  { args = [], ...doing }: Partial<Doing>,
  ...attend: [Meet, ((request: RequestEvent, child: ChildProcess) => void)?]
): Promise<Ended> {
  return lineUntil([...LINE, ...args], moment, doing, ...attend)
}

type Meet = (child: ChildProcess, cwd: string) => Promise<'drop' | undefined>

/** Runs a command line in S3. At a moment the request waits until `meet` is done, and is dropped where that says so. */
async function lineUntil(
  line: readonly string[],
  { op, key = /^/, nth = 1, phase = 'arrived' }: Moment,
  {
    files = inputs,
    isDeaf,
    before = () => {},
  }: Pick<Partial<Doing>, 'files' | 'isDeaf'> & { before?: (s3: FaultyS3) => void },
  meet: Meet,
  onRequest: (request: RequestEvent, child: ChildProcess) => void = () => {},
): Promise<Ended> {
  let running: { readonly child: ChildProcess; readonly cwd: string } | undefined
  let count = 0
  const s3 = await openFaultyS3({
    onRequest: async (request) => {
      if (running === undefined) return undefined
      const { child, cwd } = running
      onRequest(request, child)
      if (isDeaf && count >= nth) {
        await once(child, 'close')
        return 'drop'
      }
      if (request.op !== op || request.phase !== phase || !key.test(request.key) || ++count !== nth) return undefined
      const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS)
      child.on('close', () => clearTimeout(timer))
      return meet(child, cwd)
    },
  })
  for (const file of files) s3.put(BUCKET, file.key, file.bytes)
  before(s3)
  const { code, stderr } = await command(line, s3.env, (child, cwd) => {
    running = { child, cwd }
  })
  running = undefined
  return { code, stderr, s3 }
}

/** What a run left in S3: objects that others see, uploads, and records of what was begun. */
function left({ s3 }: Ended) {
  const names = s3.objects(BUCKET).flatMap(({ key }) => (key.startsWith('in/') ? [] : [key]))
  const records = names.filter((name) => name.startsWith(`${STATE}/runs/`))
  return {
    outputs: names.filter((name) => !records.includes(name)),
    uploads: s3.uploads(BUCKET).length,
    records: records.length,
  }
}

const shown = {
  outputs: [
    `${STATE}/manifest.json`,
    'csv/part-00000.csv',
    ...['18', '19', '20'].map((day) => `table/dt=2019-05-${day}/part-00000.parquet`),
  ],
  uploads: 0,
  records: 0,
}

const signals = [
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const

/** Each moment with both signals, or one of three with a signal that is drawn. */
function withSignals<T extends Moment>(moments: readonly T[]) {
  const cases = moments.flatMap((moment) => signals.map(([signal, code]) => ({ ...moment, signal, code })))
  return sample(cases, 3 * signals.length)
}

const WHICH = triesAll ? 'by both signals' : `by one of two signals: ${sampleTitle}`

/** Runs the job again where it was ended, with nothing in its way. */
async function again({ s3 }: Ended) {
  const { code, stderr } = await command(LINE, s3.env, () => {})
  return { code, stderr }
}

describe('a signal ends a run within five seconds, and nothing is shown', () => {
  it(`whatever it was doing, ${WHICH}`, async () => {
    const cases = withSignals(doings)
    const ended = await atOnce(3, cases, async ({ signal, ...doing }) => {
      const run = await runUntil(doing, doing, async (child, cwd) => {
        // The object was asked for before its turn: what comes before it is held a little later.
        if (doing.args?.includes(`--tmp=${TMP}`)) {
          await vi.waitFor(async () => expect(await readdir(join(cwd, TMP))).not.toEqual([]), { timeout: LIMIT_MS })
        }
        child.kill(signal)
        if (doing.inBody) return undefined
        await once(child, 'close')
        return 'drop'
      })
      await run.s3.close()
      return { title: doing.title, code: run.code, stderr: run.stderr, ...left(run) }
    })
    expect(ended).toEqual(
      cases.map(({ title, signal, code, uploads = 0, records = 0 }) => ({
        title,
        code,
        stderr: `${signal}: ${RUN_ENDED}`,
        outputs: [],
        uploads,
        records,
      })),
    )
  }, 240_000)
})

/** What a command on a bookmark was doing when the signal came. */
interface Moving extends Moment {
  readonly title: string
  readonly words: readonly string[]
  readonly isDeaf?: true
  /** Default 0. */
  readonly uploads?: number
  readonly records?: number
}

const SHOW = ['show']
const SET_TO_NOW = ['set-to-now']
const RESET = ['reset', '--outputs=remove']

const movings: readonly Moving[] = [
  { title: 'looking for a commit that was begun', words: SHOW, op: 'HeadObject', key: /intent/, isDeaf: true },
  { title: 'reading the ledger', words: SHOW, op: 'GetObject', key: /ledger/ },
  { title: 'reading the manifest', words: RESET, op: 'GetObject', key: /manifest/, isDeaf: true },
  { title: 'beginning its record', words: RESET, op: 'PutObject', key: /runs/ },
  { title: 'trying the state folder', words: RESET, op: 'PutObject', key: /runs/, nth: 2, isDeaf: true, records: 1 },
  { title: 'reading what is known', words: SET_TO_NOW, op: 'GetObject', key: /ndjson$/ },
  { title: 'listing the input', words: SET_TO_NOW, op: 'ListObjectsV2', isDeaf: true, records: 1 },
  { title: 'beginning what is known', words: SET_TO_NOW, op: 'CreateMultipartUpload' },
  { title: 'writing down what it has begun', words: SET_TO_NOW, op: 'PutObject', key: /runs/, nth: 3 },
  { title: 'uploading what is known', words: SET_TO_NOW, op: 'UploadPart' },
  {
    title: 'uploading, and no answer any more',
    words: SET_TO_NOW,
    op: 'UploadPart',
    isDeaf: true,
    uploads: 1,
    records: 1,
  },
]

/** What a run with a bookmark leaves, its input included. */
async function bookmarked(): Promise<readonly Held[]> {
  const s3 = await openFaultyS3()
  for (const { key, bytes } of inputs) s3.put(BUCKET, key, bytes)
  const run = await command([...LINE, '--job-bookmark-option=job-bookmark-enable', '--csv=increment'], s3.env, () => {})
  expect(run).toEqual({ code: 0, stderr: '' })
  const objects = s3.objects(BUCKET)
  await s3.close()
  return objects
}

describe('a signal ends a command on a bookmark within five seconds, and nothing is changed', () => {
  it(`whatever it was doing, ${WHICH}`, async () => {
    const files = [...(await bookmarked()), { key: 'in/new', bytes: Buffer.from(linesOf([event('new')])) }]
    const cases = withSignals(movings)
    const ended = await atOnce(3, cases, async ({ title, words: [action, ...args], isDeaf, signal, ...moment }) => {
      const names: string[] = []
      const moved = await lineUntil(
        ['bookmark', action, JOB, ...args, ...PARAMS],
        moment,
        {
          files,
          ...(isDeaf === undefined ? {} : { isDeaf }),
          before: (s3) => {
            names.push(...standing(s3))
          },
        },
        async (child) => {
          child.kill(signal)
          await once(child, 'close')
          return 'drop'
        },
      )
      await moved.s3.close()
      const { uploads, records } = left(moved)
      const now = standing(moved.s3)
      const changed = [...now.filter((name) => !names.includes(name)), ...names.filter((name) => !now.includes(name))]
      return { title, code: moved.code, stderr: moved.stderr, changed, uploads, records }
    })
    expect(ended).toEqual(
      cases.map(({ title, words, signal, code, uploads = 0, records = 0 }) => ({
        title,
        code,
        stderr: `${signal}: bookmark ${words[0]} was ended before it changed anything\n`,
        changed: [],
        uploads,
        records,
      })),
    )
  }, 240_000)
})

/** Everything but records of what is under way, with its version. */
function standing(s3: FaultyS3): string[] {
  return s3.objects(BUCKET).flatMap(({ key, etag }) => (key.startsWith(`${STATE}/runs/`) ? [] : [`${key} ${etag}`]))
}

describe('what a run that was ended could not take away', () => {
  it('goes with the next run', async () => {
    const doing: Doing = { title: 'uploading', op: 'UploadPart', phase: 'applied', isDeaf: true }
    const ended = await runUntil(doing, doing, async (child) => {
      child.kill('SIGTERM')
      await once(child, 'close')
      return 'drop'
    })
    expect(left(ended)).toEqual({ outputs: [], uploads: 1, records: 1 })
    expect(await again(ended)).toEqual({ code: 0, stderr: '' })
    expect(left(ended)).toEqual(shown)
    await ended.s3.close()
  })
})

describe('a signal', () => {
  const complete: Moment = { op: 'CompleteMultipartUpload', nth: 2 }

  it('before anything has begun ends the process as if it were not heard', async () => {
    const outcome = await onServer(run('s3://bucket/in'), (child) => {
      child.kill('SIGTERM')
      return () => {
        throw new Error('something was asked for')
      }
    })
    // Shells make 143 of a process that was ended by this signal.
    expect(outcome).toEqual({ code: null, stderr: '' })
  })

  const late = [
    { op: 'PutObject', key: /intent/ },
    { op: 'PutObject', key: /intent/, phase: 'applied' },
    { op: 'HeadObject', key: /manifest/, nth: 2 },
    complete,
    { op: 'CompleteMultipartUpload', key: /^csv/, phase: 'applied' },
    { op: 'PutObject', key: /manifest/ },
    { op: 'DeleteObject', key: /intent/ },
    { op: 'DeleteObject', key: /runs/, phase: 'applied' },
  ] satisfies Moment[]

  it.each(sample(late, 2))(`is too late once the intent is written down: at %o, ${sampleTitle}`, async (moment) => {
    const ended = await runUntil(moment, {}, async (child) => {
      child.kill('SIGTERM')
      return undefined
    })
    expect({ code: ended.code, stderr: ended.stderr, ...left(ended) }).toEqual({ code: 0, stderr: '', ...shown })
    await ended.s3.close()
  })

  it('that is the second ends a commit at once, and the next start finishes it', async () => {
    const ended = await runUntil(complete, {}, async (child) => {
      child.kill('SIGTERM')
      child.kill('SIGINT')
      await once(child, 'close')
      return 'drop'
    })
    // Which of the two comes first is not said.
    expect([143, 130]).toContain(ended.code)
    expect(ended.stderr).toBe('')
    expect(left(ended)).toEqual({
      outputs: [`${STATE}/intent.json`, 'table/dt=2019-05-18/part-00000.parquet'],
      uploads: 3,
      records: 1,
    })
    expect(await again(ended)).toEqual({ code: 0, stderr: '' })
    expect(left(ended)).toEqual(shown)
    await ended.s3.close()
  })

  it.each(signals)(
    'that is the second ends at once what the first, SIGHUP, has a run tidy up: %s',
    async (name, code) => {
      const ended = await runUntil(
        { op: 'UploadPart' },
        { isDeaf: true },
        async (child) => {
          child.kill('SIGHUP')
          await once(child, 'close')
          return 'drop'
        },
        ({ op, key }, child) => {
          if (op === 'AbortMultipartUpload' && key.includes('dt=')) child.kill(name)
        },
      )
      expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code, stderr: '' })
      await ended.s3.close()
    },
  )
})
