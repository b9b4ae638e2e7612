import { createHash } from 'node:crypto'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fletching, inFolder, openTestS3 } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

const corpus = process.env.FLETCHING_CORPUS
if (corpus === undefined) process.stderr.write('diff: the real Glue outputs are left out; set FLETCHING_CORPUS\n')

const A = 'USER_ID,ITEM_ID,TIMESTAMP\nsecret-1,i1,1546305138\nsecret-2,i2,1546305139\nsecret-3,i3,1546305140\n'
const B =
  'TIMESTAMP,ITEM_ID,USER_ID\n1546308738,i1,secret-1\n1546305139,i2,secret-2\n1546305139,i2,secret-2\n1546305140,"i\u001b3",secret-3\n'

describe('fletching diff', () => {
  it.each<[readonly string[], number, string, string]>([
    [
      ['a.csv', 'a.csv', '--format', 'text'],
      0,
      `A: a.csv, 3 rows
B: a.csv, 3 rows
compared by USER_ID, ITEM_ID, TIMESTAMP
the rows are alike
`,
      '',
    ],
    [
      ['a.csv', 'b.csv', '--format', 'text', '--key', 'USER_ID,ITEM_ID'],
      3,
      `A: a.csv, 3 rows
B: b.csv, 4 rows
compared by USER_ID, ITEM_ID, TIMESTAMP

only in A: 1 row
USER_ID    ITEM_ID   TIMESTAMP
secret-3   i3        1546305140

only in B: 2 rows
USER_ID    ITEM_ID    TIMESTAMP
secret-3   i\\u001b3   1546305140
secret-2   i2         1546305139

changed: 1 row, TIMESTAMP in 1
USER_ID    ITEM_ID   column      A            B
secret-1   i1        TIMESTAMP   1546305138   1546308738

DUPLICATE: 0 of A, 1 of B; the same row stands in both, more often in one
TIMESTAMP_ZONE: 1 of A, 1 of B; a timestamp was read in another time zone; B is later by: +3600 s in 1
no cause known: 1 of A, 1 of B
`,
      `ROWS_DIFFER: rows only in A: 1, only in B: 2, changed: 1
  at A, a.csv
  at B, b.csv
  standard output has rows and causes
`,
    ],
    [
      ['a.csv', 'twice.csv', '--format=text', '--limit=1'],
      3,
      `A: a.csv, 3 rows, columns only there: ITEM_ID, TIMESTAMP
B: twice.csv, 5 rows, columns only there: more
compared by USER_ID

only in A: 2 rows
USER_ID
secret-2
and 1 more; --limit shows them

only in B: 4 rows
times   USER_ID
3       secret-1
and 1 more; --limit shows them

DUPLICATE: 0 of A, 3 of B; the same row stands in both, more often in one
no cause known: 2 of A, 1 of B
`,
      `ROWS_DIFFER: rows only in A: 2, only in B: 4
  at A, a.csv
  at B, twice.csv
  standard output has rows and causes
`,
    ],
    [
      ['a.csv', 'wide.csv'],
      3,
      `{"columns":["USER_ID"],"a":{"location":"a.csv","rows":3,"columnsOnly":["ITEM_ID","TIMESTAMP"],"rowsOnly":{"count":0,"first":[]}},"b":{"location":"wide.csv","rows":3,"columnsOnly":["more"],"rowsOnly":{"count":0,"first":[]}},"causes":[],"unexplained":{"a":0,"b":0}}
`,
      `COLUMNS_DIFFER: columns only in A: 2, only in B: 1
  at A, a.csv
  at B, wide.csv
  in the columns that both have the rows are alike
`,
    ],
    [
      ['a.csv'],
      2,
      '',
      `USAGE: the b is missing
  fletching diff --help shows how it is used
`,
    ],
    [['a.csv', 'b.csv', '--limit', '0'], 2, '', 'BAD_OPTION: --limit got "0"\n  expected a whole number from 1\n'],
    [
      ['a.csv', 'bad.csv'],
      3,
      '',
      `BAD_CSV_RECORD: the record has 1 field and the header 3
  at line 2, byte 26
  at ./bad.csv
  a field with a comma, a quote or a line break stands in quotes; which character escapes a quote is part of the dialect
`,
    ],
    [
      ['quote.csv', 'slash.csv', '--format=text'],
      0,
      `A: quote.csv, 1 row
B: slash.csv, 1 row
compared by a, b
the rows are alike
`,
      '',
    ],
    [
      ['quote.csv', 'slash.csv', '--csv-escape', 'quote'],
      3,
      '',
      `BAD_CSV_RECORD: something stands between a closing quote and the comma
  at line 2, byte 4
  at ./slash.csv
  a field with a comma, a quote or a line break stands in quotes; which character escapes a quote is part of the dialect
`,
    ],
  ])('%j', async (args, code, stdout, stderr) => {
    await inFolder(async (cwd) => {
      const files = {
        'a.csv': A,
        'b.csv': B,
        'twice.csv': `USER_ID,more\n${'secret-1,x\n'.repeat(4)}secret-4,x\n`,
        'wide.csv': 'more,USER_ID\nx,secret-1\nx,secret-2\nx,secret-3\n',
        'bad.csv': 'USER_ID,ITEM_ID,TIMESTAMP\nsecret\n',
        'quote.csv': 'a,b\n"C:\\","x ""y"""\n',
        'slash.csv': 'a,b\n"C:\\\\","x \\"y\\""\n',
      }
      for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text)
      const finished = await fletching(['diff', ...args], { cwd })
      expect({ ...finished, stderr: finished.stderr.replaceAll(cwd, '.') }).toEqual({ code, stdout, stderr })
    })
  })

  it('finds the outputs of a run alike in every dialect, partitioned or not, on disk and in S3', async () => {
    const s3 = await openTestS3()
    try {
      await inFolder(async (cwd) => {
        const bucket = `diff-${createHash('sha256').update(cwd).digest('hex').slice(0, 12)}`
        await fetch(`${s3.endpoint}/${bucket}`, { method: 'PUT' })
        const call = (...args: string[]) => fletching(args, { cwd, env: s3.env })
        await call('gen', '--to', 'in', '--bytes', '300kB')
        const run = async (to: string, ...options: string[]) => {
          const csv = ['--S3_JSON_INPUT_PATH', 'in', '--S3_CSV_OUTPUT_PATH', `${to}/csv`]
          const { code } = await call(
            'run',
            'segment-to-personalize',
            ...csv,
            '--S3_PARQUET_OUTPUT_PATH',
            `${to}/table`,
            ...options,
          )
          expect(code).toBe(0)
        }
        await run('first', '--csv-dialect', 'personalize')
        await run('second', '--csv-dialect', 'glue', '--partition-by', 'none')
        await run(`s3://${bucket}`, '--csv-dialect', 'rfc4180', '--parquet-compression', 'zstd')
        for (const [a, b] of [
          ['first', 'second'],
          ['second', `s3://${bucket}`],
          [`s3://${bucket}`, 'first'],
        ]) {
          for (const output of ['csv', 'table']) {
            const { code, stderr } = await call('diff', `${a}/${output}`, `${b}/${output}`)
            expect([code, stderr]).toEqual([0, ''])
          }
        }
      })
    } finally {
      await s3.close()
    }
  })
})

