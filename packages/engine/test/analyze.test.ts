import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Analysis, analyzeJob, type RunOptions, runJob } from '@fletching/engine'
import { defineJob, param, scanNdjson, segmentTrack, writeCsv, writeParquet } from '@fletching/job'
import { inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { clickLines } from './clicks.ts'

/** Filters in the scan and above it, two of which count under one reason, and both kinds of sink. */
const clicks = defineJob({
  name: 'clicks',
  params: { INPUT: param.location('events'), CSV: param.location('a folder'), TABLE: param.location('a folder') },
  plan: ({ INPUT, CSV, TABLE }) => {
    const rows = scanNdjson(INPUT, segmentTrack)
      .filter((col) => col('event').isIn(['Product Clicked', 'Product Added']))
      .filter((col) => col('userId').isNotNull(), { reason: 'odd id' })
      .filter((col) => col('userId').length().lt(4), { reason: 'odd id' })
      .select((col) => ({ user: col('userId'), day: col('timestamp').date() }))
    return [writeCsv(rows, { to: CSV }), writeParquet(rows, { to: TABLE, partitionBy: ['day'] })]
  },
})

const contents = {
  // Lines that the fast scanner leaves to the other: a tab stands between two tokens.
  a: `${clickLines(900)}\n{"event":\t"Page"}\n{"event":"Product Added",\t"timestamp":"2019-05-18"}\n`,
  b: gzipSync(clickLines(700)),
  // Large enough to be read by another thread than the rest.
  c: ' '.repeat(1_200_000),
}

/** What the job's operators let pass, line by line. */
function passing() {
  const lines = `${contents.a}${clickLines(700)}\n${contents.c}`.split('\n')
  const events = lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as { userId?: string; event: string; timestamp: string }]
    } catch {
      return []
    }
  })
  const wanted = events.filter(({ event }) => event === 'Product Clicked' || event === 'Product Added')
  const known = wanted.filter(({ userId }) => userId !== undefined)
  const short = known.filter(({ userId = '' }) => userId.length < 4)
  const whole = short.filter(({ timestamp }) => timestamp !== 'yesterday')
  return {
    lines: lines.length,
    events: events.length,
    wanted: wanted.length,
    known: known.length,
    short: short.length,
    whole: whole.length,
  }
}

/** Gives a test the values of the job's parameters in a folder with events; afterwards it holds nothing else. */
function withEvents(test: (places: { INPUT: string; CSV: string; TABLE: string }) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    await mkdir(join(folder, 'in'))
    for (const [name, bytes] of Object.entries(contents)) await writeFile(join(folder, 'in', name), bytes)
    await test({ INPUT: join(folder, 'in'), CSV: join(folder, 'csv'), TABLE: join(folder, 'table') })
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(['in', 'in/a', 'in/b', 'in/c'])
  })
}

/** What does not depend on the clock; the names of places without their folder. */
function timeless({ operators }: Analysis, folder: string) {
  return operators.map(({ operator, rowsIn, rowsOut, bytes }) => [
    operator.replace(folder, ''),
    rowsIn,
    rowsOut,
    typeof bytes,
  ])
}

describe('an analysis', () => {
  it('names the first of many columns', () =>
    withEvents(async (places) => {
      const names = Array.from({ length: 30 }, (_, at) => `c${at + 1}`)
      const wide = defineJob({
        name: 'wide',
        params: { INPUT: param.location('events'), CSV: param.location('a folder') },
        plan: ({ INPUT, CSV }) => {
          const rows = scanNdjson(INPUT, segmentTrack).select((col) =>
            Object.fromEntries(names.map((name) => [name, col('userId')])),
          )
          return [writeCsv(rows, { to: CSV })]
        },
      })
      const { operators } = await analyzeJob(wide, places, { onMalformed: 'skip', workers: 1 })
      const projects = operators.map(({ operator }) => operator).filter((operator) => operator.startsWith('project'))
      expect(projects).toEqual(['project c1, c2, c3, c4, c5, c6, … 24 more'])
    }))

  it.each<[string, RunOptions]>([
    ['one thread', { workers: 1 }],
    ['one thread and the other scanner', { workers: 1, scanner: 'ts' }],
    ['two threads', { workers: 2 }],
  ])('by %s tells the rows of every operator, and writes nothing', (_, options) =>
    withEvents(async (places) => {
      const { lines, events, wanted, known, short, whole } = passing()
      const folder = places.INPUT.replace(/in$/, '')
      const analysis = await analyzeJob(clicks, places, { onMalformed: 'skip', ...options })
      expect(timeless(analysis, folder)).toEqual([
        ['read', undefined, undefined, 'number'],
        ['inflate', undefined, undefined, 'number'],
        ['scan ndjson in', lines, known, 'number'],
        ['  filter, else "event not wanted"', events, wanted, 'undefined'],
        ['  filter, else "odd id"', wanted, known, 'undefined'],
        ['filter length(userId) < 4', known, short, 'undefined'],
        ['set aside', short, whole, 'undefined'],
        ['project user, day', whole, whole, 'undefined'],
        ['encode csv csv', whole, whole, 'number'],
        ['project user, day', whole, whole, 'undefined'],
        ['encode parquet table', whole, whole, 'number'],
      ])
      const timed = analysis.operators.filter(({ milliseconds }) => milliseconds !== undefined)
      expect(timed).toHaveLength(9)
      const isWasm = options.scanner !== 'ts'
      expect(analysis).toMatchObject({
        job: 'clicks',
        threads: options.workers,
        scan: {
          scanner: isWasm ? 'wasm' : 'ts',
          lines,
          bytes: Buffer.byteLength(contents.a) + contents.b.length + contents.c.length,
        },
      })
      // Malformed lines are slow too.
      expect(analysis.scan.slowLines > 2).toBe(isWasm)
    }),
  )

  it('of one archive has the reading and the inflating of another thread', () =>
    inFolder(async (folder) => {
      const content = clickLines(20_000)
      await writeFile(join(folder, 'a'), gzipSync(content))
      const places = { INPUT: join(folder, 'a'), CSV: join(folder, 'csv'), TABLE: join(folder, 'table') }
      const analyses = [1, 2].map((workers) => analyzeJob(clicks, places, { onMalformed: 'skip', workers, cpus: 2 }))
      const [one, two] = (await Promise.all(analyses)).map(({ operators }) => operators.slice(0, 3))
      expect(two.map(({ milliseconds, ...rest }) => [rest, typeof milliseconds])).toEqual(
        one.map(({ milliseconds, ...rest }) => [rest, typeof milliseconds]),
      )
      expect(two).toMatchObject([
        { operator: 'read', milliseconds: expect.any(Number) },
        { operator: 'inflate', milliseconds: expect.any(Number) },
        { operator: `scan ndjson ${folder}/a` },
      ])
    }))

  it('needs no output that could be written', () =>
    withEvents(async ({ INPUT }) => {
      const places = { INPUT, CSV: join(INPUT, 'a/x/csv'), TABLE: 's3://no-such-bucket/table' }
      const { scan } = await analyzeJob(clicks, places, { onMalformed: 'quarantine' })
      expect(scan.lines).toBe(passing().lines)
    }))

  it('fails where a run would, and writes nothing', () =>
    withEvents(async (places) => {
      const error = await analyzeJob(clicks, places).catch((reason: unknown) => reason)
      const expected = await runJob(clicks, places).catch((reason: unknown) => reason)
      expect(error).toEqual(expected)
      expect(error).toMatchObject({ code: 'MALFORMED_JSON' })
    }))
})
