import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { inFolder, randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { countRows, formatRows, headRows, schemaOf } from '../src/files.ts'

/** Files of a folder, each with what it holds. */
type Files = Readonly<Record<string, string | Uint8Array>>

function withFiles<T>(files: Files, look: (folder: string) => Promise<T>): Promise<T> {
  return inFolder(async (folder) => {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(join(folder, name, '..'), { recursive: true })
      await writeFile(join(folder, name), content)
    }
    return look(folder)
  })
}

async function jsonOf(location: string, rowsMax = 10): Promise<string> {
  const { names, rows } = await headRows(location, rowsMax)
  return formatRows('json', names)(rows)
}

const EVENTS = '{"a":12345678901234567890,"b":{"c":1.50}}\n\n{"b":"x","é":null}\r\n{"a":"\\u001b"}'

describe('the first rows', () => {
  it.each<[string, Files, string]>([
    [
      'lines keep every digit',
      { 'a.json': EVENTS },
      '{"a":12345678901234567890,"b":{"c":1.50}}\n{"b":"x","é":null}\n{"a":"\\u001b"}\n',
    ],
    [
      'gzip by its bytes, not by its name',
      { 'a.json': gzipSync(EVENTS) },
      '{"a":12345678901234567890,"b":{"c":1.50}}\n{"b":"x","é":null}\n{"a":"\\u001b"}\n',
    ],
    ['a byte order mark is no content', { 'a.json': '\ufeff{"a":1}\n' }, '{"a":1}\n'],
    [
      'a CSV with both ways to escape',
      { 'a.csv': 'id,"b c"\n7,"say ""x"" \\"y\\""\n8,""\n9,\n' },
      '{"id":"7","b c":"say \\"x\\" \\"y\\""}\n{"id":"8","b c":""}\n{"id":"9","b c":null}\n',
    ],
    ['columns of the same name', { 'a.csv': 'id,id\n1,2\n' }, '{"id":"1","id":"2"}\n'],
    ['objects with other columns', { 'a.csv': 'id,x\n1,2\n', 'b.csv': 'x\n3\n' }, '{"id":"1","x":"2"}\n{"x":"3"}\n'],
    ['nothing at all', { 'a.json': '' }, ''],
    ['a header alone', { 'a.csv': 'id\n' }, ''],
  ])('%s', async (_, files, expected) => {
    expect(await withFiles(files, (folder) => jsonOf(folder))).toBe(expected)
  })

  it('ends as soon as it has them', async () => {
    const files = { 'a.json': '{"a":1}\n{"a":2}\n{"a":3}\nno\n', 'b.json': 'no' }
    expect(await withFiles(files, (folder) => jsonOf(folder, 2))).toBe('{"a":1}\n{"a":2}\n')
    expect(
      await withFiles({ 'a.csv': 'a\n1\n2\n"' }, (folder) => jsonOf(join(folder, 'a.csv'), 2)).catch(String),
    ).toContain('BAD_CSV_RECORD')
  })

  it.each<[string, Files, string]>([
    [
      'a line that is no object',
      { 'a.json': '{"a":1}\nsecret\n' },
      `NOT_JSON: the line is no JSON object
  at ./a.json, line 2
  fletching run --on-malformed quarantine sets such lines apart and says what is wrong with each`,
    ],
    [
      'a record of another length',
      { 'a.csv': 'a,b\n1\n' },
      `BAD_CSV_RECORD: the record has 1 field and the header 2
  at line 2, byte 4
  at ./a.csv
  a field with a comma, a quote or a line break stands in quotes; which character escapes a quote is part of the dialect`,
    ],
    [
      'Parquet that is cut',
      { 'a.parquet': 'PAR1secret' },
      `BAD_PARQUET: the file begins as Parquet and cannot be read as such
  at ./a.parquet
  it may be cut, damaged, encrypted or in a compression that is not known; write it again`,
    ],
    [
      'Parquet in an archive',
      { 'a.gz': gzipSync('PAR1secret') },
      `UNSUPPORTED_FORM: an archive holds parquet, which is not read within one
  at ./a.gz
  unpack it first`,
    ],
    [
      'an archive that is cut',
      { 'a.gz': gzipSync(EVENTS).subarray(0, -9) },
      `CORRUPT_GZIP: the gzip file is damaged: it ends before its data does
  at ./a.gz
  nothing was written; fetch it again from its producer, or leave it out with --exclude`,
    ],
    [
      'a folder without objects',
      { '_hidden/a.json': EVENTS },
      `NO_INPUT: no object at .
  passed over: 1 hidden name
  expected an object, a folder that holds some, or a glob such as s3://bucket/logs/**/*.gz`,
    ],
  ])('refuses %s', async (_, files, message) => {
    const said = await withFiles(files, (folder) =>
      jsonOf(folder).catch((error: Error) => error.message.replaceAll(folder, '.')),
    )
    expect(said).toBe(message)
  })
})

