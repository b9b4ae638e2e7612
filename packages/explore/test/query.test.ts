import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { findInput, type ObjectInfo, openMemoryStore, openStore, parseLocation } from '@fletching/storage'
import { inFolder } from '@fletching/testing'
import { Field, Int64, Schema, Utf8 } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { formatRows } from '../src/files.ts'
import { type DeclaredTable, type QueryOptions, runQuery, type TableSource } from '../src/query.ts'

type Files = Readonly<Record<string, string | Uint8Array>>

interface Asked {
  /** Tables by name, each with its files. */
  readonly tables?: Readonly<Record<string, Files>>
  readonly declared?: DeclaredTable
  readonly options?: Partial<QueryOptions>
}

/** What a statement answers, as JSON lines, or the message of its error; and that nothing is left of it. */
async function ask(sql: string, { tables = {}, declared, options = {} }: Asked = {}) {
  return inFolder(async (folder) => {
    const sources: TableSource[] = []
    for (const [name, files] of Object.entries(tables)) {
      const place = join(folder, name)
      for (const [file, content] of Object.entries(files)) {
        await mkdir(dirname(join(place, file)), { recursive: true })
        await writeFile(join(place, file), content)
      }
      const store = await openStore(parseLocation(place))
      const find = async () => {
        const objects = Object.keys(files).length === 0 ? [] : [...(await findInput(store, place)).objects]
        return { store, objects, ...(declared === undefined ? {} : { declared }) }
      }
      sources.push({ name, find })
    }
    const notes: string[] = []
    const tmp = join(folder, 'tmp')
    const given = { database: 'segmentdata', tmp, onNote: (text: string) => notes.push(text), ...options }
    const before = (await readdir(folder, { recursive: true })).filter((name) => name !== 'tmp')
    const said = await runQuery(sql.replaceAll('FOLDER', folder), sources, given, async ({ names, rows }) => {
      const print = formatRows('json', names)
      let text = ''
      for await (const part of rows) text += print(part)
      return text
    }).catch((error: Error) => error.message.replaceAll(folder, '.'))
    expect((await readdir(folder, { recursive: true })).filter((name) => name !== 'tmp')).toEqual(before)
    return { said, notes }
  })
}

const EVENTS: Files = {
  'a.json':
    '{"id":"u1","n":1,"p":{"sku":"x","price":1.5},"tags":["a"]}\n{"id":7,"n":2,"p":"secret","tags":[]}\nsecret\n',
  'b.gz': gzipSync('{"id":"12345678901234567890","p":{"sku":2,"SKU":"y"},"n":null,"e":{}}\n'),
}

