import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { type Report, type RunOptions, runJob } from '@fletching/engine'
import { generateObjects, trapKinds } from '@fletching/gen'
import job from '@fletching/jobs/segment-to-personalize'
import { type FaultyS3, inFolder, openFaultyS3, type RequestEvent, randomFrom, testSeed } from '@fletching/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { event, linesOf } from './faults/run.ts'

let s3: FaultyS3
let onRequest: (event: RequestEvent) => Promise<void>
const before = { ...process.env }

beforeEach(async () => {
  onRequest = async () => {}
  s3 = await openFaultyS3({
    buckets: ['bucket'],
    onRequest: async (event) => {
      await onRequest(event)
      return undefined
    },
  })
  Object.assign(process.env, s3.env)
})

afterEach(async () => {
  process.env = { ...before }
  await s3.close()
})

function run(root: string, options: RunOptions): Promise<Report> {
  const params = {
    S3_JSON_INPUT_PATH: `${root}/in`,
    S3_CSV_OUTPUT_PATH: `${root}/csv`,
    S3_PARQUET_OUTPUT_PATH: `${root}/table`,
  }
  return runJob(job, params, { s3: { retryDelayMs: 1 }, ...options })
}

const keyOf = (number: number) => `in/${String(number).padStart(3, '0')}`

/** So many objects of one event each. */
function fill(count: number): void {
  for (let number = 0; number < count; number++) {
    s3.put('bucket', keyOf(number), gzipSync(linesOf([event(`u${number}`)])))
  }
}

/** Does not answer a request for an object from this one on, and tells when the first has come. */
function holdFrom(number: number): Promise<void> {
  return new Promise((resolve) => {
    onRequest = async ({ op, key, phase }) => {
      if (op !== 'GetObject' || phase !== 'arrived' || !key.startsWith('in/') || key < keyOf(number)) return
      resolve()
      await new Promise(() => {})
    }
  })
}

/** On a machine that does much else. */
const SOON = { timeout: 20_000 }

const failed = (ran: Promise<unknown>) =>
  ran.then(
    () => 'no error',
    ({ message }: Error) => message,
  )