const TYPES = `SELECT 1::BIGINT AS big, 9007199254740993 AS large, -1::SMALLINT AS small, 200::UTINYINT AS u, 'é"' AS "te.xt", NULL::VARCHAR AS nothing,
  TIMESTAMPTZ '2019-05-18 20:13:05.123+00' AS moment, DATE '2019-05-18' AS day, 1.25::DECIMAL(9, 2) AS price, 0.1::DOUBLE AS share, true AS yes,
  [1, NULL, 2] AS list, [{'sku': 'a', 'tags': ['x']}] AS products, {'a': {'b': 1}} AS nest, map {'k': 7} AS lookup`

const TYPES_JSON =
  '{"big":1,"large":9007199254740993,"small":-1,"u":200,"te.xt":"é\\"","nothing":null,"moment":"2019-05-18T20:13:05.123Z","day":"2019-05-18T00:00:00.000Z","price":1.25,"share":0.1,"yes":true,"list":[1,null,2],"products":[{"sku":"a","tags":["x"]}],"nest":{"a":{"b":1}},"lookup":{"k":7}}\n'

async function byDuckdb(...statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  for (const statement of statements) await connection.run(statement)
  connection.closeSync()
  instance.closeSync()
}

describe('Parquet of others', () => {
  it.each(['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'])('of DuckDB with %s', async (codec) => {
    await inFolder(async (folder) => {
      const file = join(folder, 'a.parquet')
      await byDuckdb(`COPY (${TYPES}) TO '${file}' (FORMAT parquet, COMPRESSION ${codec})`)
      expect(await jsonOf(file)).toBe(TYPES_JSON)
      expect(await countRows(file)).toBe(1n)
      expect((await schemaOf(file)).columns.map(({ column, type }) => `${column} ${type}`)).toEqual([
        'big int64',
        'large int64',
        'small int16',
        'u uint8',
        '`te.xt` text',
        'nothing text',
        'moment timestamp(us, UTC)',
        'day date',
        'price decimal(9, 2)',
        'share double',
        'yes boolean',
        'list[] int32',
        'products[].sku text',
        'products[].tags[] text',
        'nest.a.b int32',
        'lookup.key_value[].key text',
        'lookup.key_value[].value int32',
      ])
    })
  })

  it('may call a field as objects have one already', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'a.parquet')
      const row = `{'__proto__': 1, 'b': [{'__proto__': {'__proto__': 'x'}}]} AS "constructor", 2 AS "__proto__"`
      await byDuckdb(`COPY (SELECT ${row}) TO '${file}' (FORMAT parquet)`)
      expect(await jsonOf(file)).toBe(
        '{"constructor":{"__proto__":1,"b":[{"__proto__":{"__proto__":"x"}}]},"__proto__":2}\n',
      )
    }))

  it('has the folders of a table as columns', async () => {
    await inFolder(async (folder) => {
      await byDuckdb(
        `COPY (SELECT range AS id, 'd ' || (range % 2) AS dt FROM range(4)) TO '${folder}/table' (FORMAT parquet, PARTITION_BY (dt))`,
      )
      expect(await jsonOf(join(folder, 'table'))).toBe(
        '{"id":0,"dt":"d 0"}\n{"id":2,"dt":"d 0"}\n{"id":1,"dt":"d 1"}\n{"id":3,"dt":"d 1"}\n',
      )
      expect(await jsonOf(`${folder}/table/*/*.parquet`, 1)).toBe('{"id":0,"dt":"d 0"}\n')
      expect(await schemaOf(join(folder, 'table'))).toEqual({
        columns: [
          { column: 'id', type: 'int64', values: undefined },
          { column: 'dt', type: 'text', values: undefined },
        ],
        malformed: 0,
      })
      expect(await countRows(join(folder, 'table'))).toBe(4n)
    })
  })
})

