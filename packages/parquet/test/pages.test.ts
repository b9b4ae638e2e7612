import { sliceBatch } from '@fletching/columns'
import { randomFrom, testSeed } from '@fletching/testing'
import type { RecordBatch } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { openWasmModule } from '../src/wasm-module.ts'
import { batchOf, type Column, fileOf, rowsOf } from './batches.ts'
import { type Chunk, readChunk } from './oracle.ts'
import { duckdb, footerOf, rowsByHyparquet } from './readers.ts'

/** The one column of a batch, as the oracle reads it. */
async function chunkOf(batch: RecordBatch): Promise<Chunk> {
  const file = await fileOf(batch.schema, [batch])
  return readChunk(file, footerOf(file).row_groups[0].columns[0], batch.schema.fields[0].nullable ? 1 : 0)
}

/** Holds what is read against what was given; comparing whole lists is slow where they are long and differ. */
async function check(column: Column): Promise<Chunk> {
  const chunk = await chunkOf(batchOf({ c: column }))
  const wanted = rowsOf({ c: column }).map(({ c }) => c)
  expect(chunk.values.length).toBe(wanted.length)
  expect(wanted.findIndex((value, row) => value !== chunk.values[row])).toBe(-1)
  return chunk
}

const counts = ({ pages }: Chunk) => pages.filter(({ type }) => type === 'data').map(({ count }) => count)
const rows = (count: number) => Array.from({ length: count }, (_, row) => row)

describe('a dictionary', () => {
  it.each([1, 2, 3, 4, 5, 8, 9, 16, 17, 127, 128, 129, 256, 257, 4096, 4097, 65_536, 65_537])(
    'of %i texts has codes of no more bits than it needs, in the order in which texts are met',
    async (distinct) => {
      const texts = rows(4 * distinct).map((row) => `text ${(row * 7) % distinct}`)
      const { entries, widths } = await check(['text', texts])
      const met = [...new Set(texts)].map((text) => Buffer.from(text).toString('hex'))
      expect(Buffer.compare(Buffer.from(entries.join()), Buffer.from(met.join()))).toBe(0)
      expect(new Set(widths)).toEqual(new Set([Math.ceil(Math.log2(distinct))]))
    },
  )

  it('is not made when there is a text more than a quarter of the rows, nor of nulls alone', async () => {
    expect((await check(['text', ['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b']])).entries).toHaveLength(2)
    expect((await check(['text', ['a', 'b', 'a', 'b', 'a', 'b', 'a', 'c']])).entries).toEqual([])
    expect((await check(['dictionary', ['a', 'b', 'a', 'b', 'a', 'b', 'a', 'c']])).entries).toEqual([])
    expect((await check(['text?', ['a', null, null, null]])).entries).toEqual(['61'])
    expect((await check(['text?', rows(100).map(() => null)])).entries).toEqual([])
    expect((await check(['dictionary?', rows(100).map(() => null)])).entries).toEqual([])
  })

  it.each([
    ['the empty text and those that are alike', ['', '\0', '\0\0', 'a', 'a\0', 'aaaaaaaa', 'aaaaaaaa\0', 'aaaaaaaaa']],
    ['long texts that differ at their end', rows(5).map((row) => 'x'.repeat(1000) + row)],
  ])('tells %s apart', async (_, texts) => {
    expect((await check(['text', rows(40).map((row) => texts[row % texts.length])])).entries).toHaveLength(texts.length)
  })

  it.each([
    ['1000', 'is found', 1000],
    ['1100', 'is given up, before it gets slow', 0],
  ])('of %s texts of one hash %s', async (count, _, entries) => {
    // The hash is half of a product, folded: see assembly/dictionary.ts.
    const factor = 0x9e37_79b9_7f4a_7c15n
    let inverse = factor
    for (let bits = 3; bits < 64; bits *= 2) inverse = BigInt.asUintN(64, inverse * (2n - factor * inverse))
    const eight = BigInt.asUintN(64, 8n * factor)
    const texts = rows(Number(count)).map((row) => {
      const product = (BigInt(row + 1) << 32n) | BigInt(row + 1)
      const word = BigInt.asUintN(64, product * inverse) ^ eight ^ (eight >> 32n)
      return new Uint8Array(BigUint64Array.of(word).buffer)
    })
    expect((await check(['text', rows(8).flatMap(() => texts)])).entries).toHaveLength(entries)
  })

  it('writes runs of every length, and what lies between them', async () => {
    const random = randomFrom(testSeed)
    const runs = [1, 7, 8, 9, 15, 16, 17, 63, 64, 65, 503, 504, 505, 1000]
    const texts = rows(2000).flatMap(() => {
      const text = `text ${random.below(40)}`
      return rows(random.below(3) === 0 ? random.pick(runs) : 1).map(() => text)
    })
    await check(['text', texts])
    await check(['text?', texts.map((text, row) => ((row >> random.below(8)) % 3 === 0 ? null : text))])
  })
})

