import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Report, type RunOptions, runJob } from '@fletching/engine'
import { generateObjects, trapKinds } from '@fletching/gen'
import job from '@fletching/jobs/segment-to-personalize'
import { countsOf, csvOf, inFolder, type OracleObject, segmentToPersonalizeOracle } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

const corpus = process.env.FLETCHING_CORPUS

interface Outcome {
  readonly csv: Buffer
  readonly rejects: readonly Record<string, unknown>[]
  readonly report: Report
}

/** Runs the main job on objects, in a folder of its own. */
function run(objects: readonly OracleObject[], options: RunOptions = {}): Promise<Outcome> {
  return inFolder(async (folder) => {
    for (const { name, bytes } of objects) {
      await mkdir(join(folder, 'in', name, '..'), { recursive: true })
      await writeFile(join(folder, 'in', name), bytes)
    }
    const report = await runJob(
      job,
      {
        S3_JSON_INPUT_PATH: join(folder, 'in'),
        S3_CSV_OUTPUT_PATH: join(folder, 'out'),
        S3_PARQUET_OUTPUT_PATH: undefined,
      },
      { onMalformed: 'quarantine', ...options },
    )
    const rejects = report.outputs.find(({ format }) => format === 'rejects')
    return {
      csv: await readFile(join(folder, 'out', 'part-00000.csv')),
      rejects:
        rejects === undefined
          ? []
          : (await readFile(rejects.name, 'utf8'))
              .trim()
              .split('\n')
              .map((line) => JSON.parse(line) as Record<string, unknown>),
      report,
    }
  })
}

describe('generated events with every kind of trap', () => {
  it.each([1, 2, 3])('come out as the oracle has them, seed %d', async (seed) => {
    const kinds = trapKinds.map(({ kind }) => kind)
    const objects = [...generateObjects({ seed, events: 4000, traps: 0.3, trapKinds: kinds })].map(
      ({ key, bytes }) => ({
        name: key,
        bytes,
      }),
    )
    const expected = segmentToPersonalizeOracle(objects)
    const { csv, report, rejects } = await run(objects)
    expect(csv.toString()).toBe(csvOf(expected.rows, 'personalize'))
    expect(countsOf(report.accounting)).toEqual(expected.counts)
    expect(rejects).toHaveLength(expected.rejects.length)
  })

  it('come out the same in the glue dialect', async () => {
    const objects = [...generateObjects({ seed: 9, events: 3000, traps: 0.2 })].map(({ key, bytes }) => ({
      name: key,
      bytes,
    }))
    const { csv } = await run(objects, { csvDialect: 'glue' })
    expect(csv.toString()).toBe(csvOf(segmentToPersonalizeOracle(objects).rows, 'glue'))
  })
})

describe.skipIf(corpus === undefined)('real data (set FLETCHING_CORPUS)', () => {
  const file = (name: string) => readFile(join(corpus as string, name))
  const sorted = (csv: Buffer) => csv.toString().trim().split('\n').sort()

  it.each([1, 2])('gives the rows of the real Glue output of run %d', async (number) => {
    const bytes = await file(`workshop-real/run${number}-events.ndjson.gz`)
    const { csv } = await run([{ name: 'events.gz', bytes }], { csvDialect: 'glue' })
    expect(sorted(csv)).toEqual(sorted(await file(`workshop-real/run${number}-expected.csv`)))
  })

  it('gives the real Glue output of run 2 byte for byte', async () => {
    const bytes = await file('workshop-real/run2-events.ndjson.gz')
    const { csv } = await run([{ name: 'events.gz', bytes }], { csvDialect: 'glue' })
    expect(csv.equals(await file('workshop-real/run-1558198402129-part-r-00000'))).toBe(true)
  })

  it('accounts for every one of 1,345 messages of other senders', async () => {
    const bytes = await file('events-rudderstack/rudder-transformer-events.ndjson.gz')
    const objects = [{ name: 'events.gz', bytes }]
    const expected = segmentToPersonalizeOracle(objects)
    const { csv, report } = await run(objects)
    expect(csv.toString()).toBe(csvOf(expected.rows, 'personalize'))
    expect(countsOf(report.accounting)).toEqual(expected.counts)
    expect(report.accounting.lines).toBe(1345)
    expect(gunzipSync(bytes).toString().trim().split('\n')).toHaveLength(1345)
  })
})
