import {
  type DateType,
  explain,
  type Frame,
  type Int64Type,
  id,
  optimize,
  scanNdjson,
  schema,
  type TextType,
  text,
  type Write,
  withProvenance,
  writeCsv,
} from '@fletching/plan'
import { expect, expectTypeOf, it } from 'vitest'
import { events } from './events.ts'

type ColumnsOf<F> = F extends Frame<infer C> ? C : never

const clicks = withProvenance(schema('clicks', { userId: id() }))
const scan = scanNdjson('in/', clicks)
const sinksOf = (write: Write | undefined) => (write === undefined ? [] : [write])

it('are columns like others, which the scan does not filter by', () => {
  const rows = scan
    .dropNulls('userId')
    .dropNulls('$key_day')
    .filter((col) => col('userId').eq('u'))
    .select((col) => ({
      user: col('userId'),
      file: col('$file'),
      line: col('$line'),
      at: col('$offset'),
      day: col('$key_day'),
    }))
  expect(explain(sinksOf(writeCsv(rows, { to: 'out/' })))).toBe(`Logical plan
  write csv out/, dialect personalize
    select user = userId, file = $file, line = $line, at = $offset, day = $key_day
      filter userId = 'u', else "userId not wanted"
        filter $key_day is not null, else "$key_day missing"
          filter userId is not null, else "userId missing"
            scan ndjson in/ as clicks

Optimized plan
  write csv out/, dialect personalize
    user: text = userId
    file: text = $file
    line: int64 = $line
    at: int64 = $offset
    day: date = $key_day
  filters
    1. $key_day is not null, else "$key_day missing"
    2. userId in ('u'), else "userId not wanted"
  scan ndjson in/ as clicks
    filters in the scan
      1. userId is not null, else "userId missing"
    columns
      userId: text, else set aside
      $file: text, the name of the object
      $line: int64, the number of the line in the object
      $offset: int64, the offset of the line in the uncompressed object
      $key_day: date, the received day in the object's key, else null
`)
})

it('cost nothing when nobody looks at them, also where every other column is read', () => {
  const sinks = sinksOf(writeCsv(scan.selectFields('userId'), { to: 'out/' }))
  for (const pruneColumns of [true, false]) {
    expect(optimize(sinks, { rules: { pruneColumns } }).scan.columns.map(({ path }) => path)).toEqual([['userId']])
  }
})

it('are known to the compiler', () => {
  const placed = scan.select((col) => ({ file: col('$file'), line: col('$line'), day: col('$key_day') }))
  expectTypeOf<ColumnsOf<typeof placed>>().toEqualTypeOf<{
    readonly file: TextType
    readonly line: Int64Type
    readonly day: DateType | null
  }>()
  // @ts-expect-error a schema has them only when it was given them
  expect(() => scanNdjson('in/', events).select((col) => ({ line: col('$line') }))).toThrow(
    'UNKNOWN_COLUMN: no column "$line" in events',
  )
})

it('take no name from a column of the events', () => {
  expect(() => withProvenance(schema('odd', { $line: text() }))).toThrow(
    expect.objectContaining({
      kind: 'author',
      message: `DUPLICATE_COLUMN: odd has a column "$line" of its own
  at withProvenance
  give it another name`,
    }),
  )
})