describe('the columns', () => {
  it('of lines are what their values are', async () => {
    const lines =
      '{"a":1,"b":[{"c":"x"},{"c":2.5}],"Invited User?":{}}\n{"a":null,"b":true}\nno\n[1]\n{"a":1e30,"n":null}\n'
    expect(await withFiles({ 'a.json': lines }, (folder) => schemaOf(folder))).toEqual({
      columns: [
        { column: 'a', type: 'integer | number', values: 2 },
        { column: 'b', type: 'boolean | list', values: 2 },
        { column: 'b[]', type: 'object', values: 2 },
        { column: 'b[].c', type: 'number | text', values: 2 },
        { column: '`Invited User?`', type: 'object', values: 1 },
        { column: 'n', type: 'null', values: 0 },
      ],
      malformed: 2,
    })
  })

  it('of a CSV are what their fields could be', async () => {
    const csv = 'id,n,share,yes,empty\n007,-1,0.5,true,\n8,0,7,false,\n'
    expect((await withFiles({ 'a.csv': csv }, (folder) => schemaOf(folder))).columns).toEqual([
      { column: 'id', type: 'integer | text', values: 2 },
      { column: 'n', type: 'integer', values: 2 },
      { column: 'share', type: 'integer | number', values: 2 },
      { column: 'yes', type: 'boolean', values: 2 },
      { column: 'empty', type: 'null', values: 0 },
    ])
  })

  it('are not without end', async () => {
    const ids = Object.fromEntries(Array.from({ length: 10_001 }, (_, n) => [`id${n}`, 1]))
    const said = await withFiles({ 'a.json': JSON.stringify(ids) }, (folder) =>
      schemaOf(folder).catch((error: Error) => error.message.replaceAll(folder, '.')),
    )
    expect(said).toBe(`TOO_MANY_PATHS: there are more than 10000 different paths
  at ./a.json
  some object has ids as its keys; a job reads it as one JSON text`)
  })
})

describe('the count', () => {
  it.each<[string, Files, bigint]>([
    ['lines that are not blank', { 'a.json': '{}\n \t\r\n\n{}' }, 2n],
    ['records, not lines', { 'a.csv': 'a,b\n1,"x\ny"\n\n2,\n' }, 2n],
    ['empty lines of a CSV of one column', { 'a.csv': 'a\n\n1\n' }, 2n],
    [
      'of all objects of a folder',
      { 'a.json': '{}\n', 'd/b.csv': 'a\n1\n', 'd/c': gzipSync('{}\n{}\n'), _hidden: '{}' },
      4n,
    ],
    ['nothing', { 'a.json': '' }, 0n],
  ])('%s', async (_, files, expected) => {
    expect(await withFiles(files, (folder) => countRows(folder))).toBe(expected)
  })

  it('does not depend on where pieces end', async () => {
    const random = randomFrom(testSeed)
    const lines = Array.from({ length: 2000 }, () =>
      random.below(10) === 0 ? '' : `{"a":"${'é'.repeat(random.below(900))}"}`,
    )
    const expected = BigInt(lines.filter((line) => line !== '').length)
    const content = lines.join('\n')
    for (const bytes of [Buffer.from(content), gzipSync(content)]) {
      expect(await withFiles({ a: bytes }, (folder) => countRows(folder)), `FLETCHING_SEED=${testSeed}`).toBe(expected)
    }
  })
})

describe('texts of rows', () => {
  const names = ['id', 'a,b']
  const rows = [
    ['7', null],
    [12n, 'x\n"y"'],
    [undefined, ''],
    [new Date(Number.NaN), new Uint8Array([1])],
    [[1.5, { a: new Date(0) }], '\u001b[2J\u009b'],
  ]

  it.each([
    [
      'table',
      `id     a,b
7
12     x\\n"y"

null   AQ==
[1.5,{"a":"1970-01-01T00:00:00.000Z"}]   \\u001b[2J\\u009b
`,
    ],
    [
      'csv',
      `id,"a,b"\n7,\n12,"x\n""y"""\n,""\nnull,AQ==\n"[1.5,{""a"":""1970-01-01T00:00:00.000Z""}]",\u001b[2J\u009b\n`,
    ],
    [
      'json',
      `{"id":"7","a,b":null}
{"id":12,"a,b":"x\\n\\"y\\""}
{"a,b":""}
{"id":null,"a,b":"AQ=="}
{"id":[1.5,{"a":"1970-01-01T00:00:00.000Z"}],"a,b":"\\u001b[2J\u009b"}
`,
    ],
  ] as const)('as %s', (format, text) => {
    const print = formatRows(format, names)
    expect(print(rows.slice(0, 4)) + print(rows.slice(4))).toBe(text)
  })
})
