import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { type Location, openMemoryStore, openStore, parseLocation, type Store } from '@fletching/storage'
import { inFolder, randomFrom, testSeed } from '@fletching/testing'
import { Field, makeData, RecordBatch, Schema, Struct, Utf8, vectorFromArray } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { ParquetSink, type TableTarget } from '../src/parquet-sink.ts'
import type { ParquetSinkPlan } from '../src/physical.ts'
import { type OutputInfo, outputInfo } from '../src/report.ts'
import { openTableEncoder } from '../src/table-encoder.ts'
import { partsOf, type TablePart } from '../src/table-part.ts'
import { packBody, spillForm, unpackBody } from '../src/worker-messages.ts'
import { objectsIn, openWatchedStore, sha256Of } from './stores.ts'
import { numberedBatch, numberedSchema, randomNumberedRows } from './table-parts.ts'

const schema = new Schema([new Field('id', new Utf8(), false), new Field('part', new Utf8(), false)])

/** So many rows of a partition, each with an id of so many bytes. */
function batchOf(part: string, rows: number, idBytes: number): RecordBatch {
  const ids = Array.from({ length: rows }, (_, row) => String(row).padEnd(idBytes, '.'))
  const children = [ids, ids.map(() => part)].map((texts) => vectorFromArray(texts, new Utf8()).data[0])
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children }))
}

function tableIn(folder: Location): TableTarget {
  return { folder, partFile: 'part-00000.parquet' }
}

/** Shows what was prepared, as a commit does. */
async function show(store: Store, sink: ParquetSink): Promise<OutputInfo[]> {
  const outputs = await sink.prepare()
  for (const output of outputs) await store.complete(output)
  return outputs.map((output) => outputInfo(output, 'r1'))
}

/** The rows of each row group, by partition, of a table that was written with small bounds. */
function rowGroups(batches: readonly RecordBatch[], openBytes: number): Promise<Record<string, number[]>> {
  return inFolder(async (folder) => {
    await mkdir(join(folder, 'table'))
    const location = parseLocation(`${folder}/table/`)
    const store = await openStore(location)
    const sink = await ParquetSink.open(store, tableIn(location), schema, {
      format: 'parquet',
      to: `${folder}/table`,
      columns: [],
      partitionBy: ['part'],
      writer: 'fletching',
      compression: 'snappy',
      rowGroupRows: 10,
      openRows: 15,
      openBytes,
    })
    for (const batch of batches) await sink.write(partsOf(batch, ['part'], false))
    await show(store, sink)
    const instance = await DuckDBInstance.create()
    const connection = await instance.connect()
    const found = await connection.runAndReadAll(
      `select distinct regexp_extract(file_name, 'part=(.)', 1), row_group_id, row_group_num_rows from parquet_metadata('${folder}/table/*/*.parquet') order by all`,
    )
    connection.closeSync()
    instance.closeSync()
    const groups: Record<string, number[]> = {}
    for (const [part, , rows] of found.getRows()) {
      groups[String(part)] ??= []
      groups[String(part)].push(Number(rows))
    }
    return groups
  })
}

describe('a row group', () => {
  const unbounded = Number.POSITIVE_INFINITY

  it('ends when its partition has so many rows', async () => {
    expect(await rowGroups([batchOf('a', 4, 1), batchOf('a', 17, 1)], unbounded)).toEqual({ a: [10, 10, 1] })
  })

  it('ends when all partitions have so many rows and its own has most', async () => {
    const batches = [batchOf('a', 6, 1), batchOf('b', 7, 1), batchOf('c', 4, 1), batchOf('b', 1, 1)]
    expect(await rowGroups(batches, unbounded)).toEqual({ a: [6], b: [7, 1], c: [4] })
  })

  it('ends when all partitions have so many bytes and its own has most', async () => {
    const batches = [batchOf('a', 5, 10), batchOf('b', 2, 2000), batchOf('c', 1, 2000), batchOf('b', 1, 10)]
    expect(await rowGroups(batches, 6000)).toEqual({ a: [5], b: [2, 1], c: [1] })
  })
})

const folder = parseLocation('memory:table/')

function planOf(plan: Partial<ParquetSinkPlan> = {}): ParquetSinkPlan {
  return {
    format: 'parquet',
    to: 'memory:table/',
    columns: [],
    partitionBy: ['part'],
    writer: 'fletching',
    compression: 'snappy',
    rowGroupRows: 10,
    openRows: 1000,
    openBytes: Number.POSITIVE_INFINITY,
    ...plan,
  }
}

