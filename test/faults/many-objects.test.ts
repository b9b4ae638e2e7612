import { openFaultyS3, triesAll } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { runOnMachine } from './machine.ts'
import { event } from './run.ts'

const OBJECTS = triesAll ? 100_000 : 10_000
const OBJECTS_OF_S3 = 30_000
/** Of the heap a run takes 15 MB at once; unpacked, 10,000 objects took 25 MB more. A limit keeps garbage from standing in for what is held. */
const HEAP = { NODE_OPTIONS: `--max-old-space-size=${triesAll ? 40 : 28}` }
/** Beside the heap there are the packed objects, some 200 bytes for each. */
const PEAK_BYTES_MOST = triesAll ? 200e6 : 170e6
const DONE = { code: 0, stderr: '' }

const nameOf = (number: number) =>
  `in/${1558137600000 + 86_400_000 * (number >> 11)}/1558137600000.${number}.0f1e2d3c.json`
const lineOf = (number: number) => Buffer.from(`${event(`u${number}`, `,"messageId":"m${number}"`)}\n`)
const linesIn = (csv: string | undefined) => csv?.split('\n').length

const all: readonly (readonly [string, ...string[]])[] = [
  ['with a bookmark', '--workers=1', '--job-bookmark-option=job-bookmark-enable', '--csv=increment'],
  ['on one thread', '--workers=1'],
  ['on two', '--workers=2'],
  ['that drops duplicates', '--workers=1', '--DEDUPE=messageId'],
]

describe(`a run over ${OBJECTS} objects that nobody has read`, () => {
  it.each(triesAll ? all : all.slice(0, 1))(
    '%s keeps little of each',
    async (_, ...args) => {
      const files = Object.fromEntries(
        Array.from({ length: OBJECTS }, (__, number) => [nameOf(number), lineOf(number)]),
      )
      const run = { files, args: ['--S3_JSON_INPUT_PATH=in', ...args], env: HEAP }
      const { code, stderr, csv, peakBytes } = await runOnMachine(run)
      expect({ code, stderr, lines: linesIn(csv) }).toEqual({ ...DONE, lines: OBJECTS + 2 })
      expect(peakBytes).toBeLessThan(PEAK_BYTES_MOST)
    },
    600_000,
  )

  it.runIf(triesAll)(
    `of S3, ${OBJECTS_OF_S3} of them, keeps little of each (npm run test:faults)`,
    async () => {
      const s3 = await openFaultyS3({ buckets: ['bucket'] })
      try {
        for (let number = 0; number < OBJECTS_OF_S3; number++) s3.put('bucket', nameOf(number), lineOf(number))
        const args = ['--S3_JSON_INPUT_PATH=s3://bucket/in', '--S3_CSV_OUTPUT_PATH=s3://bucket/out', '--workers=1']
        const { code, stderr, peakBytes } = await runOnMachine({ args, env: { ...s3.env, ...HEAP } })
        expect({ code, stderr }).toEqual(DONE)
        const [csv] = s3.objects('bucket').filter(({ key }) => key === 'out/part-00000.csv')
        expect(linesIn(String(csv.bytes))).toBe(OBJECTS_OF_S3 + 2)
        expect(peakBytes).toBeLessThan(PEAK_BYTES_MOST)
      } finally {
        await s3.close()
      }
    },
    600_000,
  )
})