describe('rows', () => {
  it.each<[string, string, Asked, string]>([
    [
      'of lines, the types of which differ',
      'SELECT * FROM t',
      { tables: { t: EVENTS } },
      `{"id":"12345678901234567890","n":null,"p":{"sku":"2","price":null},"tags":null,"e":{}}
{"id":"u1","n":1,"p":{"sku":"x","price":1.5},"tags":["a"],"e":null}
{"id":"7","n":2,"p":{"sku":null,"price":null},"tags":[],"e":null}
`,
    ],
    ['without the schema', 'SELECT count(*) AS c FROM segmentdata.t, T AS u', { tables: { t: EVENTS } }, '{"c":9}\n'],
    [
      'of lines with odd names',
      `SELECT "it's", "Invited User?" FROM t`,
      { tables: { t: { 'a.json': '{"it\'s":true,"Invited User?":1}\n' } } },
      '{"it\'s":true,"Invited User?":1}\n',
    ],
    [
      'of lines with names that objects have already',
      'SELECT * FROM t',
      { tables: { t: { 'a.json': '{"a":{"__proto__":1,"b":[{"__proto__":{"__proto__":"x"}}]},"__proto__":2}\n' } } },
      '{"a":{"__proto__":1,"b":[{"__proto__":{"__proto__":"x"}}]},"__proto__":2}\n',
    ],
    [
      'of maps and unions with such names',
      `SELECT MAP {'__proto__': {'__proto__': 1}} AS m, union_value(u := {'__proto__': 2}) AS u, [{'__proto__': 3}]::STRUCT("__proto__" INT)[1] AS a`,
      {},
      '{"m":{"__proto__":{"__proto__":1}},"u":{"__proto__":2},"a":[{"__proto__":3}]}\n',
    ],
    ['of lines that hold nothing', 'SELECT * FROM t', { tables: { t: { 'a.json': '{}\n' } } }, '{"json":{}}\n'],
    [
      'of a CSV, with the types of its values',
      'SELECT * FROM t',
      { tables: { t: { 'a.csv': 'id,n,Id,yes,x\n007,1,"say \\"x\\" \\\\",true,\n8,-2,"",false,1.5\n' } } },
      '{"id":"007","n":1,"Id_2":"say \\"x\\" \\\\","yes":true,"x":null}\n{"id":"8","n":-2,"Id_2":"","yes":false,"x":1.5}\n',
    ],
    [
      'of a CSV that doubles its quotes',
      'SELECT * FROM t',
      { tables: { t: { 'a.gz': gzipSync('a\n"C:\\"\n"""x"""\n') } }, options: { csvEscape: '"' } },
      '{"a":"C:\\\\"}\n{"a":"\\"x\\""}\n',
    ],
    [
      'of paths that look like patterns',
      'SELECT * FROM t',
      { tables: { t: { "it's[a]*?.json": '{"a":1}\n' } } },
      '{"a":1}\n',
    ],
    [
      'of a table of no files',
      'SELECT * FROM t',
      {
        tables: { t: {} },
        declared: {
          form: 'parquet',
          schema: new Schema([new Field('a', new Utf8()), new Field('b"', new Int64())]),
          partitionBy: [],
          csvEscape: '\\',
        },
      },
      '',
    ],
    ['of an explanation', 'EXPLAIN SELECT 1', {}, expect.stringContaining('"explain_key":"physical_plan"') as string],
    ['of no table', ' -- one\nSELECT 1 AS a; -- end', {}, '{"a":1}\n'],
    [
      'of every type',
      `SELECT 9007199254740993 AS big, 1.50::DECIMAL(9, 2) AS price, TIMESTAMPTZ '2019-05-18 22:13:05.123+02' AS moment, TIMESTAMP '2019-05-18 01:02:03' AS wall,
        DATE '2019-05-18' AS day, [1, NULL] AS list, {'a': {'b': 2}} AS nest, map {'k': 3} AS lookup, '{"x": 1}'::JSON AS json, 'x'::BLOB AS bytes, NULL AS nothing,
        'nan'::DOUBLE AS nan, union_value(k := 4) AS either, TIMESTAMPTZ 'infinity' AS never, 170141183460469231731687303715884105727 AS huge`,
      {},
      '{"big":9007199254740993,"price":1.50,"moment":"2019-05-18T20:13:05.123Z","wall":"2019-05-18 01:02:03","day":"2019-05-18","list":[1,null],"nest":{"a":{"b":2}},"lookup":{"k":3},"json":{"x": 1},"bytes":"eA==","nothing":null,"nan":null,"either":4,"never":"infinity","huge":170141183460469231731687303715884105727}\n',
    ],
  ])('%s', async (_, sql, asked, expected) => {
    expect((await ask(sql, asked)).said).toEqual(expected)
  })

  it('of Parquet that lies elsewhere, with its folders as columns', async () => {
    await inFolder(async (folder) => {
      const instance = await DuckDBInstance.create(':memory:')
      const connection = await instance.connect()
      await connection.run(`COPY (SELECT 7 AS id) TO '${folder}/a' (FORMAT parquet)`)
      await connection.run(`COPY (SELECT 8 AS id, 'x' AS name) TO '${folder}/b' (FORMAT parquet)`)
      connection.closeSync()
      instance.closeSync()
      const store = openMemoryStore()
      const put = async (key: string, file: string) =>
        store.put({ scheme: 'memory', key }, await readFile(join(folder, file)))
      await put('t/dt=2019-05-18/a', 'a')
      await put('t/dt=2019-05-19/a', 'b')
      const objects: ObjectInfo[] = []
      for await (const object of store.list(parseLocation('memory:t/'))) objects.push(object)
      const source = { name: 't', find: async () => ({ store, objects }) }
      const options = { database: 'segmentdata', tmp: join(folder, 'tmp') }
      const text = await runQuery('SELECT * FROM t ORDER BY id', [source], options, async ({ names, rows }) => {
        const print = formatRows('csv', names)
        let printed = ''
        for await (const part of rows) printed += print(part)
        return printed
      })
      expect(text).toBe('id,name,dt\n7,,2019-05-18\n8,x,2019-05-19\n')
      expect(await readdir(join(folder, 'tmp'))).toEqual([])
    })
  })

  it('come with what was left out, without a word of it', async () => {
    expect((await ask('SELECT count(*) AS c FROM t', { tables: { t: EVENTS } })).notes).toEqual([
      't: lines that are no JSON object, and were left out: 1',
      't: keys that differ from others in case alone, and were left out: 1',
    ])
  })

  it.each<[lines: string, said: string, notes: string[]]>([
    ['{"":5,"a":1}\n{"a":2}', '{"a":1}\n{"a":2}\n', ['t: keys that are empty, and were left out: 1']],
    [
      '{"a":1,"":5,"A":2}',
      '{"a":1}\n',
      [
        't: keys that are empty, and were left out: 1',
        't: keys that differ from others in case alone, and were left out: 1',
      ],
    ],
    [
      '{"a":{"":5,"b":1},"l":[{"":5,"b":1}]}',
      '{"a":{"b":1},"l":[{"b":1}]}\n',
      ['t: keys that are empty, and were left out: 2'],
    ],
    ['{"a":{"":5}}', '{"a":{"":5}}\n', []],
    ['{"":5}', '{"json":{"":5}}\n', []],
  ])('of %s have no column of an empty name', async (lines, said, notes) => {
    expect(await ask('SELECT * FROM t', { tables: { t: { 'a.json': lines } } })).toEqual({ said, notes })
  })

  it('of a CSV whose columns have no names have those that DuckDB gives', async () => {
    const tables = { t: { 'a.csv': ',a,column0,\n1,2,3,x\n' } }
    expect((await ask('SELECT * FROM t', { tables })).said).toBe('{"column0":1,"a":2,"column0_2":3,"column3":"x"}\n')
  })

  it('have objects with an empty key whose other members can be asked for', async () => {
    const tables = { t: { 'a.json': '{"a":{"":5,"b":1}}' } }
    expect((await ask('SELECT t.a.b AS b FROM t', { tables })).said).toBe('{"b":1}\n')
  })

  it('of tables that are not named are not looked for', async () => {
    expect((await ask('SELECT 1 AS a', { tables: { other: { 'a.csv': '"' } } })).said).toBe('{"a":1}\n')
  })
})