describe('a page', () => {
  it.each<[number, (count: number) => Column]>([
    [131_072, (count) => ['long', rows(count).map(BigInt)]],
    [131_073, (count) => ['long?', rows(count).map((row) => (row % 2 === 0 ? null : BigInt(row)))]],
    [131_073, (count) => ['bool?', rows(count).map((row) => (row % 3 === 0 ? null : row % 2 === 0))]],
    [131_073, (count) => ['text?', rows(count).map((row) => (row % 2 === 0 ? null : 'x'))]],
    [131_073, (count) => ['text', rows(count).map((row) => row.toString(36))]],
    [262_145, (count) => ['dictionary', rows(count).map((row) => `item ${row % 5}`)]],
  ])('has at most 131,072 rows of %i', async (count, column) => {
    const full = Array.from({ length: Math.floor(count / 131_072) }, () => 131_072)
    const rest = count % 131_072
    expect(counts(await check(column(count)))).toEqual(rest === 0 ? full : [...full, rest])
  })

  it('has at most a MiB of plain texts, with their lengths', async () => {
    // Of 1024 bytes each.
    const texts = rows(2049).map((row) => String(row).padEnd(1020, '.'))
    expect(counts(await check(['text', texts]))).toEqual([1024, 1024, 1])
    expect(counts(await check(['text', texts.with(0, `${texts[0]}.`)]))).toEqual([1023, 1024, 2])
    const withNulls = texts.flatMap((text) => [null, text])
    expect(counts(await check(['text?', withNulls]))).toEqual([2049, 2048, 1])
  })

  it('has one text more than that when it is longer', async () => {
    const long = 'é'.repeat(2 ** 20)
    expect(counts(await check(['text?', ['a', long, 'b', null, long]]))).toEqual([1, 1, 2, 1])
    const file = await fileOf(batchOf({ c: ['text', [long]] }).schema, [batchOf({ c: ['text', [long]] })])
    expect(await duckdb(file, 'SELECT length(c)::INTEGER AS characters FROM FILE')).toEqual([{ characters: 2 ** 20 }])
  })

  it('of many is read by others', async () => {
    const long = rows(140_000)
    const columns: Record<string, Column> = {
      id: ['text', long.map((row) => `user ${row * 7919}`)],
      code: ['dictionary?', long.map((row) => (row % 11 === 0 ? null : `item ${(row * 31) % 900}`))],
      at: ['moment?', long.map((row) => (row % 5 === 0 ? null : BigInt(row)))],
      yes: ['bool', long.map((row) => row % 3 === 0)],
    }
    const batch = batchOf(columns)
    const file = await fileOf(batch.schema, [batch])
    const wanted = rowsOf(columns)
    const read = await rowsByHyparquet(file)
    expect(wanted.findIndex((row, index) => JSON.stringify(row) !== JSON.stringify(read[index]))).toBe(-1)
    const query = `SELECT count(*)::INTEGER AS n, count(code)::INTEGER AS codes, count(DISTINCT id)::INTEGER AS ids,
      sum(epoch_ms("at"))::BIGINT AS sum, count_if(yes)::INTEGER AS yes, count(DISTINCT code)::INTEGER AS kinds FROM FILE`
    expect(await duckdb(file, query)).toEqual([
      {
        n: 140_000,
        codes: long.filter((row) => row % 11 !== 0).length,
        ids: 140_000,
        sum: String(long.filter((row) => row % 5 !== 0).reduce((sum, row) => sum + row, 0)),
        yes: 46_667,
        kinds: 900,
      },
    ])
  })
})

it('what lies under a null changes nothing', async () => {
  const texts = rows(60_000).map((row) => (row % 3 === 0 ? null : `a text that may end a page ${row}`))
  const columns: Record<string, Column> = {
    text: ['text?', texts],
    code: ['dictionary?', texts.map((text, row) => text && `item ${row % 7}`)],
    long: ['long?', texts.map((text, row) => text && BigInt(row))],
    real: ['double?', texts.map((text, row) => text && row / 7)],
    yes: ['bool?', texts.map((text, row) => text && row % 2 === 0)],
  }
  // The same rows, with other rows where the nulls are.
  const filled = Object.entries(columns).map(([name, [kind, values]]): [string, Column] => [
    name,
    [kind, values.map((value, row) => value ?? values[(row + 1) % 60_000])],
  ])
  const poisoned = batchOf(columns)
  const other = batchOf(Object.fromEntries(filled))
  for (const [column, child] of other.data.children.entries()) {
    const { nullBitmap, nullCount } = poisoned.data.children[column]
    Object.assign(child, { nullBitmap, _nullCount: nullCount })
  }
  const [first, second] = await Promise.all([poisoned, other].map((batch) => fileOf(batch.schema, [batch])))
  expect(await rowsByHyparquet(second)).toHaveLength(60_000)
  expect(Buffer.compare(first, second)).toBe(0)
  const slice = sliceBatch(batchOf({ c: columns.text }), 5, 59_001)
  const again = batchOf({ c: ['text?', texts.slice(5, 59_001)] })
  const [third, fourth] = await Promise.all([slice, again].map((batch) => fileOf(batch.schema, [batch])))
  expect(Buffer.compare(third, fourth)).toBe(0)
})

it('memory for a large column is given back', async () => {
  const size = () => openWasmModule().memory.buffer.byteLength
  const usual = batchOf({ c: ['text', rows(100_000).map((row) => `user ${row}`)] })
  await fileOf(usual.schema, [usual])
  const before = size()
  await fileOf(usual.schema, [usual, usual, usual])
  expect(size()).toBe(before)
  const large = batchOf({ c: ['text', ['x'.repeat(20 * 1024 * 1024)]] })
  const file = await fileOf(large.schema, [large, usual])
  expect(size()).toBeLessThanOrEqual(before)
  expect(await duckdb(file, 'SELECT count(*)::INTEGER AS n, max(length(c))::INTEGER AS longest FROM FILE')).toEqual([
    { n: 100_001, longest: 20 * 1024 * 1024 },
  ])
})
