import { describe, expect, it } from 'vitest'
import { emptyAccounting, type Tally } from '../src/accounting.ts'
import type { ReadInput } from '../src/read.ts'
import { addRefused, type Refused } from '../src/refused.ts'
import { type OutputInfo, summarize, warningsOfPartitions } from '../src/report.ts'

function readOf(parts: Partial<ReadInput>): ReadInput {
  return {
    inputs: [],
    accounting: emptyAccounting(),
    slowLines: 0,
    converted: {},
    refused: new Map(),
    lineBreaksReplaced: 0,
    ...parts,
  }
}

function refusedOf(...tallies: readonly Tally[]): Refused {
  const refused: Refused = new Map()
  for (const event of tallies) addRefused(refused, { event })
  return refused
}

describe('the figures of all objects', () => {
  it('are those that were read, and what the CSVs changed', () => {
    const accounting = { ...emptyAccounting(), lines: 5, rows: 1, filtered: { x: 1 }, setAside: { y: 2 }, blank: 1 }
    const rest = { slowLines: 6, converted: { 'userId: number as text': 4 }, refused: refusedOf({ a: 1 }, { a: 1 }) }
    expect(summarize(readOf({ accounting, ...rest, lineBreaksReplaced: 3 }))).toEqual({
      accounting,
      slowLines: 6,
      converted: { 'userId: number as text': 4, 'CSV: line break as a blank': 3 },
      refused: { event: [{ value: 'a', count: 2 }] },
      warnings: [],
    })
  })

  it('are zero of none', () => {
    expect(summarize(readOf({}))).toEqual({
      accounting: emptyAccounting(),
      slowLines: 0,
      converted: {},
      refused: {},
      warnings: [],
    })
  })

  it('name the ten most frequent values of all objects, and of equals the first by name', () => {
    const some = { k: 1, b: 1, a: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1, i: 1, j: 1 }
    const { refused } = summarize(readOf({ refused: refusedOf(some, { k: 1, j: 2 }) }))
    expect(refused.event.map(({ value, count }) => `${value}${count}`)).toEqual([
      'j3',
      'k2',
      'a1',
      'b1',
      'c1',
      'd1',
      'e1',
      'f1',
      'g1',
      'h1',
    ])
  })

  it('take a value that has the name of something inherited for a value', () => {
    const odd = Object.fromEntries([
      ['__proto__', 2],
      ['constructor', 1],
    ])
    const { refused } = summarize(readOf({ refused: refusedOf(odd, odd) }))
    expect(refused.event).toEqual([
      { value: '__proto__', count: 4 },
      { value: 'constructor', count: 2 },
    ])
  })

  it('warn of ids that Personalize refuses', () => {
    const converted = { 'userId: over 256 characters': 2, 'userId: number as text': 1, 'sku: over 256 characters': 1 }
    expect(summarize(readOf({ converted })).warnings).toEqual([
      '2 values are longer than Amazon Personalize accepts (userId: over 256 characters), and were kept',
      '1 value is longer than Amazon Personalize accepts (sku: over 256 characters), and was kept',
    ])
  })
})

describe('rows without a partition', () => {
  const output = (name: string, rows: number): OutputInfo => ({
    name,
    format: 'parquet',
    rows,
    bytes: 1,
    sha256: '',
    run: 'r',
  })

  it('are told by their column, over all files', () => {
    const outputs = [
      output('/out/dt=2019-05-18/part-00000.parquet', 7),
      output('/out/dt=__HIVE_DEFAULT_PARTITION__/part-00000.parquet', 2),
      output('/out/dt=__HIVE_DEFAULT_PARTITION__/part-00001.parquet', 3),
    ]
    expect(warningsOfPartitions(outputs)).toEqual([
      '5 rows have no dt and stand in dt=__HIVE_DEFAULT_PARTITION__, where Athena does not look when it computes the days of a table',
    ])
  })

  it('are told once for each column of a path', () => {
    const outputs = [output('s3://b/t/a=__HIVE_DEFAULT_PARTITION__/b=__HIVE_DEFAULT_PARTITION__/part-00000.parquet', 1)]
    expect(warningsOfPartitions(outputs)).toEqual([
      '1 row has no a and stands in a=__HIVE_DEFAULT_PARTITION__, where Athena does not look when it computes the days of a table',
      '1 row has no b and stands in b=__HIVE_DEFAULT_PARTITION__, where Athena does not look when it computes the days of a table',
    ])
  })

  it('are not told of where every row has one', () => {
    expect(warningsOfPartitions([output('/out/dt=2019-05-18/part-00000.parquet', 7)])).toEqual([])
  })
})