const READS = 'query reads: give one SELECT, or EXPLAIN SELECT'
const NOT_RUN = 'NOT_A_QUERY: the statement is not one that is run here:'
const MORE = `${NOT_RUN} it does more than read\n  ${READS}`
const FILE = `${NOT_RUN} it reads or writes a file that is no table\n  give the file a name with --table name=location, and read that`
const SETTING = `${NOT_RUN} it calls a function that changes settings or hides a statement\n  ${READS}`

describe('a statement', () => {
  it.each([
    ["COPY t TO 'FOLDER/t/a.json'", MORE],
    ["COPY (SELECT 1) TO 'FOLDER/x.csv'", FILE],
    ["EXPLAIN ANALYZE COPY (SELECT 1) TO 'FOLDER/t/a.json'", MORE],
    ['EXPLAIN ANALYZE SELECT 1', MORE],
    ['explain (analyze) SELECT 1', MORE],
    ["EXPLAIN COPY t TO 'FOLDER/t/a.json'", MORE],
    ["ATTACH 'FOLDER/x.db'", MORE],
    ['CREATE TABLE x AS SELECT 1', MORE],
    ['DROP VIEW t', MORE],
    ['SET threads = 1', MORE],
    ['PRAGMA enable_profiling', MORE],
    ['CALL enable_logging()', SETTING],
    ["SELECT * FROM enable_logging(storage = 'file', storage_path = 'FOLDER/log')", SETTING],
    ['SELECT * FROM "enable_logging" ()', SETTING],
    ["SELECT * FROM query('SELECT 1')", SETTING],
    ['INSTALL httpfs', MORE],
    ['LOAD httpfs', MORE],
    ['SELECT 1; SELECT 2', `${NOT_RUN} there are 2 statements\n  ${READS}`],
    ['', `${NOT_RUN} there is no statement\n  ${READS}`],
    ['-- nothing', `${NOT_RUN} there is no statement\n  ${READS}`],
    ['SELECT $1', `${NOT_RUN} it has parameters, and there are no values for them\n  ${READS}`],
    ["SELECT * FROM read_text('/etc/passwd')", FILE],
    ["SELECT * FROM read_csv('FOLDER/t/*.json')", FILE],
    ["SELECT * FROM glob('/etc/*')", FILE],
  ])('%s is not run', async (sql, message) => {
    expect((await ask(sql, { tables: { t: { 'a.json': '{"a":1}\n' } } })).said).toBe(message)
  })

  it.each<[string, string, Partial<QueryOptions>?]>([
    ['SELEC 1', 'SQL_ERROR: Parser Error: syntax error at or near "SELEC"\n  LINE 1: SELEC 1\n          ^'],
    [
      'SELECT b FROM t',
      'SQL_ERROR: Binder Error: Referenced column "b" not found in FROM clause!\n  Candidate bindings: "a"\n  LINE 1: SELECT b FROM t\n                 ^',
    ],
    ['SELECT * FROM u', 'UNKNOWN_TABLE: no table u\n  there are, in segmentdata: t'],
    ['SELECT * FROM segmentdata.u', 'UNKNOWN_TABLE: no table u\n  there are, in segmentdata: t'],
    [
      'SELECT a::INT FROM t',
      'SQL_VALUE: DuckDB ended the query with a Conversion Error\n  a value has another form than the statement expects: try_cast gives null there; --show-data shows it',
    ],
    [
      'SELECT a::INT FROM t',
      "SQL_VALUE: Conversion Error: Could not convert string 'secret' to INT32 when casting from source column a\n  LINE 1: SELECT a::INT FROM t\n                  ^\n  a value has another form than the statement expects: try_cast gives null there",
      { showData: true },
    ],
    [
      'SELECT error(a) FROM t',
      'SQL_VALUE: DuckDB ended the query with a Invalid Input Error\n  a value has another form than the statement expects: try_cast gives null there; --show-data shows it',
    ],
  ])('%s says what is wrong with it', async (sql, message, options = {}) => {
    expect((await ask(sql, { tables: { t: { 'a.json': '{"a":"secret"}\n' } }, options })).said).toBe(message)
  })

  it.each<[string, Files, string]>([
    [
      'of two forms',
      { 'a.json': '{}', 'b.csv': 'a\n' },
      "MIXED_FORMS: the objects of t are both ndjson and csv\n  at ./t/b.csv\n  give those of one form, as with --table 't=folder/*.json'",
    ],
    [
      'of two headers',
      { 'a.csv': 'a,b\n1,2\n', 'b.csv': 'b,a\n' },
      "CSV_HEADERS_DIFFER: the objects of t have different columns\n  at ./t/b.csv\n  give those with the same header, as with --table 't=folder/*.csv'",
    ],
    [
      'of nothing',
      { 'a.csv': '' },
      'NO_COLUMNS: the objects of t are empty\n  expected NDJSON, Parquet, or a CSV whose first line names its columns',
    ],
  ])('on a table %s is refused', async (_, files, message) => {
    expect((await ask('SELECT * FROM t', { tables: { t: files } })).said).toBe(message)
  })

  it('without any table says how to have one', async () => {
    expect((await ask('SELECT * FROM t')).said).toBe(
      'UNKNOWN_TABLE: no table t\n  there is none: --job JOB with its parameters gives those of its last run, --table name=location any other',
    )
  })

  it('gives an error that comes late, and no rows in its place', async () => {
    const sql = "SELECT (CASE WHEN range = 900000 THEN 'x' ELSE '1' END)::INT FROM range(1000000)"
    expect((await ask(sql)).said).toMatch(/^SQL_VALUE: DuckDB ended the query with a Conversion Error\n/)
  })

  it('ends at a signal while it is answered', async () => {
    const options = { signal: AbortSignal.timeout(100) }
    expect(
      (
        await ask('SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range % 7 = b.range % 5', {
          options,
        })
      ).said,
    ).toBe('The operation was aborted due to timeout')
  })

  it('ends at a signal while tables are made', async () => {
    const controller = new AbortController()
    const options = { signal: controller.signal, onNote: () => controller.abort(new Error('ended')) }
    expect((await ask('SELECT count(*) FROM t, range(1000000000000)', { tables: { t: EVENTS }, options })).said).toBe(
      'ended',
    )
  })
})
