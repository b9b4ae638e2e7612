import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { inFolder, randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { type Cause, type Difference, type DiffOptions, diffRows } from '../src/diff.ts'

type Files = Readonly<Record<string, string | Uint8Array>>

/** Compares `a` with `b`, each a file's text or the files of a folder. */
function diff(a: string | Files, b: string | Files, options: DiffOptions = {}): Promise<Difference> {
  return inFolder(async (folder) => {
    const places: string[] = []
    for (const [name, side] of [a, b].entries()) {
      const place = join(folder, 'ab'[name])
      for (const [file, content] of Object.entries(typeof side === 'string' ? { 'x.csv': side } : side)) {
        await mkdir(join(place, file, '..'), { recursive: true })
        await writeFile(join(place, file), content)
      }
      places.push(place)
    }
    try {
      const found = await diffRows(places[0], places[1], options)
      return JSON.parse(JSON.stringify(found).replaceAll(folder, '.')) as Difference
    } catch (error) {
      throw String(error).replaceAll(folder, '.')
    }
  })
}

/** Counts in words: rows only in A, only in B, changed. */
function counts({ a, b, changed }: Difference): string {
  return `${a.rowsOnly.count} ${b.rowsOnly.count} ${changed?.count ?? '-'}`
}

describe('rows as a multiset', () => {
  it.each<[string, string | Files, string | Files, string]>([
    ['the same', 'id,x\n1,a\n2,b\n', 'id,x\n1,a\n2,b\n', '0 0 -'],
    ['another order of rows', 'id,x\n1,a\n2,b\n', 'id,x\n2,b\n1,a\n', '0 0 -'],
    ['another order of columns', 'id,x\n1,a\n2,b\n', 'x,id\na,1\nb,2\n', '0 0 -'],
    ['other line ends, and quotes', 'id,x\n1,a\n', '"id","x"\r\n"1","a"\r\n', '0 0 -'],
    ['null and the empty text', 'id,x\n1,\n', 'id,x\n1,""\n', '0 0 -'],
    ['other files, and gzip', { 'a.csv': 'id\n1\n', 'b.csv': 'id\n2\n' }, { 'c.gz': gzipSync('id\n2\n1\n') }, '0 0 -'],
    ['a column that one file lacks', { 'a.csv': 'id,x\n1,\n', 'b.csv': 'id\n2\n' }, 'id,x\n1,\n2,\n', '0 0 -'],
    ['how often a row stands there', 'id\n1\n1\n1\n2\n', 'id\n1\n2\n2\n', '2 1 -'],
    ['no rows', 'id\n', 'id\n1\n', '0 1 -'],
    ['values that meet in another column', 'id,x\n1,\n', 'id,x\n,1\n', '1 1 -'],
    ['commas and brackets', 'id,x\n"a"",""b",c\n', 'id,x\na,"b"",""c"\n', '1 1 -'],
    ['quotes escaped in both ways', 'id,x\n1,"say ""x"", so"\n', 'id,x\n1,"say \\"x\\", so"\n', '0 0 -'],
    ['a backslash at the end of a text', 'id,x\n"a, \\",1\n', 'id,x\n"a, \\\\",1\n', '0 0 -'],
    ['backslashes without quotes', 'id,x\n\\\\a,1\n', 'id,x\n"\\\\\\\\a",1\n', '0 0 -'],
    ['backslashes before letters', 'id,x\n"a, \\n\\\\",1\n', 'id,x\n"a, \\\\n\\\\\\\\",1\n', '0 0 -'],
  ])('%s', async (_, a, b, expected) => {
    expect(counts(await diff(a, b))).toBe(expected)
    expect(
      counts(await diff(b, a))
        .split(' ')
        .slice(0, 2)
        .reverse()
        .join(' '),
    ).toBe(expected.slice(0, 3))
  })

  it('tells the whole of it', async () => {
    const a = 'USER_ID,x,old\nu1,1,o\nu2,2,o\nu2,2,o\nu3,3,o\n'
    const b = 'new,x,USER_ID\nn,1,u1\nn,9,u3\nn,4,u4\n'
    expect(await diff(a, b, { key: ['USER_ID'] })).toEqual({
      columns: ['USER_ID', 'x'],
      a: {
        location: './a',
        rows: 4,
        columnsOnly: ['old'],
        rowsOnly: { count: 2, first: [{ times: 2, row: { USER_ID: 'u2', x: '2' } }] },
      },
      b: {
        location: './b',
        rows: 3,
        columnsOnly: ['new'],
        rowsOnly: { count: 1, first: [{ times: 1, row: { USER_ID: 'u4', x: '4' } }] },
      },
      changed: {
        count: 1,
        byColumn: { x: 1 },
        first: [{ times: 1, key: { USER_ID: 'u3' }, columns: { x: { a: '3', b: '9' } } }],
      },
      causes: [],
      unexplained: { a: 3, b: 2 },
    })
  })

  it('keeps no more rows than are asked for', async () => {
    const { a, b, changed } = await diff('k,x\n1,1\n2,1\n3,1\n4,1\n5,1\n', 'k,x\n1,2\n2,2\n6,1\n7,1\n', {
      key: ['k'],
      limit: 1,
    })
    const kept = [a.rowsOnly, b.rowsOnly, changed].map((of) => [of?.count, of?.first.length])
    expect(kept).toEqual([
      [3, 1],
      [2, 1],
      [2, 1],
    ])
  })

  it('pairs the rows of a key that stands more than once', async () => {
    const { changed, ...rest } = await diff('k,x\n1,a\n1,a\n1,b\n1,c\n', 'k,x\n1,d\n1,e\n1,e\n', { key: ['k'] })
    expect([changed?.count, changed?.byColumn, counts({ changed, ...rest })]).toEqual([3, { x: 3 }, '1 0 3'])
    expect(changed?.first.map(({ times, columns }) => [times, columns.x.a, columns.x.b])).toEqual([
      [1, 'a', 'd'],
      [1, 'a', 'e'],
      [1, 'b', 'e'],
    ])
  })

  it('takes the rule of quoting that it is given', async () => {
    const [a, b] = ['id,x\n"a\\\\",1\n', 'id,x\na\\\\,1\n']
    expect(counts(await diff(a, b))).toBe('1 1 -')
    expect(counts(await diff(a, b, { csvEscape: '"' }))).toBe('0 0 -')
  })
})

describe('Parquet', () => {
  it('compares fields of every name', () =>
    inFolder(async (folder) => {
      const connection = await (await DuckDBInstance.create(':memory:')).connect()
      for (const [name, value] of [
        ['a', 1],
        ['b', 2],
      ]) {
        const row = `{'__proto__': ${value}} AS s, ${value} AS "__proto__"`
        await connection.run(`COPY (SELECT ${row}) TO '${folder}/${name}' (FORMAT parquet)`)
      }
      connection.closeSync()
      const { a } = await diffRows(join(folder, 'a'), join(folder, 'b'))
      expect(JSON.stringify(a.rowsOnly.first)).toBe('[{"times":1,"row":{"s":"{\\"__proto__\\":1}","__proto__":"1"}}]')
    }))

  it('is compared with CSV, folders and every type that has a text', async () => {
    await inFolder(async (folder) => {
      const place = (name: string) => join(folder, name)
      const connection = await (await DuckDBInstance.create(':memory:')).connect()
      try {
        await connection.run(`COPY (SELECT 'u1' AS id, 9007199254740993::BIGINT AS n, 0.5::DOUBLE AS f, true AS is_on,
          TIMESTAMP_MS '2019-05-18 14:03:22.129' AS ms, TIMESTAMP '1969-12-31 23:59:59.000250' AS us,
          TIMESTAMP_NS '2019-05-18 14:03:22.000000001' AS ns, DATE '2019-05-18' AS day, [1, 2]::BIGINT[] AS list, NULL::VARCHAR AS nothing, 'x' AS dt)
          TO '${place('t')}' (FORMAT parquet, PARTITION_BY (dt))`)
      } finally {
        connection.disconnectSync()
      }
      const header = 'id,n,f,is_on,ms,us,ns,day,list,nothing,dt'
      const moments = '2019-05-18T14:03:22.129Z,1969-12-31T23:59:59.00025Z,2019-05-18T14:03:22.000000001Z,2019-05-18'
      await writeFile(place('t.csv'), `${header}\nu1,9007199254740993,0.5,true,${moments},"[""1"",""2""]",,x\n`)
      const found = await diffRows(place('t'), place('t.csv'))
      expect([found.a, found.b].map(({ rowsOnly, columnsOnly }) => ({ rowsOnly, columnsOnly }))).toEqual([
        { rowsOnly: { count: 0, first: [] }, columnsOnly: [] },
        { rowsOnly: { count: 0, first: [] }, columnsOnly: [] },
      ])
      await writeFile(place('d.csv'), 'dt\nx\ny\n')
      expect(counts(await diffRows(place('t'), place('d.csv')))).toBe('0 1 -')
    })
  })
})

describe('causes', () => {
  const HEADER = 'USER_ID,ITEM_ID,TIMESTAMP\n'
  it.each<[string, string, string, readonly Cause[], string]>([
    ['a row twice', 'u,i,1546305138\n', 'u,i,1546305138\n'.repeat(3), [{ code: 'DUPLICATE', a: 0, b: 2 }], '0 0'],
    ['a row twice that the other lacks', 'u,i,1546305138\n'.repeat(2), '', [], '2 0'],
    [
      'an hour later',
      'u,i,1546305138\nu,j,1546305139\n',
      'u,i,1546308738\nu,j,1546308739\n',
      [{ code: 'TIMESTAMP_ZONE', a: 2, b: 2, shifts: [{ seconds: 3600, rows: 2 }] }],
      '0 0',
    ],
    [
      'three quarters of an hour earlier, in milliseconds',
      'u,i,1546305138000\n',
      'u,i,1546302438000\n',
      [{ code: 'TIMESTAMP_ZONE', a: 1, b: 1, shifts: [{ seconds: -2700, rows: 1 }] }],
      '0 0',
    ],
    [
      'of two that are possible the shift of the others',
      'u,i,1546305138\nu,i,1546308738\nv,i,1546305138\n',
      'u,i,1546308738\nu,i,1546312338\nv,i,1546308738\n',
      [
        {
          code: 'TIMESTAMP_ZONE',
          a: 2,
          b: 2,
          shifts: [
            { seconds: 3600, rows: 1 },
            { seconds: 7200, rows: 1 },
          ],
        },
      ],
      '0 0',
    ],
    ['a second later', 'u,i,1546305138\n', 'u,i,1546305139\n', [], '1 1'],
    ['two days later', 'u,i,1546305138\n', 'u,i,1546477938\n', [], '1 1'],
    ['an hour later of another item', 'u,i,1546305138\n', 'u,j,1546308738\n', [], '1 1'],
    ['no timestamp', 'u,i,\n', 'u,i,1546305138\n', [{ code: 'TIMESTAMP_EMPTY', a: 1, b: 1 }], '0 0'],
    [
      'no timestamp, nor the row in the other',
      'u,i,\n',
      'v,i,1546305138\n',
      [{ code: 'TIMESTAMP_EMPTY', a: 1, b: 0 }],
      '0 1',
    ],
    ['no id', ',i,1546305138\n', '', [{ code: 'ID_NULL_LIKE', a: 1, b: 0 }], '0 0'],
    [
      'ids that are none',
      'null,i,1546305138\nu,[object Object],1546305138\nNull,i,1546305138\n',
      '',
      [{ code: 'ID_NULL_LIKE', a: 2, b: 0 }],
      '1 0',
    ],
  ])('%s', async (_, a, b, causes, unexplained) => {
    const found = await diff(HEADER + a, HEADER + b)
    expect(found.causes).toEqual(causes)
    expect(`${found.unexplained.a} ${found.unexplained.b}`).toBe(unexplained)
  })

  it('finds columns by their names', async () => {
    const [a, b] = ['messageId,event_time,valid\nnull,x,1\nm,,1\nm,x,\n', 'messageId,event_time,valid\n']
    expect((await diff(a, b)).causes).toEqual([
      { code: 'TIMESTAMP_EMPTY', a: 1, b: 0 },
      { code: 'ID_NULL_LIKE', a: 1, b: 0 },
    ])
  })
})

describe('inputs that cannot be compared', () => {
  it.each<[string, string | Files, string | Files, DiffOptions, string]>([
    [
      'nothing in common',
      'a,b\n',
      'A\n',
      {},
      `FletchingError: NO_SHARED_COLUMN: no column has the same name in both
  at ./a: a, b
  at ./b: A
  columns are compared by their names, upper and lower case apart`,
    ],
    [
      'an unknown key',
      'a,b\n',
      'a\n',
      { key: ['b'] },
      `FletchingError: UNKNOWN_COLUMN: no column "b" in both, to know a row by
  at ./a: a, b
  at ./b: a
  both have a`,
    ],
    [
      'two columns of the same name',
      'a,a\n1,2\n',
      'a\n',
      {},
      `FletchingError: DUPLICATE_COLUMN: there are two columns "a"
  at ./a/x.csv
  columns are told apart by their names; give each a name of its own`,
    ],
    [
      'NDJSON',
      'a\n',
      '{"a":1}\n',
      {},
      `FletchingError: NOT_A_TABLE: NDJSON is no table
  at ./b/x.csv
  expected CSV or Parquet, an object, a folder or a glob, on disk or in S3`,
    ],
  ])('%s', async (_, a, b, options, message) => {
    await expect(diff(a, b, options)).rejects.toBe(message)
  })

  it('standard input', async () => {
    await expect(diffRows('-', 'x')).rejects.toThrow(
      `NOT_A_TABLE: standard input cannot be read twice
  at -
  expected CSV or Parquet, an object, a folder or a glob, on disk or in S3`,
    )
  })
})

describe('random multisets', () => {
  it.each([1, 7, 60, 10_000])(
    `are what a Map says, with %d hashes in memory, FLETCHING_SEED=${testSeed}`,
    async (rowsMax) => {
      const { below } = randomFrom(testSeed + rowsMax)
      for (let round = 0; round < 6; round++) {
        const [keys, values] = [1 + below(200), 1 + below(4)]
        const rows = () =>
          Array.from({ length: below(rowsMax === 1 ? 60 : 400) }, () => [`k${below(keys)}`, `${below(values)}`])
        const [a, b] = [rows(), rows()]
        const text = (side: string[][]) => `k,v\n${side.map((row) => `${row.join(',')}\n`).join('')}`
        const found = await diff(text(a), text(b), { rowsMax, limit: 1000, ...(round % 2 === 0 ? { key: ['k'] } : {}) })
        const expected = oracle(a, b, round % 2 === 0)
        expect({
          counts: counts(found),
          a: timesOf(found.a),
          b: timesOf(found.b),
          byColumn: found.changed?.byColumn,
        }).toEqual(expected)
      }
    },
  )

  it('leave no file behind', async () => {
    await inFolder(async (tmp) => {
      const rows = (from: number) => `k\n${Array.from({ length: 100 }, (_, n) => `${from + n}\n`).join('')}`
      expect(counts(await diff(rows(0), rows(50), { rowsMax: 2, tmp }))).toBe('50 50 -')
      await expect(diff(rows(0), `${rows(0)}"`, { rowsMax: 2, tmp })).rejects.toContain('BAD_CSV_RECORD')
      expect(await readdir(tmp)).toEqual([])
    })
  })
})

function timesOf({ rowsOnly }: Difference['a']): Record<string, number> {
  return Object.fromEntries(rowsOnly.first.map(({ times, row }) => [`${row.k},${row.v}`, times]))
}

/** The slow obvious version: rows in a Map; with a key, as many pairs as both have left of it. */
function oracle(a: string[][], b: string[][], hasKey: boolean) {
  const left = new Map<string, number>()
  for (const row of a) left.set(row.join(), (left.get(row.join()) ?? 0) + 1)
  for (const row of b) left.set(row.join(), (left.get(row.join()) ?? 0) - 1)
  const only = [1, -1].map((sign) =>
    [...left]
      .filter(([, count]) => count * sign > 0)
      .map(([row, count]) => [row, count * sign] as [string, number])
      .sort(([x], [y]) => (x < y ? -1 : 1)),
  )
  let changed = 0
  if (hasKey) {
    for (const key of new Set(a.map(([k]) => k))) {
      const of = only.map((rows) => rows.filter(([row]) => row.startsWith(`${key},`)))
      const totals = of.map((rows) => rows.reduce((sum, [, count]) => sum + count, 0))
      const pairs = Math.min(...totals)
      changed += pairs
      for (const rows of of) {
        let taken = pairs
        for (const row of rows) {
          const here = Math.min(taken, row[1])
          taken -= here
          row[1] -= here
        }
      }
    }
  }
  const rest = only.map((rows) => rows.filter(([, count]) => count > 0))
  const [inA, inB] = rest.map((rows) => rows.reduce((sum, [, count]) => sum + count, 0))
  return {
    counts: `${inA} ${inB} ${hasKey ? changed : '-'}`,
    a: Object.fromEntries(rest[0]),
    b: Object.fromEntries(rest[1]),
    byColumn: hasKey ? (changed > 0 ? { v: changed } : {}) : undefined,
  }
}
