import { sliceBatch } from '@fletching/columns'
import { fuzzCases, type Random, randomFrom, testSeed } from '@fletching/testing'
import type { ColumnChunk, ParquetParsers } from 'hyparquet'
import { describe, expect, it } from 'vitest'
import { batchOf, type Column, fileOf, rowsOf } from './batches.ts'
import { readChunk } from './oracle.ts'
import { footerOf, rowsByDuckdb, rowsByHyparquet } from './readers.ts'

const kinds = ['text', 'dictionary', 'long', 'int', 'double', 'bool', 'moment', 'day'] as const
type Kind = (typeof kinds)[number]
type Value = Column[1][number]

const seeds = (count: number) => Array.from({ length: fuzzCases(count) }, (_, index) => testSeed + index)

describe('columns as they come', () => {
  it.each(seeds(60))('are what the oracle reads, and have its bounds (FLETCHING_SEED=%i)', async (seed) => {
    const random = randomFrom(seed)
    const count = 1 + random.below(random.pick([3, 20, 600, 5000]))
    const columns = randomColumns(random, 1 + random.below(6), count)
    const start = random.below(Math.min(count, 20))
    const batch = sliceBatch(batchOf(columns), start, count)
    const file = await fileOf(batch.schema, [batch], { compression: random.pick(['snappy', 'none']) })
    for (const [index, [name, [kind, values]]] of Object.entries(columns).entries()) {
      const chunk = footerOf(file, RAW).row_groups[0].columns[index]
      const given = values.slice(start)
      const wanted = rowsOf({ c: [kind, given] }).map(({ c }) => c)
      expect(readChunk(file, chunk, kind.endsWith('?') ? 1 : 0).values, name).toEqual(wanted)
      expect(boundsOf(chunk), `${name}, ${kind}`).toEqual(boundsOracle(given))
    }
  })

  it.each(seeds(15))('are read alike by DuckDB and hyparquet (FLETCHING_SEED=%i)', async (seed) => {
    const random = randomFrom(seed)
    const columns = randomColumns(random, 8, 1 + random.below(2000))
    // The two print doubles in their own ways.
    const exact = Object.fromEntries(Object.entries(columns).filter(([, [kind]]) => !kind.startsWith('double')))
    const batch = batchOf(exact)
    const file = await fileOf(batch.schema, [batch, sliceBatch(batch, 0, 1)])
    const wanted = rowsOf(exact)
    expect(await rowsByHyparquet(file)).toEqual([...wanted, wanted[0]])
    expect(await rowsByDuckdb(file)).toEqual([...wanted, wanted[0]])
  })
})

/** Bounds and nulls as the footer has them. */
function boundsOf({ meta_data }: ColumnChunk): unknown {
  const { null_count, min_value, max_value } = meta_data?.statistics ?? {}
  return { nulls: null_count, least: plainOf(min_value), greatest: plainOf(max_value) }
}

/** The slow way: sorted. */
function boundsOracle(values: readonly Value[]): unknown {
  const present = values.filter((value) => value !== null)
  const sorted = present.map(plainOf).toSorted((a, b) => (a === b ? 0 : (a as number) < (b as number) ? -1 : 1))
  return { nulls: BigInt(values.length - present.length), least: sorted[0], greatest: sorted.at(-1) }
}

/** Moments and days as numbers, texts as hex of their bytes, whose order is theirs; of the two zeros one. */
function plainOf(value: unknown): unknown {
  if (typeof value === 'string' || value instanceof Uint8Array) return Buffer.from(value as string).toString('hex')
  return value === 0 ? 0 : value
}

function randomColumns(random: Random, columns: number, rows: number): Record<string, Column> {
  const entries = Array.from({ length: columns }, (_, column): [string, Column] => {
    const kind = random.pick(kinds)
    const nulls = random.pick([undefined, 0, 1, 5, 10])
    const distinct = random.pick([1, 2, 3, 10, 1000, 2 ** 30])
    const value = () => randomValue(random, kind, distinct)
    const values = Array.from({ length: rows }, () => (random.below(10) < (nulls ?? 0) ? null : value()))
    return [`c${column}`, [nulls === undefined ? kind : `${kind}?`, runs(random, values)]]
  })
  return Object.fromEntries(entries)
}

/** Some values again and again. */
function runs(random: Random, values: readonly Value[]): Value[] {
  const share = random.pick([0, 0, 5, 9])
  let last = values[0]
  return values.map((value) => {
    if (random.below(10) >= share) last = value
    return last
  })
}

function randomValue(random: Random, kind: Kind, distinct: number): Value {
  const number = random.below(distinct)
  switch (kind) {
    case 'text':
    case 'dictionary':
      return random.pick(['', '\0', 'é', '😀', '\uffee', 'item ', 'a text of some length ']) + number.toString(36)
    case 'long':
    case 'moment':
      return BigInt(number) * random.pick([1n, -1n, 86_400_000n])
    case 'int':
    case 'day':
      return random.below(2) === 0 ? number : 0 - number
    case 'double':
      return (number - 3) / 4
    case 'bool':
      return number % 2 === 0
  }
}

const RAW = {
  timestampFromMilliseconds: (milliseconds: bigint) => milliseconds,
  dateFromDays: (days: number) => days,
} as unknown as ParquetParsers
