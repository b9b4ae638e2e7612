import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  category,
  id,
  optimize,
  scanNdjson,
  schema,
  text,
  timestamp,
  type Write,
  writeCsv,
  writeParquet,
} from '@fletching/plan'
import { findInput } from '@fletching/storage'
import { fuzzCases, inFolder, type Random, randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { type Accounting, addAccounting, emptyAccounting } from '../src/accounting.ts'
import { openCoordinator } from '../src/coordinator.ts'
import { Crew } from '../src/crew.ts'
import { type Decided, Deduplicator } from '../src/deduplicator.ts'
import { Meter } from '../src/meter.ts'
import type { MorselBody, Undecided } from '../src/morsel.ts'
import type { RunOptions } from '../src/options.ts'
import { lower, type PhysicalPlan } from '../src/physical.ts'
import { Pipeline } from '../src/pipeline.ts'
import { openPlaces } from '../src/places.ts'
import { readObjects } from '../src/read.ts'
import { rowsIn } from '../src/row-ranges.ts'
import { packBody, unpackBody } from '../src/worker-messages.ts'

const messages = scanNdjson(
  'in/',
  schema('messages', {
    messageId: text({ otherwise: 'null' }),
    user: id(),
    event: category(),
    timestamp: timestamp().required(),
    note: text({ otherwise: 'null' }),
  }),
)

/** A line as it is written: what it says, or a text that is no message. */
type Line = Readonly<Record<string, string | null>> | string
type Step = (line: Readonly<Record<string, string | null>>) => string | undefined

/** A plan, and what it means. */
interface Case {
  readonly name: string
  readonly frame: typeof messages
  readonly before: readonly Step[]
  readonly key: Step
  readonly behind: readonly Step[]
}

const isClick: Step = ({ event }) => (event === 'click' ? undefined : 'event not wanted')
const hasUser: Step = ({ user }) => (user == null || user === '' ? 'user missing' : undefined)
const isShort: Step = ({ note }) => (note == null || note.length < 3 ? undefined : 'long note')

const shortNotes = (frame: typeof messages) =>
  frame.filter((col) => col('note').length().lt(3).or(col('note').isNull()), { reason: 'long note' })

const cases: readonly Case[] = [
  {
    name: 'behind every filter',
    frame: shortNotes(messages.filter((col) => col('event').isIn(['click']))).dropDuplicates(['messageId']),
    before: [isClick, isShort],
    key: ({ messageId }) => JSON.stringify(messageId ?? null),
    behind: [],
  },
  {
    name: 'before every filter',
    frame: shortNotes(
      messages.dropDuplicates(['messageId'], { nulls: 'distinct' }).filter((col) => col('event').isIn(['click'])),
    ),
    before: [],
    key: ({ messageId }) => messageId ?? undefined,
    behind: [isClick, isShort],
  },
  {
    name: 'between filters, by several columns',
    frame: messages
      .filter((col) => col('event').isIn(['click']))
      .dropDuplicates(['messageId', 'note'], { nulls: 'distinct', keep: 'first' })
      .dropNulls('user') as unknown as typeof messages,
    before: [isClick],
    key: ({ messageId, note }) => (messageId == null || note == null ? undefined : JSON.stringify([messageId, note])),
    behind: [hasUser],
  },
]

function sinksOf(frame: typeof messages): Write[] {
  const rows = frame.select((col) => ({
    message: col('messageId'),
    who: col('user'),
    note: col('note'),
    at: col('timestamp').epochSeconds(),
  }))
  const sinks = [writeCsv(rows, { to: 'out/', dialect: 'rfc4180' }), writeParquet(rows, { to: 'table/' })]
  return sinks.filter((sink) => sink !== undefined)
}

function planOf(frame: typeof messages): PhysicalPlan {
  return lower(optimize(sinksOf(frame)), {})
}

function randomLine(random: Random, ids: number): Line {
  const choice = random.below(40)
  if (choice === 0) return ''
  if (choice === 1) return '{"messageId":'
  return {
    ...(choice < 4 ? {} : { messageId: choice < 6 ? null : `m${random.below(ids)}` }),
    user: random.below(5) === 0 ? null : `u${random.below(9)}`,
    event: random.pick(['click', 'click', 'view']),
    timestamp: random.below(10) === 0 ? 'yesterday' : '2019-05-18T14:03:22Z',
    note: random.pick(['a', 'bb', 'ccc', null]),
  }
}

interface Outcome {
  readonly csv: string
  /** Of each object. */
  readonly accountings: readonly Accounting[]
  /** Object, line and code of each reject. */
  readonly rejects: readonly string[]
}

/** The slow obvious way. */
function outcomeOracle({ before, key, behind }: Case, objects: readonly (readonly Line[])[]): Outcome {
  const seen = new Set<string>()
  const csv: string[] = []
  const rejects: string[] = []
  const accountings = objects.map((lines, object) => {
    const accounting = { ...emptyAccounting(), lines: lines.length }
    for (const [index, line] of lines.entries()) {
      if (line === '') accounting.blank++
      else if (typeof line === 'string') {
        accounting.malformed.UNFINISHED = (accounting.malformed.UNFINISHED ?? 0) + 1
        rejects.push(`${object} ${index + 1} malformed`)
      } else {
        const isUnfit = line.timestamp === 'yesterday'
        const refusedBefore = before.map((step) => step(line)).find((reason) => reason !== undefined)
        const keyText = refusedBefore === undefined && !isUnfit ? key(line) : undefined
        const isRepeated = keyText !== undefined && seen.has(keyText)
        if (keyText !== undefined) seen.add(keyText)
        const refused = refusedBefore ?? behind.map((step) => step(line)).find((reason) => reason !== undefined)
        if (isRepeated) accounting.duplicates++
        else if (refused !== undefined) accounting.filtered[refused] = (accounting.filtered[refused] ?? 0) + 1
        else if (isUnfit) {
          accounting.setAside['timestamp: NOT_A_TIMESTAMP'] =
            (accounting.setAside['timestamp: NOT_A_TIMESTAMP'] ?? 0) + 1
          rejects.push(`${object} ${index + 1} setAside`)
        } else {
          accounting.rows++
          csv.push(`${[line.messageId ?? '', line.user ?? '', line.note ?? '', '1558188202'].join(',')}\r\n`)
        }
      }
    }
    return accounting
  })
  return { csv: csv.join(''), accountings, rejects }
}

interface Bounds {
  readonly bytesMax: number
  readonly tmp: string
  readonly batchRows?: number
  readonly meter?: Meter
  /** Whether the rows go the way from a worker. */
  readonly isSent?: boolean
}

/** Runs the objects through a pipeline, in one unit, and what comes out through a deduplicator. */
async function outcome(plan: PhysicalPlan, objects: readonly (readonly Line[])[], bounds: Bounds): Promise<Outcome> {
  const { batchRows = plan.batchRows, meter, isSent = false, ...options } = bounds
  const pipeline = new Pipeline({ ...plan, batchRows }, meter)
  const bodies: MorselBody[] = []
  for (const [index, lines] of objects.entries()) {
    pipeline.start(index, String(index))
    bodies.push(...pipeline.push(Buffer.from(lines.map(textOf).join(''))))
    pipeline.end(0)
  }
  bodies.push(...pipeline.flush())
  const step = plan.dropDuplicates
  if (step === undefined) throw new Error('the plan drops no duplicates')
  const deduplicator = new Deduplicator(plan, step, options, meter)
  try {
    const decided: Decided[] = []
    for (const body of bodies) {
      const { undecided } = isSent ? sent(body) : body
      const now = await deduplicator.take(undecided as Undecided, 0)
      if (now !== undefined) decided.push(now)
    }
    for await (const late of deduplicator.rest()) decided.push(late)
    const counts = new Map(Array.from(deduplicator.counts(), (one) => [one.index, one.counts]))
    const accountings = pipeline.takeEnded().objects.map(({ index, counts: { accounting } }) => {
      addAccounting(accounting, { ...emptyAccounting(), ...counts.get(index) })
      return accounting
    })
    const csv = decided.flatMap(({ body }) =>
      body.parts.map((part) => (part.format === 'csv' ? Buffer.from(part.bytes).toString() : '')),
    )
    const rows = decided.flatMap(({ body }) =>
      body.parts.map((part) =>
        part.format === 'csv' ? part.rows : part.parts.reduce((sum, { ranges }) => sum + rowsIn(ranges), 0),
      ),
    )
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(2 * deduplicator.rows)
    const rejects = decided.flatMap(({ body }) =>
      body.rejects.map(({ object, line, stage }) => `${object} ${line} ${stage}`),
    )
    return { csv: csv.join(''), accountings, rejects }
  } finally {
    await deduplicator.close()
  }
}

function textOf(line: Line): string {
  return `${typeof line === 'string' ? line : JSON.stringify(line)}\n`
}

/** The body as the main thread gets it from a worker. */
function sent(body: MorselBody): MorselBody {
  const { transfer, ...packed } = packBody(body)
  const scan = body.undecided?.batch.schema
  expect(packed.byteLength).toBeGreaterThan(0)
  return unpackBody(structuredClone(packed, { transfer }), { sinks: [], undecided: scan })
}

describe.each(cases)('rows that repeat others, dropped $name', (one) => {
  const plan = planOf(one.frame)

  it.each([
    ['in memory', { bytesMax: 1 << 30 }],
    ['from a worker', { bytesMax: 1 << 30, isSent: true }],
    ['in small batches', { bytesMax: 1 << 30, batchRows: 7 }],
    ['in a few bytes of memory', { bytesMax: 2000, batchRows: 100 }],
    ['in a few bytes of memory, from a worker', { bytesMax: 600, batchRows: 999, isSent: true }],
  ])(`are those of a set, %s, seed ${testSeed}`, (_, bounds) =>
    inFolder(async (folder) => {
      for (let seed = testSeed; seed < testSeed + fuzzCases(6); seed++) {
        const random = randomFrom(seed)
        const ids = random.pick([3, 300, 3000])
        const objects = Array.from({ length: 1 + random.below(4) }, () =>
          Array.from({ length: random.pick([0, 10, 1500]) }, () => randomLine(random, ids)),
        )
        const expected = outcomeOracle(one, objects)
        expect(await outcome(plan, objects, { tmp: folder, ...bounds }), `seed ${seed}`).toEqual(expected)
        expect(await readdir(folder)).toEqual([])
      }
    }),
  )
})

describe('a deduplicator', () => {
  const plan = planOf(cases[0].frame)
  const lines = Array.from({ length: 2000 }, (_, n) => ({
    messageId: `m${n % 900}`,
    event: 'click',
    timestamp: '2019-05-18T14:03:22Z',
  }))

  it('says that there is no room on disk', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'file'), '')
      const tmp = join(folder, 'file', 'below')
      await expect(outcome(plan, [lines], { bytesMax: 1000, tmp })).rejects.toThrow(
        `SPILL: cannot write what has to wait: ENOTDIR: not a directory, mkdir '${tmp}'\n  at ${tmp}\n  give a folder with room for temporary files with --tmp`,
      )
    }))

  it('leaves no file, whoever stops listening', () =>
    inFolder(async (folder) => {
      const tmp = join(folder, 'tmp')
      await mkdir(tmp)
      const pipeline = new Pipeline(plan)
      pipeline.start(0, 'a')
      const bodies = [...pipeline.push(Buffer.from(lines.map(textOf).join('')))]
      pipeline.end(0)
      bodies.push(...pipeline.flush())
      const step = plan.dropDuplicates
      if (step === undefined) throw new Error('the plan drops no duplicates')
      const deduplicator = new Deduplicator(plan, step, { bytesMax: 1000, tmp })
      for (const { undecided } of bodies) expect(await deduplicator.take(undecided as Undecided, 0)).toBe(undefined)
      expect((await readdir(tmp)).length).toBeGreaterThan(0)
      for await (const { body } of deduplicator.rest()) {
        expect(body.parts).toHaveLength(2)
        break
      }
      await deduplicator.close()
      expect(await readdir(tmp)).toEqual([])
    }))

  it('tells what it did', () =>
    inFolder(async (folder) => {
      const meter = new Meter()
      await outcome(plan, [lines], { bytesMax: 1000, tmp: folder, meter })
      expect(meter.take()['drop duplicates']).toMatchObject({ rowsIn: 2000, rowsOut: 900 })
    }))
})

