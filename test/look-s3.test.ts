import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { fletching, inFolder, openTestS3, type TestS3 } from '@fletching/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const JOB = 'segment-to-personalize'
let s3: TestS3

beforeAll(async () => {
  s3 = await openTestS3()
})
afterAll(() => s3.close())

/** A bucket of its own for each test. */
async function makeBucket(Bucket: string): Promise<string> {
  const { endpoint, env } = s3
  const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY }
  const client = new S3Client({ endpoint, region: env.AWS_REGION, forcePathStyle: true, credentials })
  await client.send(new CreateBucketCommand({ Bucket }))
  client.destroy()
  return `s3://${Bucket}`
}

/** The parameters of the job at a place. */
function paramsAt(place: string): string[] {
  return [
    `--S3_JSON_INPUT_PATH=${place}/in`,
    `--S3_CSV_OUTPUT_PATH=${place}/transformed`,
    `--S3_PARQUET_OUTPUT_PATH=${place}/table`,
  ]
}

describe('looking at data in S3', () => {
  // Three dozen processes, for what the tests of stores and of the commands say each by themselves.
  it.skipIf(process.env.FLETCHING_TEST_S3_ENDPOINT === undefined)(
    'finds what is found on disk (npm run test:s3)',
    async () => {
      const bucket = await makeBucket(`fletching-look-${process.pid}`)
      await inFolder(async (cwd) => {
        const said = []
        for (const place of [bucket, 'here']) {
          const run = async (...args: string[]) => (await fletching(args, { cwd, env: s3.env })).stdout
          await run('gen', '--to', `${place}/in`, '--bytes', '100kB')
          await run('run', JOB, ...paramsAt(place))
          for (const folder of ['in', 'transformed', 'table']) {
            for (const command of ['count', 'head', 'schema']) said.push(await run(command, `${place}/${folder}`))
          }
        }
        expect(said.slice(0, 9)).toEqual(said.slice(9))
        expect(said.every((text) => text !== '')).toBe(true)
      })
    },
  )

  it('brings from there what a query needs, and takes it away again', async () => {
    const bucket = await makeBucket(`fletching-query-${process.pid}`)
    await inFolder(async (cwd) => {
      const run = (...args: string[]) => fletching(args, { cwd, env: s3.env })
      await run('gen', '--to', `${bucket}/in`, '--bytes', '200kB', '--traps', '0')
      await run('run', JOB, ...paramsAt(bucket))
      const query = (sql: string) => run('query', sql, '--job', JOB, ...paramsAt(bucket), '--tmp', 'tmp')
      const { stdout, stderr } = await query(
        `SELECT (SELECT count(*) FROM transformed) - (SELECT count(*) FROM "table") AS rest, (SELECT count(*) FROM segment_logs) > 100 AS logs,
          (SELECT count(DISTINCT dt) FROM "table") > 1 AS days`,
      )
      expect(stderr.replace(/\d+\n$/, 'N\n')).toMatch(
        /^$|^segment_logs: keys that differ from others in case alone, and were left out: N\n$/,
      )
      expect(stdout).toBe('{"rest":0,"logs":true,"days":true}\n')
      expect(await readdir(join(cwd, 'tmp'))).toEqual([])
      expect((await query('SELECT USER_ID::INT FROM transformed')).code).toBe(3)
      expect(await readdir(join(cwd, 'tmp'))).toEqual([])
    })
  })
})
