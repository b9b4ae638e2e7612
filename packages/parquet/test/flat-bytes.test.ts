import { createHash } from 'node:crypto'
import { sliceBatch } from '@fletching/columns'
import { randomFrom } from '@fletching/testing'
import { expect, it } from 'vitest'
import type { Compression } from '../src/index.ts'
import { batchOf, type Column, fileOf } from './batches.ts'

/** Columns of every type, with and without nulls, with dictionaries and without, and with more rows than a page has; always the same. */
function flatColumns(rows: number): Record<string, Column> {
  const random = randomFrom(1)
  const values = <T>(value: (row: number) => T) => Array.from({ length: rows }, (_, row) => value(row))
  const some = <T>(value: (row: number) => T) => values((row) => (random.below(7) === 0 ? null : value(row)))
  return {
    id: ['text', values((row) => `user ${row}`)],
    text_or_not: ['text?', some(() => `text ${random.below(2 ** 30)} that is long enough to end a page`)],
    code: ['dictionary', values(() => `item ${random.below(300)}`)],
    code_or_not: ['dictionary?', some(() => `item ${random.below(3)}`)],
    whole: ['long', values((row) => BigInt(row))],
    small: ['int?', some((row) => row)],
    real: ['double?', some((row) => row / 7)],
    yes: ['bool?', some(() => random.below(2) === 0)],
    at: ['moment?', some((row) => BigInt(row) * 1000n)],
    day: ['day', values((row) => row % 900)],
    none: ['text?', values(() => null)],
  }
}

it.each<[Compression, string]>([
  ['snappy', '7f028f321c6b1c9b0b94374fe8312e342ae0113efe655d6010ff602f72d54841'],
  ['none', '252b80f1f7a54fd33f012c276c40722b7f56295b38d807d83587ed72a160c050'],
])(
  'columns that are not nested give the bytes that they gave before there were others: %s',
  async (compression, sha256) => {
    const batch = batchOf(flatColumns(140_000))
    const file = await fileOf(batch.schema, [batch, sliceBatch(batch, 3, 1000)], { compression })
    expect(createHash('sha256').update(file).digest('hex')).toBe(sha256)
  },
)