describe('a run that drops duplicates', () => {
  /** Reads the folder's objects, and gives what was written and counted. */
  async function read(folder: string, keyBytes: number, workerCount: number, options: RunOptions = {}) {
    const plan = planOf(cases[2].frame)
    const out = join(folder, `out${keyBytes}by${workerCount}`)
    const placed = {
      ...plan,
      batchRows: 200,
      location: join(folder, 'in'),
      sinks: plan.sinks.map((sink) => ({ ...sink, to: join(out, sink.to) })),
    }
    const places = await openPlaces({ name: 'messages', hash: 'h1' }, placed, {})
    const { store } = places.input
    const { objects } = await findInput(store, placed.location)
    const units = Array.from(objects, (object, index) => ({
      number: index,
      splits: [{ index, object, start: 0, end: undefined }],
    }))
    // As in a run, one of the threads is this one.
    const crew =
      workerCount > 1
        ? new Crew({ plan: placed, readsFiles: true, workerCount: workerCount - 1, worksHere: true })
        : undefined
    const coordinator = await openCoordinator(places, { crew })
    const threads = { count: workerCount, windowBytes: 1000, aheadBytes: 1000, keyBytes }
    const progress: number[] = []
    try {
      const { inputs } = await readObjects(
        { plan: placed, store, objects, units, crew, archive: undefined, threads, meter: undefined },
        coordinator,
        {
          onMalformed: 'quarantine',
          tmp: join(folder, 'tmp'),
          onProgress: ({ rows }) => progress.push(rows),
          ...options,
        },
      )
      const outputs = await coordinator.prepare()
      for (const output of outputs) await store.complete(output)
      const files = await Promise.all(outputs.map(({ name }) => readFile(name, 'latin1')))
      return { accountings: Array.from(inputs, ({ accounting }) => accounting), files, rows: progress.at(-1) }
    } catch (error) {
      await coordinator.abort()
      throw error
    } finally {
      await crew?.dismiss()
    }
  }

  async function writeObjects(folder: string, objects: readonly (readonly Line[])[]): Promise<void> {
    await mkdir(join(folder, 'in'))
    await mkdir(join(folder, 'tmp'))
    for (const [index, lines] of objects.entries()) {
      await writeFile(join(folder, 'in', String(index)), lines.map(textOf).join(''))
    }
  }

  it(`writes and counts the same in a few bytes of memory, on one thread and on two, seed ${testSeed}`, () =>
    inFolder(async (folder) => {
      const random = randomFrom(testSeed)
      const objects = Array.from({ length: 5 }, () => Array.from({ length: 1200 }, () => randomLine(random, 500)))
      await writeObjects(folder, objects)
      const expected = outcomeOracle(cases[2], objects)
      const first = await read(folder, 1 << 30, 1)
      expect(first.files[2]).toBe(`message,who,note,at\r\n${expected.csv}`)
      expect(first.accountings).toEqual(expected.accountings)
      expect(first.rows).toBe(expected.accountings.reduce((sum, { rows }) => sum + rows, 0))
      for (const [keyBytes, workerCount] of [
        [1 << 30, 2],
        [3000, 1],
        [3000, 2],
      ]) {
        expect(await read(folder, keyBytes, workerCount), `${keyBytes} bytes`).toEqual(first)
        expect(await readdir(join(folder, 'tmp'))).toEqual([])
      }
    }))

  it('leaves no file when it fails while rows wait', () =>
    inFolder(async (folder) => {
      const random = randomFrom(testSeed)
      const lines = Array.from({ length: 3000 }, () => randomLine(random, 5000)).filter(
        (line) => typeof line !== 'string',
      )
      await writeObjects(folder, [lines, ['{"messageId":']])
      for (const workerCount of [1, 2]) {
        await expect(read(folder, 3000, workerCount, { onMalformed: 'fail' })).rejects.toThrow(
          `MALFORMED_JSON: the line ends before its object does\n  at ${join(folder, 'in/1')} line 1, byte 13 of`,
        )
        const controller = new AbortController()
        const onProgress = ({ objects: done }: { readonly objects: number }) => {
          if (done > 0) controller.abort(new Error('enough'))
        }
        await expect(read(folder, 3000, workerCount, { onProgress, signal: controller.signal })).rejects.toThrow(
          'enough',
        )
        expect(await readdir(join(folder, 'tmp'))).toEqual([])
      }
    }))
})
