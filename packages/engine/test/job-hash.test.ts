import {
  bool,
  type ColumnTypes,
  type CsvDialect,
  type Declarations,
  Frame,
  float64,
  id,
  int64,
  type LogicalPlan,
  list,
  lit,
  optimize,
  scanNdjson,
  schema,
  struct,
  text,
  timestamp,
  type Write,
  writeCsv,
  writeParquet,
} from '@fletching/plan'
import { describe, expect, it } from 'vitest'
import { jobHash, paramsHash } from '../src/job-hash.ts'
import type { RunOptions } from '../src/options.ts'
import { lower } from '../src/physical.ts'

const declared: Declarations = {
  userId: id(),
  event: text(),
  count: int64(),
  price: float64(),
  vip: bool(),
  timestamp: timestamp().required(),
  properties: struct({ sku: id(), note: text() }),
  items: list(text()),
}

/** Its columns are known when it runs, so that any change of it compiles. */
type Events = Frame<ColumnTypes>

function eventsFrom(input: string, { name = 'events', fields = declared } = {}): Events {
  return scanNdjson(input, schema(name, fields))
}

function loose({ plan }: { readonly plan: LogicalPlan }): Events {
  return new Frame(plan)
}

const wanted = (events: Events): Events => events.filter((col) => col('event').eq('a')).dropNulls('userId')

const columns = (events: Events): Events =>
  loose(events.select((col) => ({ user: col('userId'), sku: col('properties.sku'), day: col('timestamp').date() })))

/** The sinks of a small job, something of which may be otherwise. */
function sinksOf({
  events = eventsFrom('in'),
  kept = wanted,
  rows = columns,
  csv = 'csv',
  dialect = 'rfc4180' as CsvDialect,
  table = 'table',
  hasTable = true,
  partitionBy = ['day'] as readonly string[],
} = {}): Write[] {
  const written = rows(kept(events))
  const sinks = [
    writeCsv(written, { to: csv, dialect }),
    writeParquet(written, { to: hasTable ? table : undefined, partitionBy }),
  ]
  return sinks.filter((sink) => sink !== undefined)
}

type Parts = Parameters<typeof sinksOf>[0]

/** A job of this filter alone. */
const keeping = (kept: (events: Events) => Events): Parts => ({ kept })
const counting = (value: bigint | number) => keeping((events) => events.filter((col) => col('count').eq(value)))
const costing = (value: number) => keeping((events) => events.filter((col) => col('price').eq(lit(value))))

describe('the hash of a job', () => {
  it('is this one, on every machine', () => {
    expect(jobHash(sinksOf(), {})).toBe('1a39726952af9e1a1ba825a90df98d2663a676a418bb2ec6b675d91a7eadc158')
  })

  it.each<[string, Parts, RunOptions?]>([
    ['the places', { events: eventsFrom('s3://b/other'), csv: 'other/csv', table: 'other/table' }],
    ['the name of the schema', { events: eventsFrom('in', { name: 'clicks' }) }],
    [
      'a declaration of what is not looked at',
      { events: eventsFrom('in', { fields: { ...declared, vip: bool().required() } }) },
    ],
    [
      'the word for what a filter drops',
      keeping((events) => events.filter((col) => col('event').eq('a'), { reason: 'b' }).dropNulls('userId')),
    ],
    ['names in between', keeping((events) => wanted(events).renameField('event', 'kind'))],
    ['the order of declarations', { events: eventsFrom('in', { fields: reversed(declared) }) }],
    ['the partition columns that it has anyway', {}, { partitionBy: ['day'] }],
    [
      'how the work is done',
      {},
      {
        workers: 7,
        cpus: 2,
        memoryBytesMax: 1e9,
        scanner: 'ts',
        tmp: '/elsewhere',
        state: '/state',
        rowGroupRows: 1000,
        lineBytesMax: 1000,
        depthMax: 10,
        exclude: ['*.tmp'],
        onMalformed: 'skip',
      },
    ],
  ])('does not change with %s', (_, parts, options = {}) => {
    expect(jobHash(sinksOf(parts), options)).toBe(jobHash(sinksOf(), {}))
  })

  it.each<[string, Parts, RunOptions?]>([
    [
      'another value in a filter',
      keeping((events) => events.filter((col) => col('event').eq('b')).dropNulls('userId')),
    ],
    ['a filter less', keeping((events) => events.filter((col) => col('event').eq('a')))],
    ['a filter more', keeping((events) => wanted(events).dropNulls('properties.note'))],
    ['another order of filters', keeping((events) => events.dropNulls('userId').filter((col) => col('event').eq('a')))],
    ['duplicates dropped', keeping((events) => wanted(events).dropDuplicates(['userId']))],
    ['the last of them kept', keeping((events) => wanted(events).dropDuplicates(['userId'], { keep: 'last' }))],
    [
      'the last by a column kept',
      keeping((events) => wanted(events).dropDuplicates(['userId'], { keep: 'last', by: 'timestamp' })),
    ],
    ['a list exploded', keeping((events) => loose(wanted(events).explode('items', { as: 'item' })))],
    [
      'also where it is empty',
      keeping((events) => loose(wanted(events).explode('items', { as: 'item', outer: true }))),
    ],
    ['another name of a column', { rows: (events) => columns(events).renameField('user', 'id') }],
    [
      'another column in its place',
      {
        rows: (events) =>
          loose(columns(events).select((col) => ({ user: col('sku'), sku: col('user'), day: col('day') }))),
      },
    ],
    [
      'another order of columns',
      {
        rows: (events) =>
          loose(columns(events).select((col) => ({ sku: col('sku'), user: col('user'), day: col('day') }))),
      },
    ],
    ['another type of a column', { events: eventsFrom('in', { fields: { ...declared, userId: text() } }) }],
    [
      'a column that must have a value',
      { events: eventsFrom('in', { fields: { ...declared, event: text().required() } }) },
    ],
    ['another key of a column', { events: eventsFrom('in', { fields: { ...declared, userId: id().from('user') } }) }],
    [
      'another key on the way to a column',
      { events: eventsFrom('in', { fields: { ...declared, properties: struct({ sku: id() }).from('props') } }) },
    ],
    [
      'another contract of a column',
      { events: eventsFrom('in', { fields: { ...declared, userId: id().contract('freeze') } }) },
    ],
    ['another dialect', { dialect: 'glue' }],
    ['no table', { hasTable: false }],
    ['another partition column', { partitionBy: ['sku'] }],
    ['a partition column more', { partitionBy: ['day', 'sku'] }],
    ['another order of partition columns', { partitionBy: ['sku', 'day'] }],
    ['another partition column by option', {}, { partitionBy: ['sku'] }],
    ['no partition column by option', {}, { partitionBy: [] }],
  ])('changes with %s', (_, parts, options = {}) => {
    expect(jobHash(sinksOf(parts), options)).not.toBe(jobHash(sinksOf(), {}))
    // It is a job that can run.
    expect(lower(optimize(sinksOf(parts)), options).sinks.length).toBeGreaterThan(0)
  })

  it.each<[string, Parts, Parts]>([
    ['a number beyond 2^53 and its neighbour', counting(2n ** 53n), counting(2n ** 53n + 1n)],
    ['zero and minus zero', costing(0), costing(-0)],
    ['what is no number and what is infinite', costing(Number.NaN), costing(Number.POSITIVE_INFINITY)],
    ['infinity and its opposite', costing(Number.POSITIVE_INFINITY), costing(Number.NEGATIVE_INFINITY)],
  ])('tells %s apart', (_, one, other) => {
    expect(jobHash(sinksOf(one), {})).not.toBe(jobHash(sinksOf(other), {}))
  })

  it('takes whole numbers as they are meant', () => {
    expect(jobHash(sinksOf(counting(5)), {})).toBe(jobHash(sinksOf(counting(5n)), {}))
  })
})

