import { on, once } from 'node:events'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MessageChannel, Worker } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'
import { sliceBatch } from '@fletching/columns'
import type { BatchRows, ParquetWriterName } from '@fletching/parquet'
import { findInput, type ObjectInfo, openLocalStore, type Store } from '@fletching/storage'
import { inFolder, randomFrom, testSeed } from '@fletching/testing'
import { tableFromArrays } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { Crew, type CrewOptions, type CrewScan } from '../src/crew.ts'
import { InflateAhead } from '../src/inflate-ahead.ts'
import { fileSchema, sinkSchema } from '../src/operators.ts'
import type { ParquetSinkPlan, PhysicalPlan } from '../src/physical.ts'
import { Pipeline } from '../src/pipeline.ts'
import { serveCrew } from '../src/serve-crew.ts'
import { planUnits } from '../src/split.ts'
import { openTableEncoder } from '../src/table-encoder.ts'
import { rowsOfPart } from '../src/table-part.ts'
import { openWorker } from '../src/waiting-workers.ts'
import { type PackedError, Shared } from '../src/worker-messages.ts'
import { clickLines, clicksPlan } from './clicks.ts'

const local = openLocalStore()
/** The same files, as a store that has to be waited for. */
const waited: Store = { ...local, readSync: undefined } as never

interface ScanOptions
  extends Partial<CrewScan>,
    Partial<Pick<CrewOptions, 'plan' | 'workerCount' | 'worksHere' | 'openWorker'>> {
  readonly store?: Store
}

