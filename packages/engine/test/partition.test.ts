import { type Plain, type Random, randomFrom, randomValues, testSeed } from '@fletching/testing'
import {
  Bool,
  type DataType,
  DateDay,
  Float64,
  Int32,
  Int64,
  type RecordBatch,
  TimestampMillisecond,
  Utf8,
} from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { foldersOf } from '../src/partition.ts'
import { batchForms, batchOf } from './batches.ts'

/** The folders of a column's values, each with the numbers of its rows. */
function rowsByFolder(type: DataType, values: readonly Plain[], form: (typeof batchForms)[number] = 'plain') {
  return rowsByFolders(batchOf({ part: [type, values] }, form), ['part'])
}

function rowsByFolders(batch: RecordBatch, columns: readonly string[]): [string, number[]][] {
  return foldersOf(batch, columns).map(({ folder, ranges }) => [folder, rowNumbers(ranges)])
}

function rowNumbers(ranges: Int32Array): number[] {
  const rows: number[] = []
  for (let i = 0; i < ranges.length; i += 2) for (let row = ranges[i]; row < ranges[i + 1]; row++) rows.push(row)
  return rows
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
    for (const form of batchForms) expect(rowsByFolder(type, [value], form)).toEqual([[`part=${folder}`, [0]]])
  })

  it('of 255 bytes is the longest', () => {
    expect(rowsByFolder(new Utf8(), ['x'.repeat(250)])[0][0]).toHaveLength(255)
    for (const value of ['x'.repeat(251), 'ö'.repeat(126), '/'.repeat(84)]) {
      expect(() => rowsByFolder(new Utf8(), ['a', value])).toThrow(/^PARTITION_TOO_LONG: /)
    }
  })
})

describe('foldersOf', () => {
  it('keeps the order in which values are met', () => {
    for (const form of batchForms) {
      expect(rowsByFolder(new Utf8(), ['b', 'b', 'a', null, 'b', '', 'a'], form)).toEqual([
        ['part=b', [0, 1, 4]],
        ['part=a', [2, 6]],
        ['part=__HIVE_DEFAULT_PARTITION__', [3, 5]],
      ])
    }
  })

  it('gives neighbours as one range', () => {
    const batch = batchOf({ day: [new DateDay(), [1, 1, 1, 2, 1]] })
    expect(foldersOf(batch, ['day'])).toEqual([
      { folder: 'day=1970-01-02', ranges: Int32Array.of(0, 3, 4, 5) },
      { folder: 'day=1970-01-03', ranges: Int32Array.of(3, 4) },
    ])
  })

  it('tells a byte order mark from nothing', () => {
    for (const form of batchForms) {
      expect(rowsByFolder(new Utf8(), ['\ufeffa', 'a', '\ufeffa'], form)).toEqual([
        ['part=\ufeffa', [0, 2]],
        ['part=a', [1]],
      ])
    }
  })

  it('gives values with the same folder as one', () => {
    expect(rowsByFolder(new Utf8(), [null, '__HIVE_DEFAULT_PARTITION__', null])).toEqual([
      ['part=__HIVE_DEFAULT_PARTITION__', [0, 1, 2]],
    ])
  })

  it('parts by several columns, in their order, wherever they stand', () => {
    const batch = batchOf({ y: [new Int32(), [1, 2, 1, 1]], x: [new Utf8(), ['a', 'a', 'b', 'a']] })
    expect(rowsByFolders(batch, ['x', 'y'])).toEqual([
      ['x=a/y=1', [0, 3]],
      ['x=a/y=2', [1]],
      ['x=b/y=1', [2]],
    ])
  })

  it('has one folder where nothing parts the rows, and none without rows', () => {
    expect(rowsByFolders(batchOf({ n: [new Int32(), [1, 2]] }), [])).toEqual([['', [0, 1]]])
    expect(rowsByFolder(new Utf8(), [])).toEqual([])
  })

  it('has a bug in its caller when there is no such column', () => {
    const batch = batchOf({ n: [new Int32(), [1, 2]] })
    expect(() => foldersOf(batch, ['m'])).toThrow('INTERNAL: no column "m" to part the batch by')
  })

  it.each(Array.from({ length: 60 }, (_, i) => testSeed + i))(
    'finds the folders of random rows as the oracle does (FLETCHING_SEED=%i)',
    (seed) => {
      const random = randomFrom(seed)
      const length = random.pick([1, 9, 64, 100])
      const texts = random.pick([
        ['a', 'b'],
        ['', null, 'a', 'aa', 'ab', 'ä'],
        ['long enough a text', null],
      ])
      const columns = {
        a: [new Int64(), randomValues(random, new Int64(), length, 0.2)] as const,
        b: [new DateDay(), runsOf(random, length, [0, -1, 18_034, null])] as const,
        c: [new Utf8(), runsOf(random, length, texts)] as const,
      }
      const partitionBy = random.pick([['a'], ['b'], ['c'], ['c', 'b'], ['b', 'c'], ['b', 'a', 'c']] as const)
      const batch = batchOf(columns, random.pick(batchForms))
      expect(rowsByFolders(batch, partitionBy)).toEqual([...foldersOracle(columns, partitionBy, length)])
    },
  )
})

/** Values that have neighbours like them. */
function runsOf(random: Random, length: number, values: readonly Plain[]): Plain[] {
  let value = random.pick(values)
  return Array.from({ length }, () => {
    if (random.below(3) === 0) value = random.pick(values)
    return value
  })
}

function foldersOracle(
  columns: Readonly<Record<string, readonly [DataType, readonly Plain[]]>>,
  partitionBy: readonly string[],
  length: number,
): Map<string, number[]> {
  const folders = new Map<string, number[]>()
  for (let row = 0; row < length; row++) {
    const names = partitionBy.map((name) => {
      const [type, values] = columns[name]
      const value = values[row]
      if (value === null || value === '') return `${name}=__HIVE_DEFAULT_PARTITION__`
      const text =
        type instanceof DateDay ? new Date(Number(value) * 86_400_000).toISOString().slice(0, 10) : String(value)
      return `${name}=${text}`
    })
    const folder = names.join('/')
    folders.set(folder, [...(folders.get(folder) ?? []), row])
  }
  return folders
}