describe('the hash of parameters', () => {
  const params = { INPUT: 's3://b/in', CSV: 's3://b/csv', LIMIT: 3, FLAG: true, OPTIONAL: undefined }
  const day = (text: string) => new Date(`${text}T00:00:00Z`)

  it('is this one, on every machine', () => {
    expect(paramsHash(params, {})).toBe('8f41d953bb36780079231216c6f3aa60f02b7404274951c5dbfa40fc1de852f1')
  })

  it.each<[string, Readonly<Record<string, unknown>>, RunOptions?]>([
    ['the order of parameters', reversed(params)],
    ['one that is not there and one that is undefined', { ...params, OTHER: undefined }],
    [
      'policies that are given and are the default',
      params,
      { onMalformed: 'fail', onEmpty: 'fail', redactRejects: false },
    ],
    [
      'what no row depends on',
      params,
      {
        workers: 3,
        memoryBytesMax: 1e9,
        scanner: 'ts',
        tmp: '/t',
        state: '/s',
        report: '/r',
        showData: true,
        objectsMax: 3,
      },
    ],
  ])('does not change with %s', (_, given, options = {}) => {
    expect(paramsHash(given, options)).toBe(paramsHash(params, {}))
  })

  it.each<[string, Readonly<Record<string, unknown>>, RunOptions?]>([
    ['a place', { ...params, INPUT: 's3://b/in2' }],
    ['a number', { ...params, LIMIT: 4 }],
    ['a number as text', { ...params, LIMIT: '3' }],
    ['a flag', { ...params, FLAG: false }],
    ['one that was left out', { ...params, OPTIONAL: '' }],
    ['malformed lines', params, { onMalformed: 'skip' }],
    ['rejects', params, { redactRejects: true }],
    ['empty results', params, { onEmpty: 'header' }],
    ['objects left out', params, { exclude: ['a,b'] }],
    ['the first day', params, { fromDay: day('2019-05-18') }],
    ['the last day', params, { toDay: day('2019-05-18') }],
    ['the dialect', params, { csvDialect: 'glue' }],
    ['partition columns', params, { partitionBy: [] }],
    ['the writer', params, { parquetWriter: 'parquetjs-lite' }],
    ['the compression', params, { parquetCompression: 'zstd' }],
    ['row groups', params, { rowGroupRows: 5 }],
    ['the longest line', params, { lineBytesMax: 5 }],
    ['the deepest line', params, { depthMax: 5 }],
  ])('changes with %s', (_, given, options = {}) => {
    expect(paramsHash(given, options)).not.toBe(paramsHash(params, {}))
  })

  it('tells apart what is listed', () => {
    const hashes = [['a', 'b'], ['a,b'], ['b', 'a']].map((exclude) => paramsHash(params, { exclude }))
    expect(new Set(hashes).size).toBe(3)
  })
})

function reversed<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).reverse()) as T
}
