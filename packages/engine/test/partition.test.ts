import { type Plain, randomFrom, randomValues, testSeed } from '@fletching/testing'
import { Bool, type DataType, DateDay, Float64, Int32, Int64, TimestampMillisecond, Utf8 } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { splitByPartition } from '../src/partition.ts'
import { batchForms, batchOf, columnsOf } from './batches.ts'

/** The folders of a batch, each with the numbers of its rows. */
function foldersOf(type: DataType, values: readonly Plain[], form: (typeof batchForms)[number] = 'plain') {
  const batch = batchOf({ part: [type, values], n: [new Int32(), values.map((_, row) => row)] }, form)
  return splitByPartition(batch, ['part']).map(({ folder, batch: rows }) => [folder, columnsOf(rows)])
}

describe('the folder of a value', () => {
  it.each<[string, DataType, Plain, string]>([
    ['text', new Utf8(), 'shoes', 'shoes'],
    ['no text', new Utf8(), '', '__HIVE_DEFAULT_PARTITION__'],
    ['null', new Utf8(), null, '__HIVE_DEFAULT_PARTITION__'],
    ['the null of a day', new DateDay(), null, '__HIVE_DEFAULT_PARTITION__'],
    ['a slash', new Utf8(), 'a/b', 'a%2Fb'],
    ['a way up', new Utf8(), '../../etc/x', '.%2E%2F.%2E%2Fetc%2Fx'],
    ['two dots', new Utf8(), '..', '.%2E'],
    ['a backslash', new Utf8(), 'a\\b', 'a%5Cb'],
    ['an equals sign', new Utf8(), 'x=y', 'x%3Dy'],
    ['what is escaped already', new Utf8(), '%2e', '%252e'],
    ['NUL', new Utf8(), 'a\u0000', 'a%00'],
    ['a blank', new Utf8(), ' a b ', ' a b '],
    ['letters that are not ASCII', new Utf8(), 'größe-北京-😀', 'größe-北京-😀'],
    ['a byte order mark', new Utf8(), '\ufeffa', '\ufeffa'],
    ['true', new Bool(), true, 'true'],
    ['a number', new Int32(), -7, '-7'],
    ['a large number', new Int64(), 2n ** 63n - 1n, '9223372036854775807'],
    ['a double', new Float64(), 0.5, '0.5'],
    ['a day', new DateDay(), 18_034, '2019-05-18'],
    ['a day before 1970', new DateDay(), -1, '1969-12-31'],
    ['the first day', new DateDay(), -719_162, '0001-01-01'],
    ['the last day', new DateDay(), 2_932_896, '9999-12-31'],
    ['a moment', new TimestampMillisecond(), 1_558_210_385_123, '1558210385123'],
  ])('%s', (_, type, value, folder) => {
    for (const form of batchForms) expect(foldersOf(type, [value], form)).toEqual([[`part=${folder}`, { n: [0] }]])
  })

  it('of 255 bytes is the longest', () => {
    expect(foldersOf(new Utf8(), ['x'.repeat(250)])[0][0]).toHaveLength(255)
    for (const value of ['x'.repeat(251), 'ö'.repeat(126), '/'.repeat(84)]) {
      expect(() => foldersOf(new Utf8(), ['a', value])).toThrow(/^PARTITION_TOO_LONG: /)
    }
  })
})

describe('splitByPartition', () => {
  it('keeps the order of the rows, and that in which values are met', () => {
    expect(foldersOf(new Utf8(), ['b', 'a', null, 'b', '', 'a'])).toEqual([
      ['part=b', { n: [0, 3] }],
      ['part=a', { n: [1, 5] }],
      ['part=__HIVE_DEFAULT_PARTITION__', { n: [2, 4] }],
    ])
  })

  it('tells a byte order mark from nothing', () => {
    const values = ['\ufeffa', 'a', '\ufeffa']
    for (const form of batchForms) {
      expect(foldersOf(new Utf8(), values, form)).toEqual([
        ['part=\ufeffa', { n: [0, 2] }],
        ['part=a', { n: [1] }],
      ])
    }
  })

  it('parts by several columns, in their order, wherever they stand', () => {
    const batch = batchOf({
      y: [new Int32(), [1, 2, 1, 1]],
      n: [new Int32(), [0, 1, 2, 3]],
      x: [new Utf8(), ['a', 'a', 'b', 'a']],
    })
    const parts = splitByPartition(batch, ['x', 'y'])
    expect(parts.map(({ folder, batch: rows }) => [folder, columnsOf(rows)])).toEqual([
      ['x=a/y=1', { n: [0, 3] }],
      ['x=a/y=2', { n: [1] }],
      ['x=b/y=1', { n: [2] }],
    ])
  })

  it('gives the batch itself when nothing parts it', () => {
    const batch = batchOf({ n: [new Int32(), [1, 2]] })
    expect(splitByPartition(batch, [])).toEqual([{ folder: '', batch }])
    expect(splitByPartition(batch, [])[0].batch).toBe(batch)
  })

  it('does not copy a batch of one value', () => {
    const batch = batchOf({ part: [new Utf8(), ['a', 'a']], n: [new Int32(), [1, 2]] })
    const [{ batch: rows }] = splitByPartition(batch, ['part'])
    expect(rows.data.children[0].values).toBe(batch.data.children[1].values)
  })

  it('gives no part of no rows', () => {
    expect(foldersOf(new Utf8(), [])).toEqual([])
  })

  it('has a bug in its caller when there is no such column', () => {
    const batch = batchOf({ n: [new Int32(), [1]] })
    expect(() => splitByPartition(batch, ['m'])).toThrow('INTERNAL: no column "m" to part the batch by')
  })

  it.each(Array.from({ length: 40 }, (_, i) => testSeed + i))(
    'parts random rows as the oracle does (FLETCHING_SEED=%i)',
    (seed) => {
      const random = randomFrom(seed)
      const length = random.pick([0, 1, 9, 64, 100])
      const columns = {
        a: [new Int64(), randomValues(random, new Int64(), length, 0.2)] as const,
        n: [new Int32(), Array.from({ length }, (_, row) => row)] as const,
        b: [new DateDay(), Array.from({ length }, () => random.pick([0, -1, 18_034, null]))] as const,
      }
      const expected = new Map<string, number[]>()
      for (let row = 0; row < length; row++) {
        const key = [columns.a[1][row], columns.b[1][row]].map(String).join('|')
        expected.set(key, [...(expected.get(key) ?? []), row])
      }
      const parts = splitByPartition(batchOf(columns, random.pick(batchForms)), ['a', 'b'])
      const found = parts.map(({ batch }) => columnsOf(batch).n)
      const byFirstRow = (left: readonly Plain[], right: readonly Plain[]) => Number(left[0]) - Number(right[0])
      expect(found.sort(byFirstRow)).toEqual([...expected.values()].sort(byFirstRow))
    },
  )
})