function openSink(store: Store, plan: Partial<ParquetSinkPlan> = {}): Promise<ParquetSink> {
  return ParquetSink.open(store, tableIn(folder), schema, planOf(plan))
}

/** A row of each of the partitions, in order, its number as its id. */
function rowsOf(parts: readonly string[]): RecordBatch {
  const children = [parts.map((_, row) => String(row)), parts].map(
    (texts) => vectorFromArray(texts, new Utf8()).data[0],
  )
  const data = makeData({ type: new Struct(schema.fields), length: parts.length, nullCount: 0, children })
  return new RecordBatch(schema, data)
}

/** The table of these rows in two levels of folders, whose batches end behind these numbers of rows. */
async function tableOf(rows: readonly string[], ends: readonly number[], openRows: number) {
  const { store } = openWatchedStore()
  const schema = new Schema(['id', 'part', 'sub'].map((name) => new Field(name, new Utf8(), false)))
  const sink = await ParquetSink.open(
    store,
    tableIn(folder),
    schema,
    planOf({ partitionBy: ['part', 'sub'], rowGroupRows: 30, openRows }),
  )
  let start = 0
  for (const end of [...ends, rows.length]) {
    const texts = rows.slice(start, end).map((row, index) => [String(start + index), row[0], row[1]])
    const children = [0, 1, 2].map(
      (column) =>
        vectorFromArray(
          texts.map((text) => text[column]),
          new Utf8(),
        ).data[0],
    )
    const data = makeData({ type: new Struct(schema.fields), length: texts.length, nullCount: 0, children })
    await sink.write(partsOf(new RecordBatch(schema, data), ['part', 'sub'], false))
    start = end
  }
  await show(store, sink)
  return objectsIn(store)
}

