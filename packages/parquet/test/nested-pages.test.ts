import type { Form, Plain } from '@fletching/testing'
import { type DataType, type Field, Int32, Int64, Utf8 } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { fileOf } from './batches.ts'
import { field, leavesOf, listOf, nestedBatch, shred, structOf } from './nested.ts'
import { type Chunk, readChunk } from './oracle.ts'
import { duckdb, footerOf } from './readers.ts'

type Rows = readonly Readonly<Record<string, Plain>>[]

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number)

/** The one leaf of a column, as the oracle reads it; comparing whole lists is slow where they are long and differ. */
async function check(type: DataType, values: readonly Plain[], form: Form = 'plain'): Promise<Chunk> {
  const fields: Field[] = [field('c', type)]
  const rows: Rows = values.map((c) => ({ c }))
  const batch = nestedBatch(fields, rows, form)
  const file = await fileOf(batch.schema, [batch])
  const [{ level, depth }] = leavesOf(structOf(...fields))
  const chunk = readChunk(file, footerOf(file).row_groups[0].columns[0], level, depth)
  const [wanted] = shred(fields, rows)
  expect(chunk.values.length).toBe(wanted.length)
  const isOther = wanted.findIndex(
    ({ repetition, definition, value }, at) =>
      repetition !== chunk.repetitions[at] ||
      definition !== chunk.definitions[at] ||
      (typeof value === 'string' ? Buffer.from(value).toString('hex') : value?.toString()) !==
        (chunk.values[at] ?? undefined),
  )
  expect(isOther).toBe(-1)
  const query =
    'SELECT count(*)::INTEGER AS rows, count(c)::INTEGER AS present, max(length(c::VARCHAR)) > 0 AS read FROM FILE'
  const present = values.filter((value) => value !== null).length
  expect(await duckdb(file, query)).toEqual([{ rows: values.length, present, read: true }])
  return chunk
}

const forms: readonly Form[] = ['plain', 'slice']

/** How many entries each page has, all of which begin with a row. */
function pageEntries({ pages, repetitions }: Chunk): number[] {
  const counts = pages.filter(({ type }) => type === 'data').map(({ count }) => count)
  let at = 0
  for (const count of counts) {
    expect(repetitions[at]).toBe(0)
    at += count
  }
  return counts
}

describe('a page of a nested column', () => {
  it('has at most 131,072 entries of whole rows', async () => {
    const lists = numbers(50_000).map((row) => numbers(3).map((item) => BigInt(row + item)))
    expect(pageEntries(await check(listOf(new Int64()), lists))).toEqual([131_070, 18_930])
  })

  it('counts nulls and empty lists, whatever lies under them', async () => {
    const lists = numbers(90_000).map((row) => (row % 3 === 0 ? [row, null, row] : row % 3 === 1 ? [] : null))
    for (const form of forms) {
      expect(pageEntries(await check(listOf(new Int32()), lists, form))).toEqual([131_070, 18_930])
    }
  })

  it('has one row alone that is longer', async () => {
    const long = numbers(200_000)
    const lists = [[1], long, [2], null, long, [], [3]]
    expect(pageEntries(await check(listOf(new Int32()), lists))).toEqual([1, 200_000, 2, 200_000, 2])
    const texts = lists.map((list) => list?.map((item) => `item ${item % 90_000}`) ?? null)
    expect(pageEntries(await check(listOf(new Utf8()), texts))).toEqual([1, 200_000, 2, 200_000, 2])
    const repeated = lists.map((list) => list?.map((item) => `item ${item % 90}`) ?? null)
    const { entries, ...chunk } = await check(listOf(new Utf8()), repeated)
    expect(entries).toHaveLength(90)
    expect(pageEntries(chunk as Chunk)).toEqual([1, 200_000, 2, 200_000, 2])
  })

  it('has at most a MiB of texts, and whole rows', async () => {
    // Each takes 1024 bytes with its length.
    const text = (number: number) => String(number).padEnd(1020, '.')
    const pairs = numbers(1500).map((row) => [text(row), text(row + 0.5)])
    expect(pageEntries(await check(listOf(new Utf8()), pairs))).toEqual([1024, 1024, 952])
    const triples = numbers(1000).map((row) => [text(row), null, text(row + 0.25), text(row + 0.5)])
    expect(pageEntries(await check(listOf(new Utf8()), triples))).toEqual([1364, 1364, 1272])
    const [first] = pairs
    expect(
      pageEntries(await check(listOf(new Utf8()), [...pairs.slice(0, 3), numbers(2000).map(text), first])),
    ).toEqual([6, 2000, 2])
    for (const form of forms) {
      const some = pairs.map((pair, row) => (row % 2 === 0 ? null : pair))
      expect(pageEntries(await check(listOf(new Utf8()), some, form))).toEqual([1537, 713])
    }
  })

  it('of a struct ends where that of a column does', async () => {
    const texts = numbers(6000).map((row) => (row % 4 < 2 ? null : String(row).padEnd(1020, '.')))
    const structs = texts.map((a, row) => (row % 4 === 0 ? null : { a }))
    const counts = pageEntries(await check(new Utf8(), texts))
    expect(counts).toEqual([2050, 2048, 1902])
    for (const form of forms) {
      expect(pageEntries(await check(structOf(field('a', new Utf8())), structs, form))).toEqual(counts)
    }
  })
})
