import { runJob } from '@fletching/engine'
import job from '@fletching/jobs/segment-to-personalize'
import { accessDenied, atOnce, type FaultyS3, openFaultyS3 } from '@fletching/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { event, linesOf } from './run.ts'
import { STATE } from './small-job.ts'

const BUCKET = 'bucket'
const MANIFEST = `${STATE}/manifest.json`

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

/** Appends what one user did to the outputs in a bucket: the code of its error, if it has one. */
async function append(bucket: string, user: string): Promise<unknown> {
  const places = {
    S3_JSON_INPUT_PATH: `s3://${bucket}/in/${user}`,
    S3_CSV_OUTPUT_PATH: `s3://${bucket}/csv`,
    S3_PARQUET_OUTPUT_PATH: `s3://${bucket}/table`,
  }
  return runJob(job, places, { workers: 1, writeMode: 'append', csv: 'increment' }).then(
    () => undefined,
    ({ code }: { readonly code?: unknown }) => code,
  )
}

/** What a bucket holds, names and content, with the run that is looked at as NOW wherever it is named. */
function visible(bucket: string): readonly string[] {
  const objects = s3.objects(bucket).filter(({ key }) => !key.startsWith(`${STATE}/runs/`))
  const texts = objects.map(({ key, etag, bytes }) => `${key} ${key === MANIFEST ? outputsOf(bytes) : etag}`)
  return texts.map((text) =>
    text.replaceAll(/\d{8}T\d{6}Z-[0-9a-f]{12}/g, (run) => (run === earlier ? 'BEFORE' : 'NOW')),
  )
}

function outputsOf(manifest: Uint8Array): string {
  const { outputs } = JSON.parse(Buffer.from(manifest).toString()) as { readonly outputs: readonly object[] }
  return JSON.stringify(outputs).replaceAll(/s3:\/\/[^/]+/g, '')
}

let earlier = ''

/** Makes another bucket that holds the same, as if the job had always run there. */
function copy(from: string, to: string): void {
  for (const { key, bytes } of s3.objects(from)) {
    const moved = () => Buffer.from(Buffer.from(bytes).toString().replaceAll(`s3://${from}/`, `s3://${to}/`))
    s3.put(to, key, key === MANIFEST ? moved() : bytes)
  }
}

it('a run that appends, ended at every request and started again, adds every row once', async () => {
  fill(BUCKET, 'one', [18, 19])
  expect(await append(BUCKET, 'one')).toBeUndefined()
  const manifest = s3.objects(BUCKET).find(({ key }) => key === MANIFEST)
  earlier = (JSON.parse(Buffer.from(manifest?.bytes ?? []).toString()) as { readonly run: string }).run
  fill(BUCKET, 'two', [19, 20])
  copy(BUCKET, 'undisturbed')
  const first = visible('undisturbed')
  const count = s3.requests.length
  expect(await append('undisturbed', 'two')).toBeUndefined()
  const requests = s3.requests.slice(count)
  const all = visible('undisturbed')
  const partitions = all.filter((text) => text.startsWith('table/')).map((text) => text.split(' ')[0])
  expect(partitions).toEqual([
    'table/dt=2019-05-18/part-00000-BEFORE.parquet',
    'table/dt=2019-05-19/part-00000-BEFORE.parquet',
    'table/dt=2019-05-19/part-00000-NOW.parquet',
    'table/dt=2019-05-20/part-00000-NOW.parquet',
  ])

  // Nothing comes through any more: from a request on, or from its answer on. The last goes through, and its answer is nobody's.
  const cases = Array.from({ length: requests.length + 1 }, (_, index) => index + 1).flatMap((at) =>
    [false, true].map((isApplied) => ({ at, isApplied, bucket: `case-${at}-${isApplied}` })),
  )
  s3.setPlan(
    cases.flatMap(({ at, isApplied, bucket }) => [
      ...(isApplied ? [{ bucket, nth: at, fault: { kind: 'apply-then-reset' } as const }] : []),
      { bucket, from: at, fault: accessDenied },
    ]),
  )
  await atOnce(8, cases, async ({ bucket }) => {
    copy(BUCKET, bucket)
    await append(bucket, 'two')
  })
  s3.setPlan([])
  await atOnce(4, cases, async ({ at, isApplied, bucket }) => {
    const what = `${requests[at - 1]?.op ?? 'end'} ${at} ${isApplied}`
    const left = visible(bucket)
    // Only a commit that the next start finishes may be shown by half.
    const isBegun = left.some((text) => text.startsWith(`${STATE}/intent.json`))
    if (!isBegun) expect([first, all], what).toContainEqual(left)
    expect(await append(bucket, 'two'), what).toBeUndefined()
    expect(visible(bucket), what).toEqual(all)
  })
  const begun = cases.filter(({ bucket }) =>
    s3.requests.some((one) => one.bucket === bucket && one.fault !== undefined),
  )
  console.log(`${cases.length} cases, ${begun.length} with a fault, ${requests.length} requests`)
}, 120_000)