describe('a table', () => {
  it.each(Array.from({ length: 12 }, (_, i) => testSeed + i))(
    'has the same bytes however its rows come in batches (FLETCHING_SEED=%i)',
    async (seed) => {
      const random = randomFrom(seed)
      const openRows = random.pick([1000, 96, 128])
      const rows = Array.from(
        { length: 95 },
        () => `${random.pick(['a', 'b', 'c'])}${random.pick(['1', '2', '3', '4'])}`,
      )
      const cuts = (count: number) => Array.from({ length: count }, () => random.below(301)).sort((a, b) => a - b)
      const whole = await tableOf(rows, [], openRows)
      const expected = rows.map(([part, sub]) => `table/part=${part}/sub=${sub}/part-00000.parquet`)
      expect(new Set(Object.keys(whole))).toEqual(new Set(expected))
      for (const ends of [cuts(1), cuts(7), rows.map((_, row) => row)]) {
        expect(await tableOf(rows, ends, openRows), `batches end at ${ends.join(', ')}`).toEqual(whole)
      }
    },
  )

  it.each(Array.from({ length: 12 }, (_, i) => testSeed + i))(
    'has the same bytes whatever of its parts lay in a file (FLETCHING_SEED=%i)',
    async (seed) => {
      const random = randomFrom(seed)
      const batches = Array.from({ length: 12 }, () =>
        partsOf(numberedBatch(randomNumberedRows(random, 1 + random.below(120), 150)), ['day'], false),
      )
      const bounds = random.pick([
        { rowGroupRows: 50, openRows: 200 },
        { rowGroupRows: 1000, openRows: 4000, openBytes: 60_000 },
      ])
      const form = spillForm([numberedSchema])
      const inFile = (parts: readonly TablePart[]): readonly TablePart[] => {
        const { transfer: _, ...packed } = packBody({ parts: [{ format: 'parquet', parts }], rejects: [] })
        const read = form.read(form.write({ kind: 'morsel', unit: 0, index: 0, ...packed }))
        const [part] = unpackBody(read as never, { sinks: [numberedSchema], undecided: undefined }).parts
        return part.format === 'parquet' ? part.parts : []
      }
      const tableOf = async (given: readonly (readonly TablePart[])[]) => {
        const { store } = openWatchedStore()
        const plan = planOf({ partitionBy: ['day'], ...bounds })
        const withDay = new Schema([new Field('day', new Utf8(), true), ...numberedSchema.fields])
        const sink = await ParquetSink.open(store, tableIn(folder), withDay, plan)
        for (const parts of given) await sink.write(parts)
        await show(store, sink)
        return objectsIn(store)
      }
      const expected = await tableOf(batches)
      expect(await tableOf(batches.map(inFile))).toEqual(expected)
      expect(await tableOf(batches.map((parts) => (random.below(2) === 0 ? parts : inFile(parts))))).toEqual(expected)
    },
  )

  it('has the same bytes when the largest partitions are equal and were met in another order', async () => {
    const most = Array.from({ length: 19 }, () => ['b1', 'a2']).flat()
    const others = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'].flatMap((partition) => Array<string>(10).fill(partition))
    const rows = ['a1', 'b1', 'a2', ...most, ...others, 'a2', 'b1']
    const oneByOne = rows.map((_, row) => row)
    expect(await tableOf(rows, oneByOne, 96)).toEqual(await tableOf(rows, [], 96))
  })

  it('holds no more rows than it may, however many partitions there are', async () => {
    const { store, events } = openWatchedStore()
    const sink = await openSink(store, { rowGroupRows: 8, openRows: 32 })
    const parts = Array.from({ length: 500 }, (_, i) => `p${i}`)
    // Each partition gets one row, so that each file that was begun is one row that waits no more.
    for (let start = 0; start < parts.length; start += 20) {
      await sink.write(partsOf(rowsOf(parts.slice(start, start + 20)), ['part'], false))
      const begun = events.filter((event) => event.startsWith('create')).length
      expect(sink.rows - begun).toBeLessThanOrEqual(32)
    }
    const outputs = await sink.prepare()
    expect(await objectsIn(store)).toEqual({})
    for (const output of outputs) await store.complete(output)
    expect(outputs).toHaveLength(500)
    expect(new Set(outputs.map(({ rows }) => rows))).toEqual(new Set([1]))
    expect(Object.keys(await objectsIn(store))).toHaveLength(500)
  })

  it('tells the rows and bytes of each file', async () => {
    const { store } = openWatchedStore()
    const sink = await openSink(store)
    await sink.write(partsOf(rowsOf(['b', 'a', 'b']), ['part'], false))
    const outputs = await show(store, sink)
    const objects = await objectsIn(store)
    expect(outputs).toEqual(
      ['b', 'a'].map((part) => ({
        name: `memory:table/part=${part}/part-00000.parquet`,
        format: 'parquet',
        rows: part === 'b' ? 2 : 1,
        bytes: objects[`table/part=${part}/part-00000.parquet`].length,
        sha256: sha256Of(objects[`table/part=${part}/part-00000.parquet`]),
        run: 'r1',
      })),
    )
    expect(sink.rows).toBe(3)
  })

  it.each([
    [['part'], []],
    [[], [expect.objectContaining({ name: 'memory:table/part-00000.parquet', format: 'parquet', rows: 0 })]],
  ])('without rows, partitioned by %j, is %o', async (partitionBy, outputs) => {
    const { store } = openWatchedStore()
    const sink = await openSink(store, { partitionBy })
    await sink.write(partsOf(rowsOf([]), partitionBy, false))
    expect(await show(store, sink)).toEqual(outputs)
  })

  it('that is given up leaves neither files nor folders, whatever was written', () =>
    inFolder(async (place) => {
      const location = parseLocation(`${place}/table/`)
      const plan = { format: 'parquet', to: place, columns: [], writer: 'fletching', compression: 'none' } as const
      const bounds = { partitionBy: ['part'], rowGroupRows: 2, openRows: 8, openBytes: Number.POSITIVE_INFINITY }
      const sink = await ParquetSink.open(await openStore(location), tableIn(location), schema, { ...plan, ...bounds })
      await sink.write(partsOf(rowsOf(['a', 'a', 'b', 'b', 'c']), ['part'], false))
      expect(await readdir(join(place, 'table'))).toEqual(['part=a', 'part=b'])
      await sink.prepare()
      await sink.abort()
      await sink.abort()
      expect(await readdir(place)).toEqual([])
    }))

  it('that is given up while its files are made makes no more, and leaves none', () =>
    inFolder(async (place) => {
      const location = parseLocation(`${place}/table/`)
      const store = await openStore(location)
      const plan = { format: 'parquet', to: place, columns: [], writer: 'fletching', compression: 'none' } as const
      const bounds = { partitionBy: ['part'], rowGroupRows: 9, openRows: 900, openBytes: Number.POSITIVE_INFINITY }
      let made = 0
      let aborted: Promise<void> | undefined
      const create: Store['create'] = (file, options) => {
        made++
        if (made === 20) aborted = sink.abort()
        return store.create(file, options)
      }
      const sink = await ParquetSink.open({ create }, tableIn(location), schema, { ...plan, ...bounds })
      await sink.write(partsOf(rowsOf(Array.from({ length: 100 }, (_, part) => `${part}`)), ['part'], false))
      // Which of those that were being made says so first is not known.
      await expect(sink.prepare()).rejects.toThrow()
      await aborted
      expect(made).toBeLessThan(40)
      expect(await readdir(place)).toEqual([])
    }))
})

