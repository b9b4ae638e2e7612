import { gzipSync } from 'node:zlib'
import { openFaultyS3, triesAll } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { lacksControlGroups, openControlGroup } from './control-group.ts'
import { runOnMachine } from './machine.ts'
import { event } from './run.ts'

const lacking = triesAll ? lacksControlGroups() : 'not asked for'
const MIB = 1024 * 1024
/** From the smallest container in which there is one thread. */
const SIZES = [128, 256, 384, 1024]
const TABLE = '--S3_PARQUET_OUTPUT_PATH=table'
const line = `${event('u')}\n`
/** Of these and the files together more stays in the system's cache than the smaller containers may use. */
const COPIES = 10
const LINES = 100_000
const content = line.repeat(LINES)
const files = Object.fromEntries(Array.from({ length: COPIES }, (_, number) => [`given/${number}`, content]))
const done = `"lines":${COPIES * LINES},"rows":${COPIES * LINES},`

/** Without `--max-memory` and `--workers`: what the container allows is all that the command knows. */
async function runInContainer(limits: Parameters<typeof openControlGroup>[0], run: Parameters<typeof runOnMachine>[0]) {
  const group = openControlGroup(limits)
  try {
    const outcome = await runOnMachine({ ...run, setup: `${group.enter}; ${run.setup ?? ''}` })
    return { ...outcome, killed: group.killed(), groupPeakBytes: group.peakBytes() }
  } finally {
    group.close()
  }
}

describe.skipIf(lacking !== undefined)(
  `in a container (npm run test:faults; needs control groups of version 1 that this user may make${lacking === undefined ? '' : `: ${lacking}`}), the command`,
  () => {
    it.each(SIZES)(
      'reads files of 115 MB, which were written there, within %i MiB',
      async (mebibytes) => {
        const { code, stderr, stdout, killed, groupPeakBytes } = await runInContainer(
          { memoryBytes: mebibytes * MIB },
          { files, setup: 'cp -r given in', args: ['--S3_JSON_INPUT_PATH=in', TABLE] },
        )
        expect({ code, stderr, killed }).toEqual({ code: 0, stderr: '', killed: 0 })
        expect(stdout).toContain(done)
        // What the system keeps of files counts too.
        expect(groupPeakBytes).toBeGreaterThan(100 * MIB)
        expect(groupPeakBytes).toBeLessThanOrEqual(mebibytes * MIB)
      },
      60_000,
    )

    it.each(SIZES)(
      'reads archives of S3 and writes there within %i MiB',
      async (mebibytes) => {
        const s3 = await openFaultyS3({ buckets: ['bucket'] })
        try {
          const archive = gzipSync(content)
          for (let number = 0; number < COPIES; number++) s3.put('bucket', `in/${number}`, archive)
          const places = {
            S3_JSON_INPUT_PATH: 's3://bucket/in',
            S3_CSV_OUTPUT_PATH: 's3://bucket/out',
            S3_PARQUET_OUTPUT_PATH: 's3://bucket/table',
          }
          const args = Object.entries(places).map(([name, place]) => `--${name}=${place}`)
          const { code, stderr, stdout, killed } = await runInContainer(
            { memoryBytes: mebibytes * MIB },
            { args, env: s3.env },
          )
          expect({ code, stderr, killed }).toEqual({ code: 0, stderr: '', killed: 0 })
          expect(stdout).toContain(done)
        } finally {
          await s3.close()
        }
      },
      60_000,
    )

    it('is killed where it is told that there is more than there is', async () => {
      const { code, killed, left } = await runInContainer(
        { memoryBytes: 40 * MIB },
        { files, args: ['--S3_JSON_INPUT_PATH=given', '--max-memory=1GB', '--workers=2'] },
      )
      expect({ code, killed }).toEqual({ code: 137, killed: 1 })
      expect(left.filter((name) => name.endsWith('.csv'))).toEqual([])
    })

    it('says at once that there is too little for any run', async () => {
      const { code, stderr, left } = await runInContainer(
        { memoryBytes: 127 * MIB },
        { files: { 'in/a': '{' }, args: ['--S3_JSON_INPUT_PATH=in'] },
      )
      expect({ code, left }).toEqual({ code: 4, left: [] })
      expect(stderr).toBe(`LITTLE_MEMORY: a run may use 119MB of this container's memory
  it needs 120MB: give the container 128 MiB at least, or say with --max-memory that there is as much
`)
    })

    it.each([
      [1, 1024, '1 thread scans'],
      [2, 1024, '2 threads scan'],
      [2, 256, '1 thread scans'],
    ])('with %d processors and %d MiB: %s', async (cpus, mebibytes, says) => {
      const { code, stdout } = await runInContainer(
        { memoryBytes: mebibytes * MIB, cpus },
        { files, args: ['--S3_JSON_INPUT_PATH=given', '--analyze'], command: 'explain' },
      )
      expect(code).toBe(0)
      expect(stdout).toContain(says)
    })
  },
)
