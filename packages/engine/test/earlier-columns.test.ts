import { int32, optimize, scanNdjson, type Write, writeCsv, writeParquet } from '@fletching/plan'
import { describe, expect, it } from 'vitest'
import { earlierColumns } from '../src/earlier-columns.ts'
import type { RunOptions } from '../src/options.ts'
import { lower } from '../src/physical.ts'
import { events } from './plans.ts'

const ANEW =
  'to write everything anew, which loses the rows of what the input no longer holds: --write-mode replace over the whole input; with a bookmark, fletching bookmark reset JOB --outputs remove, then the same run'
const rows = scanNdjson('in', events)
const csv = writeCsv(
  rows.select((col) => ({ USER: col('userId'), SECONDS: col('timestamp').epochSeconds() })),
  { to: 'csv' },
)
const whole = rows.select((col) => ({
  seconds: col('timestamp').epochSeconds(),
  at: col('timestamp'),
  user_id: col('userId'),
  again: col('userId'),
}))
const table = writeParquet(whole, { to: 'table' })

/** The names of the table's columns that stand for those of the CSV, and that of the table. */
function found(writes: readonly (Write | undefined)[], options: RunOptions = {}) {
  const { sinks } = lower(optimize(writes.filter((write) => write !== undefined)), options)
  const target = sinks.find((sink) => sink.format === 'csv')
  if (target === undefined) throw new Error('no CSV')
  const { table: from, columns } = earlierColumns(target, sinks)
  return [from.to, ...columns.map(({ name }) => name)]
}

describe('the columns of a CSV in a table', () => {
  const lacking = writeParquet(
    rows.select((col) => ({ user_id: col('userId'), at: col('timestamp') })),
    { to: 'lacking' },
  )
  const unlike = writeParquet(
    rows.select((col) => ({ user_id: col('event'), seconds: col('timestamp').epochSeconds().cast(int32()) })),
    { to: 'unlike' },
  )

  it.each<[string, readonly (Write | undefined)[], RunOptions, readonly string[]]>([
    ['are those of the same expression', [csv, table], {}, ['table', 'user_id', 'seconds']],
    [
      'are those in the files before those in the names of folders',
      [csv, table],
      { partitionBy: ['user_id'] },
      ['table', 'again', 'seconds'],
    ],
    [
      'may be in the names of folders',
      [csv, table],
      { partitionBy: ['user_id', 'again'] },
      ['table', 'user_id', 'seconds'],
    ],
    ['are in the first table that has them all', [lacking, csv, table], {}, ['table', 'user_id', 'seconds']],
  ])('%s', (_, writes, options, names) => {
    expect(found(writes, options)).toEqual(names)
  })

  it.each<[string, readonly (Write | undefined)[], RunOptions, string]>([
    [
      'there is no table',
      [csv],
      {},
      `NO_EARLIER_ROWS: the rows of earlier runs are read from a Parquet table, and this run has none
  at --csv full
  give the location of the table, such as --S3_PARQUET_OUTPUT_PATH; --csv increment needs none`,
    ],
    [
      'the table lacks one',
      [csv, lacking],
      {},
      `NO_EARLIER_ROWS: the table has no column of the same expression as SECONDS of the CSV
  at table lacking
  at --csv full
  give the table such a column, under any name; --csv increment needs none
  ${ANEW}`,
    ],
    [
      'only the names are the same',
      [csv, unlike, lacking],
      {},
      `NO_EARLIER_ROWS: the table has no column of the same expression as USER of the CSV
  at table unlike
  at --csv full
  give the table such a column, under any name; --csv increment needs none
  ${ANEW}`,
    ],
    [
      'a folder tells less than the dialect',
      [csv, table],
      { partitionBy: ['user_id', 'again'], csvDialect: 'athena-opencsv' },
      `NO_EARLIER_ROWS: the folders of user_id do not tell null from the empty text, and athena-opencsv does
  at --csv full
  partition the table by another column, or choose another dialect; --csv increment needs neither`,
    ],
  ])('are refused when %s', (_, writes, options, message) => {
    expect(() => found(writes, options)).toThrow(expect.objectContaining({ kind: 'author', message }))
  })
})