describe('a table whose row groups others encode', () => {
  const plan: ParquetSinkPlan = {
    format: 'parquet',
    to: 'memory:table/',
    columns: [],
    partitionBy: [],
    writer: 'fletching',
    compression: 'snappy',
    rowGroupRows: 10,
    openRows: 1000,
    openBytes: 1e9,
  }
  const location = parseLocation('memory:table/')
  const rows = partsOf(batchOf('a', 10, 3), [], true)

  /** A table, and an encoder for it of which each row group waits until it is let go. */
  async function openSlow(store: Store) {
    const encoder = await openTableEncoder(schema, plan)
    const letGo: ((error?: Error) => void)[] = []
    const encode: typeof encoder.encode = async (waiting) => {
      const error = await new Promise<Error | undefined>((resolve) => letGo.push(resolve))
      if (error !== undefined) throw error
      return encoder.encode(waiting)
    }
    return { letGo, sink: await ParquetSink.open(store, tableIn(location), schema, plan, { encode }) }
  }

  it('takes rows while one is encoded, waits for it with the next, and has the same bytes', async () => {
    const [store, other] = [openMemoryStore(), openMemoryStore()]
    const { letGo, sink } = await openSlow(store)
    await sink.write(rows)
    let isTaken = false
    const taken = sink.write(rows).then(() => {
      isTaken = true
    })
    await new Promise(setImmediate)
    expect([isTaken, letGo.length, sink.rows]).toEqual([false, 2, 20])
    letGo[0]()
    await taken
    const shown = show(store, sink)
    letGo[1]()
    const alone = await ParquetSink.open(other, tableIn(location), schema, plan)
    for (let count = 0; count < 2; count++) await alone.write(rows)
    expect((await shown).map(({ sha256 }) => sha256)).toEqual((await show(other, alone)).map(({ sha256 }) => sha256))
    expect(sink.rows).toBe(20)
  })

  it('fails as a bug of ours when a row group has lost rows', async () => {
    const encoder = await openTableEncoder(schema, plan)
    const few = batchOf('a', 9, 3)
    const losing = { encode: () => encoder.encode([{ batch: few }]) }
    const sink = await ParquetSink.open(openMemoryStore(), tableIn(location), schema, plan, losing)
    await sink.write(rows)
    await expect(sink.prepare()).rejects.toThrow('a file of "" has 9 rows, but was given 10')
  })

  it('fails at the end, if not before, when one fails', async () => {
    const { letGo, sink } = await openSlow(openMemoryStore())
    await sink.write(rows)
    letGo[0](new Error('no more'))
    await expect(sink.prepare()).rejects.toThrow('no more')
  })

  it('fails with the next row group when one has failed', async () => {
    const { letGo, sink } = await openSlow(openMemoryStore())
    await sink.write(rows)
    letGo[0](new Error('no more'))
    await expect(sink.write(rows)).rejects.toThrow('no more')
  })

  it('fails once when those behind it fail as well', async () => {
    const unheard: unknown[] = []
    const hear = (reason: unknown) => unheard.push(reason)
    process.on('unhandledRejection', hear)
    try {
      const { letGo, sink } = await openSlow(openMemoryStore())
      await sink.write(rows)
      const second = sink.write(rows)
      await new Promise(setImmediate)
      for (const fail of letGo) fail(new Error('no more'))
      await expect(second).rejects.toThrow('no more')
      await new Promise(setImmediate)
      expect(unheard).toEqual([])
    } finally {
      process.off('unhandledRejection', hear)
    }
  })
})
