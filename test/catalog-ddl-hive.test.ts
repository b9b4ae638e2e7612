import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { TableSpec } from '@fletching/catalog'
import { createTable, repairTable } from '@fletching/catalog/ddl'
import { rawTableSpec } from '@fletching/catalog/raw-spec'
import { tableSpec } from '@fletching/catalog/spec-of'
import { formOf } from '@fletching/catalog/table-form'
import { typedView } from '@fletching/catalog/view'
import { CsvEncoder, csvDialects } from '@fletching/csv'
import { runJob } from '@fletching/engine'
import { generateObjects } from '@fletching/gen'
import job from '@fletching/jobs/segment-to-personalize'
import { openRowGroupEncoder, ParquetFile } from '@fletching/parquet'
import { fletching, inFolder, type Plain, vectorOf } from '@fletching/testing'
import {
  Bool,
  type DataType,
  DateDay,
  Field,
  Float64,
  Int64,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimestampMillisecond,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import { beforeAll, describe, expect, it } from 'vitest'

/** What `scripts/hive-check.py` is asked, and what it answers. */
type Question =
  | { readonly spark: string }
  | { readonly athena: string }
  | { readonly set: Readonly<Record<string, string>> }
type Answer = Readonly<Record<string, unknown>>

const python = process.env.FLETCHING_TEST_PYTHON
const asked = new Map<string, Question>()
const answers = new Map<string, Answer>()

/** Texts that are hard on a reader of CSV. */
const TEXTS = [
  'plain',
  'say "x"',
  'back\\slash',
  'a,b',
  '"',
  '""',
  '\\',
  '\\"',
  '\\\\server\\x',
  'end\\',
  ' blanks ',
  '日本 💥',
  "it's",
  '',
  null,
]
const MOMENT = new Date('2019-05-18T20:13:05.123Z')

/** A table of texts, and beside them a value of each type. */
const values = new Table({
  text: vectorFromArray(TEXTS, new Utf8()),
  n: vectorFromArray(
    TEXTS.map((_, row) => BigInt(row)),
    new Int64(),
  ),
  x: vectorFromArray(
    TEXTS.map((_, row) => row + 0.5),
    new Float64(),
  ),
  b: vectorFromArray(
    TEXTS.map((_, row) => row % 2 === 0),
    new Bool(),
  ),
  day: vectorFromArray(
    TEXTS.map(() => MOMENT),
    new DateDay(),
  ),
  at: vectorFromArray(
    TEXTS.map(() => MOMENT),
    new TimestampMillisecond('UTC'),
  ),
})

const nested: TableSpec = {
  database: 'segmentdata',
  name: 'nested',
  form: 'parquet',
  location: '',
  columns: [
    { name: 'timestamp', type: 'timestamp', comment: "Segment's own" },
    { name: 'context', type: 'struct<date:date,user:struct<select:string>>' },
    { name: 'products', type: 'array<struct<sku:string,order:int,price:double>>' },
  ],
  partitions: [{ name: 'dt', type: 'string' }],
  isProjected: false,
}

const struct = (members: Readonly<Record<string, DataType>>) =>
  new Struct(Object.entries(members).map(([name, type]) => new Field(name, type, true)))
const list = (item: DataType) => new List(new Field('item', item, true))

/** Objects, lists, and both within each other, as a job writes them. */
const nestedSchema = new Schema(
  Object.entries({
    id: new Int64(),
    received_at: new TimestampMillisecond('UTC'),
    context: struct({ user: struct({ select: new Utf8() }), ok: new Bool() }),
    products: list(struct({ sku: new Utf8(), order: new Int64(), prices: list(new Float64()) })),
    dt: new Utf8(),
  }).map(([name, type]) => new Field(name, type, true)),
)

/** Rows of it, in DuckDB's words: null, an object without a value, an empty list, and what lies in either. */
const NESTED_ROWS = [
  `(1, TIMESTAMPTZ '2019-05-18 20:13:05.123+00', {'user': {'select': 'a'}, 'ok': true},
    [{'sku': 'x', 'order': 7, 'prices': [1.5, NULL]}, NULL, {'sku': NULL, 'order': NULL, 'prices': []}], '2019-05-18')`,
  "(2, NULL, {'user': {'select': NULL}, 'ok': NULL}, [], '2019-05-18')",
  "(3, NULL, {'user': NULL, 'ok': false}, NULL, '2019-05-19')",
  "(4, NULL, NULL, NULL, '2019-05-19')",
]

/** The table of events whose keys are not their names, at two depths. */
const raw = rawTableSpec(
  {
    location: 's3://my-logs/segment-logs/',
    fields: [
      { name: 'user_id', key: 'userId', type: { kind: 'text' } },
      { name: 'invited_user', key: 'Invited User?', type: { kind: 'bool' } },
      {
        name: 'properties',
        type: {
          kind: 'struct',
          fields: [
            { name: 'user_id', type: { kind: 'text' } },
            { name: 'order', type: { kind: 'int64' } },
            { name: 'url', key: "it's a\\b", type: { kind: 'list', item: { kind: 'float64' } } },
          ],
        },
      },
    ],
  },
  { database: 'segmentdata', name: 'raw' },
).spec

/** Tables that Spark cannot read, or whose forms say nothing to it. */
const athenaSpecs: readonly TableSpec[] = [
  {
    ...nested,
    name: 'projected',
    location: "s3://my-exports/it's \\ here/",
    isProjected: true,
    firstDay: '2019-05-18',
  },
  { ...nested, name: 'doubled', form: 'opencsv', location: 's3://my-exports/csv/', partitions: [] },
  { ...nested, name: 'escaped', form: 'opencsv', location: 's3://my-exports/csv/', partitions: [], escape: '\\' },
  raw,
]

/** The rows of the main job's table, as DuckDB reads them; the moment stands last but one. */
let duckdbRows: readonly (readonly unknown[])[] = []
const MOMENT_AT = 4
let commandStatements: readonly string[] = []

describe.skipIf(python === undefined)('statements (npm run test:hive sets FLETCHING_TEST_PYTHON)', () => {
  beforeAll(
    () =>
      inFolder(async (folder) => {
        await askOfMainJob(folder)
        for (const dialect of csvDialects) await askOfCsv(folder, dialect)
        const location = join(folder, "it's \\ here/")
        await mkdir(location)
        asked.set('nested', { spark: createTable({ ...nested, location }) })
        asked.set('nested types', { spark: 'DESCRIBE segmentdata.nested' })
        await askOfNested(folder)
        for (const spec of athenaSpecs) asked.set(`athena ${spec.name}`, { athena: createTable(spec) })
        asked.set('athena nonsense', { athena: `${createTable(athenaSpecs[0])} AND MORE` })
        const given = await ask([...asked.values()])
        for (const [index, name] of [...asked.keys()].entries()) answers.set(name, given[index])
      }),
    600_000,
  )

  it('of the command are executed', () => {
    expect(commandStatements.length).toBe(5)
    for (const statement of commandStatements) expect(answers.get(statement), statement).toEqual({ rows: [] })
  })

  it('of the command are statements of Athena', () => {
    const nodes = commandStatements.map((statement) => {
      const { node, kind } = answers.get(`athena ${statement}`) ?? {}
      return [node, kind]
    })
    expect(nodes).toEqual([
      ['Create', 'DATABASE'],
      ['Create', 'TABLE'],
      ['Create', 'VIEW'],
      ['Create', 'TABLE'],
      ['Command', undefined],
    ])
  })

  it('give the table of the main job', () => {
    expect(duckdbRows.length).toBeGreaterThan(100)
    expect(plain(rowsOf('main'))).toEqual(plain(duckdbRows))
  })

  it("give it through Hive's own reader, which knows no moments of 64 bits", () => {
    expect(plain(rowsOf('main by Hive'))).toEqual(
      plain(duckdbRows.map((row) => row.filter((_, at) => at !== MOMENT_AT))),
    )
    expect(answers.get('moments by Hive')).toEqual({ error: expect.stringContaining('ClassCastException') })
  })

  it('give the CSV of the main job, with its header, which Spark does not skip', () => {
    expect(answers.get('main csv')).toEqual({ rows: [[String(duckdbRows.length + 1)]] })
    expect(answers.get('main csv typed')).toEqual(answers.get('main counts'))
  })

  it.each(csvDialects)('read back a CSV in the dialect %s', (dialect) => {
    const texts = TEXTS.map((text) => text ?? '')
    expect(answers.get(`${dialect} table`)).toEqual({ rows: [] })
    expect(answers.get(`${dialect} texts`)).toEqual({ rows: [['text'], ...texts.map((text) => [text])] })
  })

  it.each(csvDialects)('give a CSV in the dialect %s its types back', (dialect) => {
    expect(answers.get(`${dialect} view`)).toEqual({ rows: [] })
    expect(answers.get(`${dialect} types`)).toEqual({
      rows: [
        ['text', 'string', null],
        ['n', 'bigint', null],
        ['x', 'double', null],
        ['b', 'boolean', null],
        ['day', 'date', null],
        ['at', 'timestamp', null],
        ['moment', 'timestamp', null],
      ],
    })
    expect(answers.get(`${dialect} values`)).toEqual({
      rows: TEXTS.map((text, row) => [
        text === '' ? null : text,
        String(row),
        `${row}.5`,
        row % 2 === 0 ? 'True' : 'False',
        '2019-05-18',
        '2019-05-18 20:13:05.123000',
        `1970-01-01 00:00:${String(row).padStart(2, '0')}`,
      ]),
    })
  })

  it('hold nested columns with reserved words', () => {
    expect(answers.get('nested')).toEqual({ rows: [] })
    expect(rowsOf('nested types').slice(0, 4)).toEqual([
      ['timestamp', 'timestamp', "Segment's own"],
      ['context', 'struct<date:date,user:struct<select:string>>', null],
      ['products', 'array<struct<sku:string,order:int,price:double>>', null],
      ['dt', 'string', null],
    ])
  })

  it('give nested rows, in which null, an empty list and an object without a value stay three things', () => {
    expect(answers.get('objects')).toEqual({ rows: [] })
    expect(answers.get('objects repaired')).toEqual({ rows: [] })
    expect(rowsOf('objects types').slice(0, 5)).toEqual([
      ['id', 'bigint', null],
      ['received_at', 'timestamp', null],
      ['context', 'struct<user:struct<select:string>,ok:boolean>', null],
      ['products', 'array<struct<sku:string,order:bigint,prices:array<double>>>', null],
      ['dt', 'string', null],
    ])
    const expected = [
      [
        '1',
        '2019-05-18 20:13:05.123000',
        '{"user":{"select":"a"},"ok":true}',
        '[{"sku":"x","order":7,"prices":[1.5,null]},null,{"sku":null,"order":null,"prices":[]}]',
        '2019-05-18',
      ],
      ['2', null, '{"user":{"select":null},"ok":null}', '[]', '2019-05-18'],
      ['3', null, '{"user":null,"ok":false}', null, '2019-05-19'],
      ['4', null, null, null, '2019-05-19'],
    ]
    const own = expected.map(([id, ...rest]) => [String(Number(id) + 4), ...rest.slice(0, -1), '2019-05-20'])
    expect(rowsOf('objects as JSON')).toEqual([...expected, ...own])
    expect(answers.get('objects by field')).toEqual({ rows: [['a', '7', '1.5', '3']] })
  })

  it.each(athenaSpecs)('are read by a parser of Athena: $name', (spec) => {
    const { serde, inputFormat, outputFormat, serdeParameters, parameters } = formOf(spec)
    expect(answers.get(`athena ${spec.name}`)).toEqual({
      node: 'Create',
      kind: 'TABLE',
      name: [spec.database, spec.name],
      columns: spec.columns.map(({ name, type }) => [name, type]),
      ...(spec.partitions.length === 0 ? {} : { partitions: spec.partitions.map(({ name, type }) => [name, type]) }),
      others: ['ExternalProperty'],
      serde,
      serdeParameters,
      formats: [inputFormat, outputFormat],
      location: spec.location,
      parameters,
    })
  })

  it('would not be taken for such, were they none', () => {
    expect(answers.get('athena nonsense')).toEqual({ node: 'Command' })
  })
})

/** Rows as texts, in an order of their own. */
function plain(rows: readonly (readonly unknown[])[]): string[] {
  return rows.map((row) => row.join('|')).sort()
}

function rowsOf(name: string): readonly (readonly (string | null)[])[] {
  const answer = answers.get(name)
  if (answer?.rows === undefined) throw new Error(`${name}: ${JSON.stringify(answer)}`)
  return answer.rows as (string | null)[][]
}

/** A run of the main job, and what the command says of its outputs. */
async function askOfMainJob(folder: string): Promise<void> {
  for (const { key, bytes } of generateObjects({ seed: 7, events: 3000, traps: 0.1 })) {
    await mkdir(dirname(join(folder, 'in', key)), { recursive: true })
    await writeFile(join(folder, 'in', key), bytes)
  }
  const [csv, table] = [join(folder, 'csv'), join(folder, 'table')]
  const params = { S3_JSON_INPUT_PATH: join(folder, 'in'), S3_CSV_OUTPUT_PATH: csv, S3_PARQUET_OUTPUT_PATH: table }
  await runJob(job, { ...params, DEDUPE: undefined })
  const args = Object.entries(params).flatMap(([name, value]) => [`--${name}`, value])
  const projected = await fletching(['catalog', 'ddl', 'segment-to-personalize', ...args])
  const found = await fletching(['catalog', 'ddl', 'segment-to-personalize', ...args, '--no-projection'])
  commandStatements = [...statementsOf(projected.stdout), statementsOf(found.stdout).at(-1) ?? '']
  for (const statement of commandStatements) {
    asked.set(statement, { spark: statement })
    asked.set(`athena ${statement}`, { athena: statement })
  }
  const columns = 'user_id, item_id, event_type, timestamp_s'
  asked.set('main', {
    spark: `SELECT ${columns}, date_format(event_time, 'yyyy-MM-dd HH:mm:ss.SSS'), dt FROM segmentdata.\`table\``,
  })
  asked.set('main counts', { spark: 'SELECT count(*), min(event_time), sum(timestamp_s) FROM segmentdata.`table`' })
  asked.set('main csv', { spark: 'SELECT count(*) FROM segmentdata.csv' })
  asked.set('main csv typed', {
    spark: 'SELECT count("timestamp"), min(event_time), sum("timestamp") FROM segmentdata.csv_typed',
  })
  asked.set('own reader', { set: { 'spark.sql.hive.convertMetastoreParquet': 'false' } })
  asked.set('main by Hive', { spark: `SELECT ${columns}, dt FROM segmentdata.\`table\`` })
  asked.set('moments by Hive', { spark: 'SELECT event_time FROM segmentdata.`table`' })
  asked.set('default reader', { set: { 'spark.sql.hive.convertMetastoreParquet': 'true' } })
  const duckdb = await (await DuckDBInstance.create()).connect()
  const reader = await duckdb.runAndReadAll(
    `SELECT ${columns}, strftime(event_time AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S.%g'), dt
     FROM read_parquet('${table}/**/*.parquet', hive_partitioning = true, hive_types_autocast = false)`,
  )
  duckdbRows = reader.getRows()
}

/** The rows of the nested table as our encoder writes them, with other numbers. */
async function ownNested(): Promise<Buffer> {
  const schema = new Schema(nestedSchema.fields.filter(({ name }) => name !== 'dt'))
  const rows: readonly (readonly Plain[])[] = [
    [5n, 6n, 7n, 8n],
    [MOMENT.getTime(), null, null, null],
    [{ user: { select: 'a' }, ok: true }, { user: { select: null }, ok: null }, { user: null, ok: false }, null],
    [[{ sku: 'x', order: 7n, prices: [1.5, null] }, null, { sku: null, order: null, prices: [] }], [], null, null],
  ]
  const columns = schema.fields.map(({ type }, index) => vectorOf(type, rows[index]).data[0])
  const data = makeData({ type: new Struct(schema.fields), length: 4, nullCount: 0, children: columns })
  const encoder = await openRowGroupEncoder(schema, { writer: 'fletching', compression: 'snappy' })
  const file = new ParquetFile(schema)
  const bytes = [
    file.start(),
    file.append(await encoder.encode([{ batch: new RecordBatch(schema, data) }])),
    file.finish(),
  ]
  return Buffer.concat(bytes)
}

/** A nested table, of which DuckDB has written one part and our encoder another. */
async function askOfNested(folder: string): Promise<void> {
  const place = join(folder, 'objects/')
  const duckdb = await (await DuckDBInstance.create()).connect()
  await duckdb.run(`SET TimeZone = 'UTC'`)
  await duckdb.run(`COPY (SELECT id::BIGINT AS id, received_at, context, products::STRUCT(sku VARCHAR, "order" BIGINT, prices DOUBLE[])[] AS products, dt
    FROM (VALUES ${NESTED_ROWS.join(', ')}) AS rows(id, received_at, context, products, dt))
    TO '${place}' (FORMAT parquet, PARTITION_BY (dt))`)
  await mkdir(join(place, 'dt=2019-05-20'))
  await writeFile(join(place, 'dt=2019-05-20', 'part-00000.parquet'), await ownNested())
  const spec = tableSpec(
    { format: 'parquet', folder: place, schema: nestedSchema, partitionBy: ['dt'] },
    { database: 'segmentdata', name: 'objects' },
  )
  asked.set('objects', { spark: createTable(spec) })
  asked.set('objects repaired', { spark: repairTable(spec) })
  asked.set('objects types', { spark: 'DESCRIBE segmentdata.objects' })
  // Spark leaves nulls out of JSON unless it is told not to.
  const json = (name: string) => `to_json(${name}, map('ignoreNullFields', 'false'))`
  asked.set('objects as JSON', {
    spark: `SELECT id, received_at, ${json('context')}, ${json('products')}, dt FROM segmentdata.objects ORDER BY id`,
  })
  asked.set('objects by field', {
    spark:
      'SELECT context.user.`select`, products[0].`order`, products[0].prices[0], size(products) FROM segmentdata.objects WHERE id = 1',
  })
}

/** A CSV of the values in a dialect, its table and its view. */
async function askOfCsv(folder: string, dialect: (typeof csvDialects)[number]): Promise<void> {
  const encoder = new CsvEncoder(values.schema, { dialect })
  const place = join(folder, `values-${dialect}/`)
  await mkdir(place)
  await writeFile(join(place, 'part-00000.csv'), [
    encoder.header(),
    ...values.batches.map((batch) => encoder.encode(batch)),
  ])
  const name = dialect.replace('-', '_')
  const { schema } = values
  const spec = tableSpec(
    { format: 'csv', folder: place, schema, partitionBy: [], dialect },
    { database: 'segmentdata', name },
  )
  asked.set(`${dialect} table`, { spark: createTable(spec) })
  asked.set(`${dialect} view`, { spark: typedView(spec, schema, { name: `${name}_typed`, moments: { n: 'moment' } }) })
  asked.set(`${dialect} texts`, { spark: `SELECT text FROM segmentdata.${name}` })
  asked.set(`${dialect} types`, { spark: `DESCRIBE segmentdata.${name}_typed` })
  asked.set(`${dialect} values`, { spark: `SELECT * FROM segmentdata.${name}_typed WHERE n IS NOT NULL ORDER BY n` })
}

function statementsOf(text: string): readonly string[] {
  return text
    .split(/;\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}

/** One process answers all questions: Spark takes its time to start. */
async function ask(questions: readonly Question[]): Promise<readonly Answer[]> {
  const script = join(import.meta.dirname, '../scripts/hive-check.py')
  const child = spawn(python as string, [script], { env: { ...process.env, TZ: 'UTC', SPARK_LOCAL_IP: '127.0.0.1' } })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  child.stdin.end(JSON.stringify(questions))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0) throw new Error(`hive-check.py ended with ${code}:\n${Buffer.concat(stderr).toString().slice(-4000)}`)
  return Buffer.concat(stdout)
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer)
}
