import { type RunOptions, runJob } from '@fletching/engine'
import job from '@fletching/jobs/segment-to-personalize'
import { accessDenied, atOnce, type FaultyS3, openFaultyS3, sample, sampleTitle } from '@fletching/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Comparable, comparable } from './comparable.ts'
import { event, linesOf } from './run.ts'
import { STATE } from './small-job.ts'

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

function fill(bucket: string, user: string, days: readonly number[]): void {
  const lines = days.map((day) => event(user, `,"timestamp":"2019-05-${day}T12:00:00Z"`))
  s3.put(bucket, `in/${user}`, Buffer.from(linesOf(lines)))
}

/** How a run is told what is new: by the path of its input, or by its bookmark. */
interface Mode {
  readonly inputOf: (user: string) => string
  readonly options: RunOptions
  /** Ended at one of so many requests. */
  readonly every: number
}

const modes: Readonly<Record<string, Mode>> = {
  'appends what it is given': {
    inputOf: (user) => `in/${user}`,
    options: { writeMode: 'append', csv: 'increment' },
    every: 10,
  },
  'has a bookmark, and writes the rows of all runs into its CSV': {
    inputOf: () => 'in',
    options: { bookmark: 'enable', csv: 'full' },
    every: 7,
  },
}

/** Appends what one user did to the outputs in a bucket: the code of its error, if it has one. */
async function append(bucket: string, user: string, { inputOf, options }: Mode): Promise<unknown> {
  const places = {
    S3_JSON_INPUT_PATH: `s3://${bucket}/${inputOf(user)}`,
    S3_CSV_OUTPUT_PATH: `s3://${bucket}/csv`,
    S3_PARQUET_OUTPUT_PATH: `s3://${bucket}/table`,
  }
  return runJob(job, places, { workers: 1, ...options }).then(
    () => undefined,
    ({ code }: { readonly code?: unknown }) => code,
  )
}

/** What a bucket holds; what runs have begun is no part of it. */
function visible(bucket: string): Comparable {
  const objects = s3.objects(bucket).filter(({ key }) => !key.startsWith(`${STATE}/runs/`))
  return comparable(objects, `s3://${bucket}`)
}

describe.each(Object.entries(modes))('a run that %s', (_, mode) => {
  it(`ended at every request and started again, adds every row once: ${sampleTitle}`, async () => {
    const begin = async (bucket: string) => {
      fill(bucket, 'one', [18, 19])
      expect(await append(bucket, 'one', mode)).toBeUndefined()
      fill(bucket, 'two', [19, 20])
    }
    await begin('undisturbed')
    const first = visible('undisturbed')
    const count = s3.requests.length
    expect(await append('undisturbed', 'two', mode)).toBeUndefined()
    const requests = s3.requests.slice(count)
    const all = visible('undisturbed')
    const files = Object.keys(all).filter((name) => name.startsWith('table/'))
    expect(files.sort()).toEqual([
      'table/dt=2019-05-18/part-00000-BEFORE.parquet',
      'table/dt=2019-05-19/part-00000-BEFORE.parquet',
      'table/dt=2019-05-19/part-00000-NOW.parquet',
      'table/dt=2019-05-20/part-00000-NOW.parquet',
    ])

    // Nothing comes through any more: from a request on, or from its answer on. The last goes through, and its answer is nobody's.
    const places = Array.from({ length: requests.length + 1 }, (_, index) => index + 1)
    const cases = sample(places, mode.every).flatMap((at) =>
      [false, true].map((isApplied) => ({ at, isApplied, bucket: `case-${at}-${isApplied}` })),
    )
    await atOnce(8, cases, async ({ bucket }) => begin(bucket))
    s3.setPlan(
      cases.flatMap(({ at, isApplied, bucket }) => [
        ...(isApplied ? [{ bucket, nth: at, fault: { kind: 'apply-then-reset' } as const }] : []),
        { bucket, from: at, fault: accessDenied },
      ]),
    )
    await atOnce(8, cases, async ({ bucket }) => {
      await append(bucket, 'two', mode)
    })
    s3.setPlan([])
    await atOnce(4, cases, async ({ at, isApplied, bucket }) => {
      const what = `${requests[at - 1]?.op ?? 'end'} ${at} ${isApplied}`
      const left = visible(bucket)
      // Only a commit that the next start finishes may be shown by half.
      if (!(`${STATE}/intent.json` in left)) expect([first, all], what).toContainEqual(left)
      expect(await append(bucket, 'two', mode), what).toBeUndefined()
      expect(visible(bucket), what).toEqual(all)
      // An upload whose id never came back, or not onto the record, is known to nobody.
      const isLost = requests[at - (isApplied ? 1 : 2)]?.op === 'CreateMultipartUpload'
      expect(s3.uploads(bucket), what).toHaveLength(isLost ? 1 : 0)
    })
    const begun = cases.filter(({ bucket }) =>
      s3.requests.some((one) => one.bucket === bucket && one.fault !== undefined),
    )
    console.log(`${cases.length} cases, ${begun.length} with a fault, ${requests.length} requests`)
  }, 300_000)
})
