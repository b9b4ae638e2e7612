import { describe, expect, it } from 'vitest'
import { event, linesOf, readBack, rowOf, run } from './run.ts'

/** Ids that a CSV can get wrong. */
const IDS: readonly string[] = [
  ',',
  'a,b',
  '"',
  '""',
  'say "hi"',
  '"quoted"',
  'a"',
  '\\',
  '\\\\',
  'a\\',
  '\\"',
  '\\",\\"',
  'a\\nb',
  ' a',
  'a ',
  ' ',
  '\ta\t',
  "'",
  "a'b",
  ';|#',
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '=HYPERLINK("http://x","y")',
  'null',
  'NULL',
  'NaN',
  'true',
  '007',
  '1e5',
  '\u0007\u001b',
  '\u007f',
  '\u0085\u00a0\u2028\u2029',
  '\ufeffa',
  'é',
  '北京',
  '😀',
  'x'.repeat(30),
  'é'.repeat(25),
  '"'.repeat(200),
]

const eventOf = (id: string) => event('u', `,"userId":${JSON.stringify(id)},"properties":{"sku":${JSON.stringify(id)}}`)

describe('a parser of CSV that is not ours gets every value back, as does a reader of Parquet, from the dialect', () => {
  it.each([
    ['personalize', '\\'],
    ['glue', '"'],
    ['rfc4180', '"'],
    ['athena-opencsv', '\\'],
  ] as const)('%s', async (csvDialect, escapeBy) => {
    const [csv, table] = await readBack(linesOf(IDS.map(eventOf)), { csvDialect, partitionBy: [] }, [
      `select hex(USER_ID), hex(ITEM_ID), EVENT_TYPE, TIMESTAMP from read_csv(CSV, header = true, all_varchar = true, auto_detect = false,
        delim = ',', quote = '"', escape = '${escapeBy}', columns = {USER_ID: VARCHAR, ITEM_ID: VARCHAR, EVENT_TYPE: VARCHAR, TIMESTAMP: VARCHAR})`,
      'select hex(user_id), hex(item_id), event_type, timestamp_s::VARCHAR from read_parquet(TABLE)',
    ])
    const expected = IDS.map((id) => {
      const hex = Buffer.from(id).toString('hex').toUpperCase()
      return [hex, hex, 'Product Clicked', '1558210385']
    })
    expect(csv).toEqual(expected)
    expect(table).toEqual(expected)
  })
})

it('NUL, at which some readers of CSV end a text, is in the table too', async () => {
  const files = linesOf([eventOf('a\0b'), eventOf('\0')])
  const [table] = await readBack(files, { partitionBy: [] }, [
    'select hex(user_id), hex(item_id) from read_parquet(TABLE)',
  ])
  expect(table).toEqual([
    ['610062', '610062'],
    ['00', '00'],
  ])
})

it('what a spreadsheet takes for a formula stays as it is', async () => {
  const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '=cmd|"/c calc"!A1']
  const { rows } = await run(linesOf(formulas.map(eventOf)))
  expect(rows).toEqual([
    ...formulas.slice(0, -1).map((formula) => rowOf(formula, formula)),
    rowOf('"=cmd|\\"/c calc\\"!A1"', '"=cmd|\\"/c calc\\"!A1"'),
  ])
})

it('every record stands on a line of its own, and the header once, however many objects and batches there are', async () => {
  const users = Array.from({ length: 50_000 }, (_, number) => `u${number}`)
  const files = Object.fromEntries(
    ['a', 'b', 'c'].map((name, part) => [
      name,
      linesOf(users.slice(part * 17_000, (part + 1) * 17_000).map((user) => event(user))),
    ]),
  )
  const { rows, counts } = await run(files)
  expect(counts).toEqual({ lines: 50_000, rows: 50_000 })
  expect(rows.findIndex((row, number) => row !== rowOf(users[number]))).toBe(-1)
  expect(rows).toHaveLength(50_000)
})
