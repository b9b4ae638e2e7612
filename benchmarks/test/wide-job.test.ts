import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { script } from './script.ts'

describe('the benchmark of the wide job', () => {
  it(
    'runs in its small size: every engine that is there writes the same values, and the figures are kept',
    () =>
      inFolder(async (place) => {
        const args = ['--size', 'smoke', '--data', join(place, 'data'), '--save-to', join(place, 'runs')]
        const out = script('wide-job/run.js', args)
        for (const line of out.split('\n')) if (line.includes(' is left out: ')) console.log(line)
        const absent = out.match(/ is left out: .* is not installed in benchmarks\/peers$/gm)?.length ?? 0

        const { measured } = JSON.parse(await readFile(join(place, 'runs/wide-job.json'), 'utf8')) as Saved
        expect(measured.map(({ shape }) => shape)).toEqual(['one-plain', 'many-gzip'])
        for (const { results, lines, rows } of measured) {
          expect(results.length + absent).toBe(6)
          expect(rows.rows).toBe(lines)
          expect(rows.values).toBeGreaterThan(20 * lines)
          for (const { name } of results) expect(out).toMatch(new RegExp(`^${name} +\\d`, 'm'))
        }

        const again = script('wide-job/run.js', [...args, '--engines', 'fletching 1 worker', '--shapes', 'one-plain'])
        expect(again).not.toContain('making the input')
      }),
    240_000,
  )

  const rows = [
    `{'sku': 'a', 'price': 1.5, 'items': [{'id': 1}, {'id': 2}]}, true, TIMESTAMPTZ '2019-05-18 23:59:59.999Z'`,
    `NULL, NULL, TIMESTAMPTZ '2019-05-19 00:00:00Z'`,
  ]

  it.each([
    { what: 'that is right', rows },
    {
      what: 'without a row',
      rows: rows.slice(1),
      error: 'another table: 1 rows, where 2 are due',
    },
    {
      what: 'with a row in the folder of another day',
      rows,
      day: `'2019-05-19'`,
      error: 'another table: 1 rows do not lie in the folder of their day',
    },
    {
      what: 'with another number',
      rows: [rows[0].replace('1.5', '1.25'), rows[1]],
      error: /^another properties\.price: 1 values with the sum \d+, where 1 with \d+ are due$/,
    },
    {
      what: 'with another truth',
      rows: [rows[0].replace('true', 'false'), rows[1]],
      error: /^another known: 1 values with the sum \d+, where 1 with \d+ are due$/,
    },
    {
      what: 'with another millisecond',
      rows: [rows[0].replace('.999', '.998'), rows[1]],
      error: /^another timestamp: 2 values with the sum \d+, where 2 with \d+ are due$/,
    },
    {
      what: 'with an empty text where there is no value',
      rows: [rows[0], rows[1].replace('NULL', `{'sku': '', 'price': NULL, 'items': NULL}`)],
      error: /^another properties\.sku: 2 values with the sum \d+, where 1 with \d+ are due$/,
    },
    {
      what: 'without an item of a list',
      rows: [rows[0].replace(`, {'id': 2}`, ''), rows[1]],
      error: /^another properties\.items\[\]\.id: 1 values with the sum \d+, where 2 with \d+ are due$/,
    },
  ])('looks at a table $what', ({ rows, day = `strftime(timestamp, '%Y-%m-%d')`, error }) =>
    inFolder(async (place) => {
      const { expectedOf } = (await load('wide-job/expected.js')) as Expecting
      const { check } = (await load('wide-job/check.js')) as Checking
      await mkdir(join(place, 'plain'))
      await writeFile(
        join(place, 'plain/0000.json'),
        `{"properties":{"sku":"a","price":1.5,"items":[{"id":1},{"id":2}]},"known":true,"timestamp":"2019-05-18T23:59:59.999Z"}
{"known":null,"timestamp":"2019-05-19T02:00:00+02:00"}
`,
      )
      const expected = await expectedOf(place, 'whole', fields)
      expect(expected).toMatchObject({ rows: 2, values: 7 })

      await writeTable(join(place, 'table'), rows, day)
      const checked = check({ ours: false, table: 'by day' }, place, fields, expected)
      if (error === undefined) await checked
      else await expect(checked).rejects.toThrow(error)
    }),
  )

  it('has no hash for types that no engine is told of', () =>
    inFolder(async (place) => {
      const { expectedOf } = (await load('wide-job/expected.js')) as Expecting
      const wrong = [{ name: 'properties', type: 'struct', fields: [{ name: 'any', type: 'json' }] }]
      await expect(expectedOf(place, 'whole', wrong)).rejects.toThrow(
        'properties.any is of the type json; expected text, int64, float64, bool, timestamp, struct or list',
      )
    }))
})

const fields = [
  {
    name: 'properties',
    type: 'struct',
    fields: [
      { name: 'sku', type: 'text' },
      { name: 'price', type: 'float64' },
      {
        name: 'items',
        type: 'list',
        item: { name: 'item', type: 'struct', fields: [{ name: 'id', type: 'int64' }] },
      },
    ],
  },
  { name: 'known', type: 'bool' },
  { name: 'timestamp', type: 'timestamp' },
]

interface Saved {
  readonly measured: readonly {
    readonly shape: string
    readonly lines: number
    readonly rows: { readonly rows: number; readonly values: number }
    readonly results: readonly { readonly name: string }[]
  }[]
}

interface Expecting {
  readonly expectedOf: (folder: string, set: string, fields: unknown) => Promise<unknown>
}

interface Checking {
  readonly check: (engine: unknown, out: string, fields: unknown, expected: unknown) => Promise<void>
}

async function writeTable(folder: string, rows: readonly string[], day: string): Promise<void> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  await connection.run("SET TimeZone = 'UTC'")
  const columns = `properties STRUCT(sku VARCHAR, price DOUBLE, items STRUCT(id BIGINT)[]), known BOOLEAN, timestamp TIMESTAMPTZ`
  await connection.run(`CREATE TABLE t (${columns})`)
  for (const row of rows) await connection.run(`INSERT INTO t VALUES (${row})`)
  await connection.run(`COPY (SELECT *, ${day} AS dt FROM t) TO '${folder}' (FORMAT parquet, PARTITION_BY (dt))`)
  connection.closeSync()
}

/** The scripts are JavaScript, since Node runs them as they are. */
function load(name: string): Promise<unknown> {
  return import(pathToFileURL(join(import.meta.dirname, '..', name)).href)
}