describe.each([1, 2])('objects that are on their way before their turn, by %d workers,', (workers) => {
  it(
    'give what files give, in whatever order they come',
    () =>
      inFolder(async (folder) => {
        const kinds = trapKinds.map(({ kind }) => kind)
        const small = { seed: 21, bytes: 3_000_000, files: 150, traps: 0.02, trapKinds: kinds }
        const plain = [...generateObjects({ seed: 22, bytes: 34_000_000, traps: 0.001, trapKinds: kinds, gzip: false })]
        const objects = [
          ...[...generateObjects(small)].map(({ key, bytes }) => ({ key: `in/${key}`, bytes })),
          { key: 'in/t', bytes: new Uint8Array(0) },
          { key: 'in/u', bytes: Buffer.concat(plain.map(({ bytes }) => bytes)) },
          { key: 'in/v', bytes: gzipSync(linesOf([event('v')])) },
        ]
        for (const { key, bytes } of objects) {
          s3.put('bucket', key, bytes)
          await mkdir(dirname(join(folder, key)), { recursive: true })
          await writeFile(join(folder, key), bytes)
        }
        const options = { onMalformed: 'quarantine', rowGroupRows: 2000, workers } as const
        const expected = await run(folder, { ...options, workers: 1 })
        const random = randomFrom(testSeed + workers)
        onRequest = async () => {
          for (let turns = random.below(40); turns > 0; turns--) await setImmediate()
        }
        const { accounting, outputs, inputs } = await run('s3://bucket', options)
        expect(accounting, `FLETCHING_SEED=${testSeed}`).toEqual(expected.accounting)
        const named = (root: string, { inputs }: Pick<Report, 'inputs'>) =>
          Array.from(inputs, ({ etag, name, ...rest }) => ({
            ...rest,
            hasEtag: etag !== undefined,
            name: name.replace(`${root}/`, ''),
          }))
        expect(named('s3://bucket', { inputs })).toEqual(named(folder, expected))
        const stored = new Map(
          s3.objects('bucket').map(({ key, bytes }) => [key, Buffer.from(bytes).toString('latin1')]),
        )
        expect(outputs).toHaveLength(expected.outputs.length)
        for (const { name } of expected.outputs) {
          const key = name.slice(folder.length + 1)
          const local = (await readFile(name, 'latin1')).replaceAll(folder, 's3://bucket')
          expect(stored.get(key) === local, `FLETCHING_SEED=${testSeed}, ${key}`).toBe(true)
        }
      }),
    120_000,
  )

  it('are asked for side by side', async () => {
    fill(100)
    const all = new Set<string>()
    // None is answered before 32 have come.
    let mayAnswer = () => {}
    const many = new Promise<void>((resolve) => {
      mayAnswer = resolve
    })
    onRequest = async ({ op, key, phase }) => {
      if (op !== 'GetObject' || phase !== 'arrived') return
      if (all.add(key).size === 32) mayAnswer()
      await many
    }
    const { accounting } = await run('s3://bucket', { workers })
    expect(accounting.rows).toBe(100)
    expect(s3.requests.filter(({ op, key }) => op === 'GetObject' && key.startsWith('in/'))).toHaveLength(100)
  })

  it.each([
    [
      'cannot be read',
      { fault: { kind: 'status', status: 403, code: 'AccessDenied' } },
      'ACCESS_DENIED: not allowed to read\n  at s3://bucket/in/006\n',
    ],
    [
      'is replaced',
      { fault: { kind: 'etag-changes' } },
      'OBJECT_CHANGED: the object was replaced since it was listed\n  at s3://bucket/in/006\n',
    ],
    ['is cut once', { fault: { kind: 'reset-after-bytes', bytes: 'half' }, nth: 1 }, 'no error'],
  ] as const)('are told of in their turn, as when the 7th %s', async (_, rule, message) => {
    fill(40)
    s3.setPlan([{ op: 'GetObject', keyPattern: /in\/006/, ...rule }])
    expect(await failed(run('s3://bucket', { workers }))).toMatch(message)
  })

  it('are told of after what comes before them', async () => {
    fill(300)
    s3.put('bucket', keyOf(3), gzipSync('{"userId":\n'))
    s3.setPlan([
      { op: 'GetObject', keyPattern: /in\/26/, fault: { kind: 'status', status: 403, code: 'AccessDenied' } },
    ])
    expect(await failed(run('s3://bucket', { workers }))).toMatch(/^MALFORMED_JSON: .*\n {2}at s3:\/\/bucket\/in\/003 /)
    expect(await failed(run('s3://bucket', { workers, onMalformed: 'skip' }))).toMatch(
      /^ACCESS_DENIED: .*\n {2}at s3:\/\/bucket\/in\/260\n/,
    )
    await expect.poll(() => s3.openRequests, SOON).toBe(0)
  })

  it('are not waited for once a signal is given, and no request stays open', async () => {
    fill(100)
    const held = holdFrom(20)
    const controller = new AbortController()
    const ran = failed(run('s3://bucket', { workers, signal: controller.signal }))
    await held
    await expect.poll(() => s3.openRequests, SOON).toBe(32)
    controller.abort(new Error('enough'))
    expect(await ran).toMatch('enough')
    await expect.poll(() => s3.openRequests, SOON).toBe(0)
    expect(s3.objects('bucket').every(({ key }) => key.startsWith('in/'))).toBe(true)
  })

  it('are not waited for once a line ends the run, and no request stays open', async () => {
    fill(300)
    s3.put('bucket', keyOf(5), gzipSync('{"userId":\n'))
    // Its unit comes whole, and nothing of the next.
    void holdFrom(256)
    expect(await failed(run('s3://bucket', { workers }))).toMatch('MALFORMED_JSON: ')
    await expect.poll(() => s3.openRequests, SOON).toBe(0)
  })

  it('are not waited for once enough rows have come, and no request stays open', async () => {
    fill(600)
    void holdFrom(512)
    const { inputs } = await run('s3://bucket', { workers, bookmark: 'enable', csv: 'increment', rowsMax: 5 })
    expect(inputs).toHaveLength(256)
    await expect.poll(() => s3.openRequests, SOON).toBe(0)
  })
})