describe.skipIf(corpus === undefined)('the real Glue outputs (set FLETCHING_CORPUS)', () => {
  const real = (name: string) => join(corpus as string, 'workshop-real', name)

  it.each<[string, string, number, string]>([
    ['run1', 'run-1551018703844-part-r-00000', 3, 'COLUMNS_DIFFER: columns only in A: 2, only in B: 0'],
    ['run1', 'run1-expected.csv', 0, ''],
    ['run2', 'run-1558198402129-part-r-00000', 0, ''],
  ])('of %s: %s holds the rows that the job gives', async (run, glue, code, message) => {
    await inFolder(async (cwd) => {
      await runOn(cwd, run)
      const finished = await fletching(['diff', real(glue), 'csv'], { cwd })
      expect([finished.code, finished.stderr.split('\n')[0]]).toEqual([code, message])
      expect(JSON.parse(finished.stdout)).toMatchObject({
        a: { rowsOnly: { count: 0 } },
        b: { rowsOnly: { count: 0 } },
      })
    })
  })

  it.each<[string, (rows: string[]) => readonly string[], object]>([
    [
      'rows twice',
      (rows) => [...rows, ...rows.slice(0, 40)],
      { causes: [{ code: 'DUPLICATE', a: 40, b: 0 }], unexplained: { a: 0, b: 0 } },
    ],
    [
      'another time zone',
      (rows) => rows.map((row, n) => (n < 1000 ? shifted(row, -5 * 3600) : row)),
      {
        causes: [{ code: 'TIMESTAMP_ZONE', a: 1000, b: 1000, shifts: [{ seconds: 18_000, rows: 1000 }] }],
        unexplained: { a: 0, b: 0 },
      },
    ],
    [
      'timestamps that were not read',
      (rows) => rows.map((row, n) => (n < 30 ? row.replace(/\d+$/, '') : row)),
      { causes: [{ code: 'TIMESTAMP_EMPTY', a: 30, b: 30 }], unexplained: { a: 0, b: 0 } },
    ],
    [
      'ids that are none',
      (rows) => [
        ...rows,
        ...rows.slice(0, 20).map((row, n) => row.replace(/^\d+/, n % 2 === 0 ? 'null' : '"[object Object]"')),
      ],
      { causes: [{ code: 'ID_NULL_LIKE', a: 20, b: 0 }], unexplained: { a: 0, b: 0 } },
    ],
    ['rows that are missing', (rows) => rows.slice(5), { causes: [], unexplained: { a: 0, b: 5 } }],
  ])('a copy with %s', async (_, change, expected) => {
    await inFolder(async (cwd) => {
      const [header, ...rows] = (await readFile(real('run-1558198402129-part-r-00000'), 'utf8')).trimEnd().split('\n')
      // Rows that the real output has twice would make some of these changes another.
      const once = rows.filter((row, n) => rows.indexOf(row) === n)
      await writeFile(join(cwd, 'once.csv'), [header, ...once, ''].join('\n'))
      await writeFile(join(cwd, 'planted.csv'), [header, ...change([...once]), ''].join('\n'))
      const { code, stdout } = await fletching(['diff', 'planted.csv', 'once.csv'], { cwd })
      expect(code).toBe(3)
      expect(JSON.parse(stdout)).toMatchObject(expected)
    })
  })

  async function runOn(cwd: string, run: string): Promise<void> {
    await mkdir(join(cwd, 'in'))
    await copyFile(real(`${run}-events.ndjson.gz`), join(cwd, 'in', 'events.gz'))
    const args = ['--S3_JSON_INPUT_PATH', 'in', '--S3_CSV_OUTPUT_PATH', 'csv']
    expect((await fletching(['run', 'segment-to-personalize', ...args], { cwd })).code).toBe(0)
  }
})

function shifted(row: string, seconds: number): string {
  return row.replace(/\d+$/, (moment) => String(Number(moment) + seconds))
}