/** What comes from workers, put together: the CSV, lines by object, and the failure when there was one. */
async function scan(objects: readonly ObjectInfo[], options: ScanOptions = {}) {
  const store = options.store ?? local
  const csv: Buffer[] = []
  const lines: Record<string, number> = {}
  let failure: PackedError | undefined
  let read = 0
  const { plan = clicksPlan(), workerCount = 2, worksHere, openWorker } = options
  const crew = new Crew({
    plan,
    readsFiles: store.readSync !== undefined,
    workerCount,
    ...(worksHere === undefined ? {} : { worksHere }),
    ...(openWorker === undefined ? {} : { openWorker }),
  })
  const messages = crew.scan({
    objects,
    // One object is one unit, so that there is something to put in order.
    units: objects.map((object, number) => ({ number, splits: [{ index: number, object, start: 0, end: undefined }] })),
    windowBytes: 1_000_000,
    tmp: undefined,
    chunks: (split) => store.read(split.object),
    onRead: (bytes) => {
      read += bytes
    },
    ...options,
  })
  try {
    for await (const message of messages) {
      if (message.kind === 'failed') failure ??= message.error
      else if (message.kind === 'ended')
        for (const { counts } of message.ended.objects)
          lines[counts.object.replace(/.*\//, '')] = counts.accounting.lines
      else for (const part of message.parts) if (part.format === 'csv') csv.push(Buffer.from(part.bytes))
      if (failure !== undefined) break
    }
  } finally {
    await crew.dismiss()
  }
  return { csv: Buffer.concat(csv).toString(), lines, failure, read }
}

/** Files in a folder, as they are found. */
async function filesOf(folder: string, contents: Readonly<Record<string, string | Uint8Array>>) {
  await mkdir(join(folder, 'in'))
  for (const [name, bytes] of Object.entries(contents)) await writeFile(join(folder, 'in', name), bytes)
  return [...(await findInput(local, join(folder, 'in'))).objects]
}

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
const contents = Object.fromEntries(
  names.map((name, n) => {
    const text = clickLines(500 * (n % 3) + 40, name)
    return [name, n % 2 === 0 ? text : gzipSync(text)]
  }),
)

describe('workers', () => {
  it.each([1, 3])('give what one thread gives, in the same order, when there are %d', (workerCount) =>
    inFolder(async (folder) => {
      const objects = await filesOf(folder, contents)
      const expected = await scan(objects, { workerCount: 1 })
      expect(Object.keys(expected.lines)).toEqual(names)
      for (const options of [
        {},
        { store: waited },
        { windowBytes: 0, tmp: folder },
        { units: await planUnits(objects, local) },
      ]) {
        const { csv, lines } = await scan(objects, { workerCount, ...options })
        expect({ csv, lines }).toEqual({ csv: expected.csv, lines: expected.lines })
      }
      expect(await readdir(folder)).toEqual(['in'])
    }),
  )

  it.each([0, 1, 2])('give the same when this thread works beside %d of them', (workerCount) =>
    inFolder(async (folder) => {
      const objects = await filesOf(folder, contents)
      const { csv, lines, failure } = await scan(objects)
      for (const options of [{}, { windowBytes: 0, tmp: folder }, { units: await planUnits(objects, local) }])
        expect(await scan(objects, { workerCount, worksHere: true, ...options })).toMatchObject({ csv, lines, failure })
      expect(await readdir(folder)).toEqual(['in'])
    }),
  )

  it('leave this thread to others while it works beside them', () =>
    inFolder(async (folder) => {
      const [object] = await filesOf(folder, { a: clickLines(200_000) })
      let turns = 0
      let isOver = false
      const countTurns = () => {
        turns++
        if (!isOver) setImmediate(countTurns)
      }
      countTurns()
      const { lines } = await scan([object], { workerCount: 0, worksHere: true })
      isOver = true
      expect(lines).toEqual({ a: 200_000 })
      // Of what is sent beyond 4 MiB each message waits for its turn; without pauses there would be few more.
      expect(turns).toBeGreaterThan(15)
    }))

  it('are the same from the package as from the command, whose files the others of these tests load', () =>
    inFolder(async (folder) => {
      const objects = await filesOf(folder, contents)
      const dist = new URL('../dist/worker.js', import.meta.url)
      const openOwn = () => new Worker(dist, { execArgv: [] })
      const { csv, lines, failure } = await scan(objects)
      expect(await scan(objects, { openWorker: openOwn })).toMatchObject({ csv, lines, failure })
    }))

  it('tell what they have read', () =>
    inFolder(async (folder) => {
      const objects = await filesOf(folder, { a: clickLines(3000), b: clickLines(3000) })
      const { read } = await scan(objects)
      const size = objects.reduce((sum, object) => sum + object.size, 0)
      expect(read).toBeGreaterThan(size - 2 * 1024)
      expect(read).toBeLessThanOrEqual(size)
    }))

  it('go on while the first unit is slow, in bounded memory', () =>
    inFolder(async (folder) => {
      const objects = await filesOf(folder, contents)
      const expected = await scan(objects)
      let letFirstGo = () => {}
      const firstMayGo = new Promise<void>((resolve) => {
        letFirstGo = resolve
      })
      let others = objects.length - 1
      const spilled: string[] = []
      // The first object's bytes come when all of the others have been read to their end.
      const chunks: CrewScan['chunks'] = async function* ({ index, object }) {
        if (index === 0) await firstMayGo
        yield* local.read(object)
        if (index > 0 && --others === 0) {
          spilled.push(...(await readdir(folder)).filter((name) => name.endsWith('.spill')))
          letFirstGo()
        }
      }
      const { csv } = await scan(objects, { store: waited, chunks, windowBytes: 1000, tmp: folder })
      expect(csv).toBe(expected.csv)
      expect(spilled).toHaveLength(1)
      expect(await readdir(folder)).toEqual(['in'])
    }))

  it('take pieces that share their memory, as those of a network may, and pieces of their own, in any sizes', () =>
    inFolder(async (folder) => {
      // More than is given to a worker in one message.
      const objects = await filesOf(folder, { ...contents, h: clickLines(5000), i: '' })
      const { csv, lines } = await scan(objects)
      for (let seed = testSeed; seed < testSeed + 5; seed++) {
        const random = randomFrom(seed)
        const chunks: CrewScan['chunks'] = async function* ({ object }) {
          const whole = await readFile(object.name)
          const pieceBytes = random.pick([1000, 70_000, 10_000_000])
          for (let at = 0; at < whole.length; ) {
            const piece = whole.subarray(at, at + 1 + random.below(pieceBytes))
            yield random.below(2) === 0 ? piece : new Uint8Array(piece)
            at += piece.length
          }
        }
        expect(await scan(objects, { store: waited, chunks }), `FLETCHING_SEED=${seed}`).toMatchObject({ csv, lines })
      }
    }))

  it('report a failure when it is its turn, after all that comes before', () =>
    inFolder(async (folder) => {
      const damaged = gzipSync(clickLines(900)).subarray(0, 500)
      const objects = await filesOf(folder, { a: clickLines(4000), b: damaged, c: damaged })
      for (const store of [local, waited]) {
        const { failure, lines } = await scan(objects, { store })
        expect(lines).toEqual({ a: 4000 })
        expect(failure).toMatchObject({ kind: 'data', code: 'CORRUPT_GZIP', at: [objects[1].name] })
      }
    }))

  it('report what the store says of an object', () =>
    inFolder(async (folder) => {
      const objects = await filesOf(folder, contents)
      await writeFile(objects[2].name, 'changed')
      for (const store of [local, waited]) {
        const { failure } = await scan(objects, { store })
        expect(failure).toMatchObject({ kind: 'environment', code: 'OBJECT_CHANGED', at: [objects[2].name] })
      }
    }))

  it('end with whoever stops listening', () =>
    inFolder(async (folder) => {
      const objects = await filesOf(folder, contents)
      const crew = new Crew({ plan: clicksPlan(), readsFiles: false, workerCount: 2 })
      const messages = crew.scan({
        objects,
        units: await planUnits(objects, local),
        windowBytes: 1000,
        tmp: folder,
        chunks: ({ object }) => local.read(object),
        onRead: () => {},
      })
      for await (const _ of messages) break
      await crew.dismiss()
      expect(await readdir(folder)).toEqual(['in'])
    }))
})

/** The plan of the clicks with a writer for its table. */
function planWith(writer: ParquetWriterName): PhysicalPlan {
  const plan = clicksPlan()
  return { ...plan, sinks: plan.sinks.map((sink) => (sink.format === 'parquet' ? { ...sink, writer } : sink)) }
}

describe('workers that begin before anyone takes what they scan', () => {
  /** A crew that has begun, and its first worker. */
  function begun(objects: readonly ObjectInfo[], open: () => Worker) {
    const workers: Worker[] = []
    const openNext = () => {
      workers.push(open())
      return workers[workers.length - 1]
    }
    const crew = new Crew({ plan: clicksPlan(), readsFiles: true, workerCount: 2, openWorker: openNext })
    const units = objects.map((object, number) => ({
      number,
      splits: [{ index: number, object, start: 0, end: undefined }],
    }))
    crew.begin({ objects, units })
    const scanning = { objects, units, windowBytes: 1_000_000, tmp: undefined, chunks: () => never, onRead: () => {} }
    return { crew, first: workers[0], messages: () => crew.scan(scanning) }
  }

  // Nobody is asked for bytes where workers read by themselves.
  const never: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }

  it('give the same', () =>
    inFolder(async (folder) => {
      const objects = await filesOf(folder, contents)
      const expected = await scan(objects)
      const { crew, first, messages } = begun(objects, openWorker)
      const csv: Buffer[] = []
      try {
        await once(first, 'message')
        for await (const message of messages()) {
          if (message.kind !== 'morsel') continue
          for (const part of message.parts) if (part.format === 'csv') csv.push(Buffer.from(part.bytes))
        }
      } finally {
        await crew.dismiss()
      }
      expect(Buffer.concat(csv).toString()).toBe(expected.csv)
    }))

  it('tell of a death when what they scan is to be taken, with the object’s name', () =>
    inFolder(async (folder) => {
      const objects = await filesOf(folder, { a: clickLines(10), b: clickLines(10) })
      const { crew, first, messages } = begun(objects, () => new Worker('process.exit(0)', { eval: true }))
      try {
        await once(first, 'exit')
        await expect(messages().next()).rejects.toThrow(
          `INTERNAL: a worker ended before its work was done, with exit code 0\n  at ${objects[0].name}`,
        )
      } finally {
        await crew.dismiss()
      }
    }))
})

describe('what encodes row groups', () => {
  /** Scans many empty units with workers of which the one that is told to load it dies of that. */
  async function scanned(sinks: PhysicalPlan['sinks']): Promise<void> {
    let workers = 0
    // The first worker ends a unit when it is told something new, so that there is a unit when it dies.
    const code = `
      const { parentPort, workerData } = require('worker_threads')
      const units = []
      let ended = 0
      parentPort.on('message', ({ kind, unit, plan }) => {
        if (plan !== undefined) return
        if (kind === 'open') throw new Error('worker ' + workerData + ' loads it, behind ' + (units.length > 1 ? 'units' : 'none'))
        units.push(unit.number)
        while (ended < units.length - (workerData === 0 ? 1 : 0)) parentPort.postMessage({ kind: 'end', unit: units[ended++] })
      })`
    const openWorker = () => new Worker(code, { eval: true, workerData: sinks.length === 1 ? 1 : workers++ })
    const units = Array.from({ length: 30 }, (_, number) => ({ number, splits: [] }))
    await scan([], { plan: { ...clicksPlan(), sinks }, units, openWorker })
  }

  it('is loaded by one worker when few units are left', () =>
    expect(scanned(planWith('parquet-wasm').sinks)).rejects.toThrow('a worker died: worker 0 loads it, behind units'))

  it('is not loaded where there is no table, nor where it is there already', async () => {
    await scanned(clicksPlan().sinks.slice(0, 1))
    await scanned(planWith('fletching').sinks.slice(1))
  })

  it.each<[ParquetWriterName, number[]]>([
    ['fletching', [0, 1]],
    ['parquet-wasm', [0]],
  ])('is %s in the workers %j', async (writer, expected) => {
    let workers = 0
    const code = `
      const { parentPort, workerData } = require('worker_threads')
      parentPort.on('message', ({ kind, id }) => {
        if (kind === 'encode') parentPort.postMessage({ kind: 'encoded', id, group: { rows: workerData } })
      })`
    const openWorker = () => new Worker(code, { eval: true, workerData: workers++ })
    const crew = new Crew({ plan: planWith(writer), readsFiles: true, workerCount: 2, openWorker })
    try {
      const given = Array.from({ length: 9 }, () => tableFromArrays({ a: ['x'] }).batches.map((batch) => ({ batch })))
      const groups = await Promise.all(given.map((rows) => crew.encoder(1).encode(rows)))
      expect(new Set(groups.map(({ rows }) => rows))).toEqual(new Set(expected))
    } finally {
      await crew.dismiss()
    }
  })
})

const clicks = clicksPlan()
const clicksTable = clicks.sinks[1] as ParquetSinkPlan
const clicksSchema = fileSchema(sinkSchema(clicksTable.columns), clicksTable)

/** The table's rows of some lines, without the column that names the folder. */
async function rowsOf(lines: number): Promise<BatchRows[]> {
  const pipeline = new Pipeline(clicks)
  pipeline.start(0, 'a')
  const bodies = [...pipeline.push(Buffer.from(clickLines(lines)))]
  pipeline.end(0)
  bodies.push(...pipeline.flush())
  return bodies
    .flatMap(({ parts }) => parts.flatMap((part) => (part.format === 'parquet' ? part.parts : [])))
    .map((part) => rowsOfPart(part, clicksSchema))
}

describe('row groups beside which this thread scans', () => {
  it('are encoded by the others, and by this one when it has nothing to scan', () =>
    inFolder(async (folder) => {
      const objects = await filesOf(folder, { a: clickLines(50_000) })
      // It takes no row group and gives none back.
      const openWorker = () =>
        new Worker("require('worker_threads').parentPort.on('message', () => {})", { eval: true })
      const crew = new Crew({ plan: clicksPlan(), readsFiles: true, workerCount: 1, worksHere: true, openWorker })
      const encode = async () => crew.encoder(1).encode(await rowsOf(20))
      try {
        const units = await planUnits(objects, local)
        const chunks = () => local.read(objects[0])
        const messages = crew.scan({ objects, units, windowBytes: 1e6, tmp: undefined, chunks, onRead: () => {} })
        const first = messages.next()
        // Two are given to a thread at once; what it does not take waits for it.
        const given = [encode(), encode(), encode()]
        for (const group of given) group.catch(() => {})
        const events: string[] = []
        const encoded = given[2].then(({ rows }) => events.push(`${rows > 0 ? 'rows' : 'none'} encoded`))
        await first
        for await (const { kind } of messages) events.push(kind)
        await encoded
        expect(events.slice(-2)).toEqual(['ended', 'rows encoded'])
      } finally {
        await crew.dismiss()
      }
    }))

  it('end with a scan that nobody waits for any longer', () =>
    inFolder(async (folder) => {
      const objects = await filesOf(folder, { a: clickLines(10, 'a') })
      const openWorker = () =>
        new Worker("require('worker_threads').parentPort.on('message', () => {})", { eval: true })
      const crew = new Crew({ plan: clicksPlan(), readsFiles: true, workerCount: 1, openWorker })
      const units = await planUnits(objects, local)
      const chunks = () => local.read(objects[0])
      const messages = crew.scan({ objects, units, windowBytes: 1e6, tmp: undefined, chunks, onRead: () => {} })
      const first = messages.next()
      const over = messages.return(undefined)
      await Promise.all([expect(first).rejects.toThrow('the threads were ended'), crew.dismiss()])
      expect(await over).toEqual({ done: true, value: undefined })
    }))
})

describe('row groups that workers encode', () => {
  async function withCrew<T>(work: (crew: Crew) => Promise<T>, openWorker?: () => Worker): Promise<T> {
    const crew = new Crew({
      plan: clicks,
      readsFiles: true,
      workerCount: 2,
      ...(openWorker === undefined ? {} : { openWorker }),
    })
    try {
      return await work(crew)
    } finally {
      await crew.dismiss()
    }
  }

  it('are those that this thread would encode, also of slices, several at once', async () => {
    const here = await openTableEncoder(clicksSchema, clicksTable)
    /** Whole batches move, so each of the two has its own. */
    const groups = async (): Promise<BatchRows[][]> => {
      const slices = (await rowsOf(3000)).map(({ batch }) => ({ batch: sliceBatch(batch, 3, batch.numRows - 5) }))
      const ranges = (await rowsOf(1000)).map(({ batch }) => ({
        batch,
        ranges: Int32Array.of(0, 1, 5, 9, 20, batch.numRows),
      }))
      return [
        await rowsOf(3000),
        slices,
        (await rowsOf(3000)).slice(0, 1),
        slices.slice(0, 1),
        ranges,
        await rowsOf(2000),
      ]
    }
    const expected = await Promise.all((await groups()).map((group) => here.encode(group)))
    const given = await groups()
    const encoded = await withCrew((crew) => Promise.all(given.map((group) => crew.encoder(1).encode(group))))
    expect(encoded.map(({ rows, footer }) => ({ rows, footer }))).toEqual(
      expected.map(({ rows, footer }) => ({ rows, footer })),
    )
    for (const [n, { bytes }] of encoded.entries()) expect(Buffer.from(bytes).equals(expected[n].bytes)).toBe(true)
  })

  it('come although their worker waits until what it has scanned is taken', () =>
    inFolder(async (folder) => {
      const line = `{"event":"Product Clicked","userId":"${'u'.repeat(200)}","timestamp":"2019-05-18T14:03:22.129Z"}\n`
      const [object] = await filesOf(folder, { a: gzipSync(line.repeat(80_000)) })
      await withCrew(async (crew) => {
        const messages = crew.scan({
          objects: [object],
          units: [{ number: 0, splits: [{ index: 0, object, start: 0, end: undefined }] }],
          windowBytes: 1_000_000,
          tmp: undefined,
          chunks: (split) => local.read(split.object),
          onRead: () => {},
        })
        let morsels = 0
        let bytes = 0
        for await (const message of messages) {
          if (message.kind !== 'morsel') continue
          morsels++
          bytes += message.byteLength
          expect((await crew.encoder(1).encode(await rowsOf(20))).rows).toBeGreaterThan(0)
        }
        expect(morsels).toBe(5)
        // More than it sends before it waits.
        expect(bytes).toBeGreaterThan(8 * 1024 * 1024)
      })
    }))

  it('fail as they would here, and leave the worker for others', () =>
    withCrew(async (crew) => {
      await expect(crew.encoder(1).encode([])).rejects.toThrow(/^INTERNAL: a row group without rows cannot be encoded/)
      await expect(crew.encoder(0).encode(await rowsOf(20))).rejects.toThrow(/^INTERNAL: a CSV has no row groups/)
      expect((await crew.encoder(1).encode(await rowsOf(20))).rows).toBeGreaterThan(0)
    }))

  it('fail when a worker dies, those that wait and those that come later too', () =>
    withCrew(
      async (crew) => {
        const death =
          /^INTERNAL: a worker ended before its work was done, with exit code 0\n {2}at the encoding of row groups$/
        const rows = await Promise.all(Array.from({ length: 5 }, () => rowsOf(20)))
        const groups = rows.slice(1).map((group) => crew.encoder(1).encode(group))
        for (const group of await Promise.allSettled(groups)) {
          expect(group).toMatchObject({ status: 'rejected', reason: { message: expect.stringMatching(death) } })
        }
        await expect(crew.encoder(1).encode(rows[0])).rejects.toThrow(death)
      },
      () => new Worker('process.exit(0)', { eval: true }),
    ))
})

describe('a worker', () => {
  it('says which object of a unit it reads, or was the last to read', () =>
    inFolder(async (folder) => {
      const damaged = gzipSync(clickLines(9)).subarray(0, -1)
      const objects = await filesOf(folder, { a: clickLines(9), b: '', c: damaged, d: clickLines(9) })
      const shared = new SharedArrayBuffer(Shared.size * Int32Array.BYTES_PER_ELEMENT)
      const { port1, port2 } = new MessageChannel()
      serveCrew(port2, { kind: 'scan', plan: clicksPlan(), readsFiles: true, measures: false, shared })
      const readIn = async (part: readonly ObjectInfo[]) => {
        const splits = part.map((object) => ({ index: objects.indexOf(object), object, start: 0, end: undefined }))
        port1.postMessage({ kind: 'unit', unit: { number: 0, splits } })
        for await (const [{ kind }] of on(port1, 'message')) if (kind === 'end' || kind === 'failed') break
        return Atomics.load(new Int32Array(shared), Shared.object)
      }
      try {
        expect(await readIn(objects.slice(0, 1))).toBe(1)
        expect(await readIn(objects)).toBe(2)
      } finally {
        port1.close()
      }
    }))
})

describe('a worker that inflates ahead', () => {
  const contentOf = async (object: ObjectInfo, worker = openWorker()) => {
    const pieces: Uint8Array[] = []
    let read = 0
    const onRead = (bytes: number) => {
      read += bytes
    }
    for await (const bytes of new InflateAhead(object, worker).content(onRead)) pieces.push(Uint8Array.from(bytes))
    return { text: Buffer.concat(pieces).toString(), read }
  }

  it.each([
    ['nothing', ''],
    ['a line', '{}\n'],
    ['more than it may be ahead', clickLines(1000).repeat(130)],
  ])('gives %s', (_, text) =>
    inFolder(async (folder) => {
      const [object] = await filesOf(folder, { a: gzipSync(text) })
      const { text: got, read } = await contentOf(object)
      expect(got === text).toBe(true)
      expect(read === object.size || text === '').toBe(true)
    }),
  )

  it('reports what is wrong, and dies with the object’s name', () =>
    inFolder(async (folder) => {
      const [object] = await filesOf(folder, { a: gzipSync(clickLines(90)).subarray(0, 300) })
      await expect(contentOf(object)).rejects.toThrow(
        `CORRUPT_GZIP: the gzip file is damaged: it ends before its data does\n  at ${object.name}\n`,
      )
      await expect(contentOf(object, new Worker('process.exit(0)', { eval: true }))).rejects.toThrow(
        `INTERNAL: a worker ended before its work was done, with exit code 0\n  at ${object.name}`,
      )
    }))

  it('gives what it could inflate before it reports what is wrong', () =>
    inFolder(async (folder) => {
      const [object] = await filesOf(folder, { a: gzipSync(clickLines(90)).subarray(0, 300) })
      const lengths: number[] = []
      const read = async () => {
        for await (const bytes of new InflateAhead(object, openWorker()).content(() => {})) lengths.push(bytes.length)
      }
      await expect(read()).rejects.toThrow(/^CORRUPT_GZIP/)
      expect(lengths).toEqual([expect.any(Number)])
    }))

  it('ends with whoever stops listening', () =>
    inFolder(async (folder) => {
      const [object] = await filesOf(folder, { a: gzipSync(clickLines(1000).repeat(130)) })
      for await (const bytes of new InflateAhead(object, openWorker()).content(() => {})) {
        expect(bytes.length).toBeGreaterThan(0)
        break
      }
    }))
})

describe('a worker that dies beside this thread', () => {
  it('fails the run while this one scans, which goes no further', () =>
    inFolder(async (folder) => {
      const objects = await filesOf(folder, { a: clickLines(100_000), b: clickLines(10) })
      const openWorker = () => new Worker('process.exit(0)', { eval: true })
      await expect(scan(objects, { workerCount: 1, worksHere: true, openWorker })).rejects.toThrow(
        /^INTERNAL: a worker ended before its work was done, with exit code 0\n {2}at .*\/[ab]$/,
      )
    }))
})

describe('a worker that dies', () => {
  const deaths: [string, string, RegExp][] = [
    ['throws', 'throw new Error("oops")', /^INTERNAL: a worker died: oops\n {2}at .*\/a$/],
    ['ends without a word', 'process.exit(0)', /^INTERNAL: a worker ended .*, with exit code 0\n {2}at .*\/a$/],
    ['ends with an error', 'process.exit(1)', /^INTERNAL: a worker ended .*, with exit code 1\n {2}at .*\/a$/],
    [
      'has no memory left',
      'const all = []; while (true) all.push(new Array(1e5).fill(all.length))',
      /^WORKER_OUT_OF_MEMORY: a worker ran out of memory\n {2}at .*\/a\n {2}nothing was written; give it more memory, or fewer workers with --workers$/,
    ],
  ]

  it.each(deaths)('because it %s fails the run with the object’s name', (_, code, message) =>
    inFolder(async (folder) => {
      const objects = await filesOf(folder, { a: clickLines(10), b: clickLines(10) })
      const openWorker = () => {
        const limits = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 }
        return new Worker(`require('worker_threads').parentPort.on('message', () => { ${code} })`, {
          eval: true,
          resourceLimits: limits,
        })
      }
      await expect(scan(objects, { openWorker })).rejects.toThrow(message)
    }),
  )
})
