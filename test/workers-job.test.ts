import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Report, type RunOptions, runJob } from '@fletching/engine'
import { generateObjects, trapKinds } from '@fletching/gen'
import job from '@fletching/jobs/segment-to-personalize'
import { inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

/** Runs the main job over a folder, and gives a digest of each file that it wrote, and the report without what the clock says. */
async function run(folder: string, out: string, options: RunOptions) {
  const report = await runJob(
    job,
    {
      S3_JSON_INPUT_PATH: join(folder, 'in'),
      S3_CSV_OUTPUT_PATH: join(folder, out, 'csv'),
      S3_PARQUET_OUTPUT_PATH: join(folder, out, 'table'),
    },
    { onMalformed: 'quarantine', ...options },
  )
  const names = (await readdir(join(folder, out), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name !== 'manifest.json')
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, out).length))
    .sort()
  const digests: Record<string, string> = {}
  for (const name of names) {
    const bytes = await readFile(join(folder, out, name))
    digests[name] = createHash('sha256').update(bytes).digest('hex')
  }
  return { digests, report: timeless(report) }
}

function timeless({ accounting, converted, refused, inputs, skipped, warnings }: Report) {
  return { accounting, converted, refused, inputs, skipped, warnings }
}

describe('the main job on several threads', () => {
  it(
    'writes the same bytes, rejects and report as on one',
    () =>
      inFolder(async (folder) => {
        const kinds = trapKinds.map(({ kind }) => kind)
        const generated = { seed: 11, bytes: 9_000_000, days: 4, traps: 0.05, trapKinds: kinds }
        for (const { key, bytes } of generateObjects(generated)) {
          const file = join(folder, 'in', key)
          await mkdir(dirname(file), { recursive: true })
          await writeFile(file, bytes)
        }
        // A plain file that is large enough to be cut.
        const plain = [...generateObjects({ seed: 12, bytes: 36_000_000, traps: 0.001, trapKinds: kinds, gzip: false })]
        await writeFile(join(folder, 'in', 'zz-plain'), Buffer.concat(plain.map(({ bytes }) => bytes)))

        const small = { rowGroupRows: 700 }
        const expected = await run(folder, 'one', { workers: 1, ...small })
        expect(Object.keys(expected.digests).length).toBeGreaterThan(5)
        expect(expected.report.accounting.malformed).not.toEqual({})
        for (const workers of [2, 4]) {
          expect(await run(folder, `by${workers}`, { workers, ...small }), `${workers} workers`).toEqual(expected)
        }
        expect(await run(folder, 'strict', { workers: 2, scanner: 'ts', ...small }), 'the other scanner').toEqual(
          expected,
        )
      }),
    120_000,
  )

  it('inflates a single large archive on a thread of its own, to the same bytes', () =>
    inFolder(async (folder) => {
      const objects = [...generateObjects({ seed: 13, bytes: 6_000_000, traps: 0.05, gzip: false })]
      await mkdir(join(folder, 'in'))
      await writeFile(join(folder, 'in/a'), gzipSync(Buffer.concat(objects.map(({ bytes }) => bytes))))
      const expected = await run(folder, 'one', { workers: 1 })
      expect(await run(folder, 'ahead', { workers: 2 })).toEqual(expected)
      const signal = AbortSignal.abort(new Error('enough'))
      await expect(run(folder, 'never', { workers: 2, signal })).rejects.toThrow('enough')
    }))

  it('names the first malformed line of the input, whoever finds one first', () =>
    inFolder(async (folder) => {
      const [object] = generateObjects({ seed: 3, bytes: 1_500_000, days: 1, traps: 0, gzip: false })
      const text = Buffer.from(object.bytes)
      const middle = text.indexOf('\n', text.length / 2) + 1
      await mkdir(join(folder, 'in'))
      await writeFile(
        join(folder, 'in/a'),
        Buffer.concat([text, text.subarray(0, middle), Buffer.from('{"a":}\n'), text]),
      )
      await writeFile(join(folder, 'in/b'), Buffer.concat([Buffer.from('[]\n'), text]))
      const lines = text.toString().split('\n').length - 1 + text.subarray(0, middle).toString().split('\n').length
      for (const workers of [1, 2]) {
        await expect(run(folder, 'out', { workers, onMalformed: 'fail' })).rejects.toThrow(
          `MALFORMED_JSON: a character stands where JSON has none\n  at ${join(folder, 'in/a')} line ${lines}, byte ${text.length + middle + 5} of`,
        )
        expect(await readdir(folder)).toEqual(['in'])
      }
    }))

  it('ends when it is told to', () =>
    inFolder(async (folder) => {
      for (const { key, bytes } of generateObjects({ seed: 5, bytes: 8_000_000, days: 2 })) {
        const file = join(folder, 'in', key)
        await mkdir(dirname(file), { recursive: true })
        await writeFile(file, bytes)
      }
      const controller = new AbortController()
      const onProgress = () => controller.abort(new Error('enough'))
      for (const workers of [1, 2]) {
        await expect(run(folder, 'out', { workers, onProgress, signal: controller.signal })).rejects.toThrow('enough')
        expect(await readdir(folder)).toEqual(['in'])
      }
    }))
})
