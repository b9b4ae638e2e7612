import type { InputInfo, Report } from '@fletching/engine'
import { describe, expect, it } from 'vitest'
import { summary } from '../src/summary.ts'

const report: Report = {
  job: 'clicks',
  version: '0.1.0',
  params: {},
  startedAt: '2019-05-18T00:00:00.000Z',
  milliseconds: 500,
  inputs: [],
  skipped: {},
  accounting: { lines: 1234, rows: 1234, filtered: {}, duplicates: 0, setAside: {}, malformed: {}, blank: 0 },
  slowLines: 0,
  converted: {},
  refused: {},
  outputs: [],
  warnings: [],
}

describe('the summary of a run', () => {
  it.each<[string, Partial<Report>, string[]]>([
    ['counts lines and rows', {}, []],
    ['tells of slow lines when there are some', { slowLines: 12 }, ['lines that only the slow scanner could read 12']],
    [
      'tells of rows beside lines',
      { accounting: { ...report.accounting, exploded: 10, dropped: { duplicate: 3, 'sku missing': 5 } } },
      ['rows written, of all their items 1 244', 'items dropped: sku missing 5', 'items dropped: duplicate 3'],
    ],
    [
      'tells of changed values',
      { converted: { 'userId: number as text': 3, 'properties.price: unfit value as null': 12 } },
      ['discarded: properties.price 12', 'kept with a change: userId: number as text 3'],
    ],
  ])('%s', (_, parts, more) => {
    const lines = summary({ ...report, ...parts })
      .split('\n')
      .map((line) => line.trim().replaceAll(/ {2,}/g, ' '))
    expect(lines).toEqual([
      'clicks: 0 objects, 0 B stored, 0 B of JSON in 0.5 s (0 B/s)',
      'lines read 1 234',
      'rows 1 234',
      ...more,
      '',
    ])
  })

  it('has no plural for one object, row or file', () => {
    const input = { name: 'a.json', bytes: 5, uncompressedBytes: 5 } as InputInfo
    const output = (name: string, format: string, rows: number) =>
      ({ name, format, rows, bytes: 5 }) as Report['outputs'][number]
    const outputs = [
      output('rejects.ndjson', 'rejects', 1),
      output('a.csv', 'csv', 1),
      ...['a', 'b', 'c', 'd'].map((name) => output(name, 'parquet', name === 'b' ? 2 : 1)),
    ]
    const lines = summary({ ...report, inputs: [input], outputs }).split('\n')
    expect([lines[0], ...lines.filter((line) => line.startsWith('wrote'))]).toEqual([
      'clicks: 1 object, 5 B stored, 5 B of JSON in 0.5 s (10 B/s)',
      'wrote rejects.ndjson  1 line, 5 B',
      'wrote a.csv  1 row, 5 B',
      'wrote a  1 row, 5 B',
      'wrote b  2 rows, 5 B',
      'wrote c  1 row, 5 B',
      'wrote 1 more Parquet file  1 row, 5 B',
    ])
  })
})
