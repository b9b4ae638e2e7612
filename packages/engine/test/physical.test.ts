import type { Path } from '@fletching/columns'
import type { ScanPredicate } from '@fletching/ndjson'
import {
  anyOf,
  type Expr,
  type FieldType,
  list,
  type OptimizedPlan,
  optimize,
  scanNdjson,
  schema,
  struct,
  text,
  writeCsv,
} from '@fletching/plan'
import { describe, expect, it } from 'vitest'
import type { RunOptions } from '../src/options.ts'
import { lower, type ParquetSinkPlan } from '../src/physical.ts'
import { events, planFor, sinksFor } from './plans.ts'

const ends = { input: 'in/', csv: 'csv/', table: 'table/' }
const frame = scanNdjson('in/', events)

/** How a frame's plan is done, written to a CSV. */
function physical(rows: Pick<typeof frame, 'plan'>, options: RunOptions = {}) {
  const write = writeCsv(rows as never, { to: 'csv/' })
  return lower(optimize(write === undefined ? [] : [write]), options)
}

describe('a plan is lowered', () => {
  it('to plain data with the defaults', () => {
    const plan = planFor(ends)
    expect(structuredClone(plan)).toEqual(plan)
    expect(plan).toMatchObject({
      location: 'in/',
      residual: [],
      batchRows: 16_384,
      lineBytesMax: 16_777_216,
      depthMax: 1000,
    })
    expect(plan.sinks).toMatchObject([
      { format: 'csv', to: 'csv/', dialect: 'personalize' },
      {
        format: 'parquet',
        to: 'table/',
        partitionBy: ['day'],
        writer: 'fletching',
        compression: 'snappy',
        rowGroupRows: 131_072,
        openRows: 524_288,
      },
    ])
  })

  it('with options in place of them', () => {
    const options: RunOptions = {
      lineBytesMax: 100,
      depthMax: 7,
      csvDialect: 'glue',
      partitionBy: [],
      parquetWriter: 'parquetjs-lite',
      parquetCompression: 'none',
      rowGroupRows: 10,
    }
    const plan = planFor(ends, options)
    expect(plan).toMatchObject({ lineBytesMax: 100, depthMax: 7 })
    expect(plan.sinks).toMatchObject([
      { dialect: 'glue' },
      { partitionBy: [], writer: 'parquetjs-lite', compression: 'none', rowGroupRows: 10, openRows: 40 },
    ])
  })

  it('with a writer that has the compression', () => {
    const plan = planFor(ends, { parquetCompression: 'zstd' })
    expect(plan.sinks[1]).toMatchObject({ writer: 'parquet-wasm', compression: 'zstd' })
  })

  it('with a column of the scan for each path that is looked at', () => {
    const rows = frame.select((col) => ({ size: col('event').length(), seconds: col('timestamp').epochSeconds() }))
    expect(physical(rows).scan.columns).toEqual([
      {
        name: 'event',
        path: ['event'],
        type: { kind: 'dictionary', numbers: 'unfit', lineBreaks: 'keep', empty: 'null' },
        required: false,
        unfit: 'null',
        output: true,
      },
      {
        name: 'timestamp',
        path: ['timestamp'],
        type: { kind: 'timestamp' },
        required: true,
        unfit: 'setAside',
        output: true,
      },
    ])
  })

  it.each<[string, string, object]>([
    ['id', 'userId', { kind: 'utf8', numbers: 'text', lineBreaks: 'unfit', empty: 'null' }],
    ['text', 'properties.note', { kind: 'utf8', numbers: 'unfit', lineBreaks: 'keep', empty: 'keep' }],
    ['category', 'event', { kind: 'dictionary', numbers: 'unfit', lineBreaks: 'keep', empty: 'null' }],
    ['timestamp', 'timestamp', { kind: 'timestamp' }],
    ['int64', 'count', { kind: 'int64' }],
    ['float64', 'price', { kind: 'float64' }],
    ['bool', 'vip', { kind: 'bool' }],
    ['json', 'extra', { kind: 'json' }],
  ])('with what JSON becomes for %s', (_, path, type) => {
    const plan = physical(frame.select((col) => ({ x: (col as (path: string) => never)(path) })))
    expect(plan.scan.columns.find((column) => column.name === path)?.type).toEqual(type)
  })

  it('with the insides of lists and structs', () => {
    const nested = schema('nested', {
      items: list(struct({ sku: text().from('code'), tags: list(text()) })),
      a: text(),
    })
    const rows = scanNdjson('in/', nested)
      .filter((col) => col('items').isNotNull())
      .selectFields('a')
    const words = { kind: 'utf8', numbers: 'unfit', lineBreaks: 'keep', empty: 'keep' }
    expect(physical(rows as never).scan.columns[0].type).toEqual({
      kind: 'list',
      item: {
        type: {
          kind: 'struct',
          fields: [
            { name: 'sku', key: 'code', type: words, unfit: 'setAside' },
            {
              name: 'tags',
              key: 'tags',
              type: { kind: 'list', item: { type: words, unfit: 'setAside' } },
              unfit: 'null',
            },
          ],
        },
        unfit: 'null',
      },
    })
  })

  it('with the filters that the scan understands as its steps, by the numbers of their columns', () => {
    const rows = frame
      .filter((col) => col('event').isIn(['a', 'b']))
      .dropNulls('userId')
      .filter((col) => anyOf(col('properties.sku').isNotNull(), col('extra').isNull()), { reason: 'odd' })
      .filter((col) => col('count').gt(1))
      .filter((col) => col('count').lt(9).not(), { reason: 'low' })
      .dropNulls('price')
      .selectFields('userId')
    const { scan, residual } = physical(rows)
    const number = (name: string) => scan.columns.findIndex((column) => column.name === name)
    expect(scan.steps).toEqual([
      {
        predicate: { op: 'isIn', column: number('event'), values: ['a', 'b'] },
        reason: 'event not wanted',
        tallyColumn: number('event'),
      },
      { predicate: { op: 'isNotNull', column: number('userId') }, reason: 'userId missing' },
      {
        predicate: {
          op: 'or',
          inputs: [
            { op: 'isNotNull', column: number('properties.sku') },
            { op: 'isNull', column: number('extra') },
          ],
        },
        reason: 'odd',
      },
      {
        predicate: { op: 'compare', column: number('count'), operator: 'gt', value: 1n },
        reason: 'not (count > 1)',
      },
    ])
    expect(residual.map(({ reason }) => reason)).toEqual(['low', 'price missing'])
    const used = scan.steps.flatMap(({ predicate }) => columnsIn(predicate))
    expect(used.every((column) => column >= 0)).toBe(true)
  })
})

function columnsIn(predicate: ScanPredicate): number[] {
  return 'inputs' in predicate ? predicate.inputs.flatMap(columnsIn) : [predicate.column]
}

describe('the columns of a partition', () => {
  const by =
    (...partitionBy: readonly string[]) =>
    () =>
      planFor(ends, { partitionBy })

  it.each([[[]], [['day']], [['item', 'day']]])('may be %j', (names) => {
    expect((by(...names)().sinks[1] as ParquetSinkPlan).partitionBy).toEqual(names)
  })

  it.each<[readonly string[], string]>([
    [
      ['dt'],
      `UNKNOWN_COLUMN: no column "dt" to partition the table by
  the table has: user, item, day; --partition-by none writes one file`,
    ],
    [
      ['day', ''],
      `UNKNOWN_COLUMN: no column "" to partition the table by
  the table has: user, item, day; --partition-by none writes one file`,
    ],
    [
      ['day', 'item', 'day'],
      `BAD_OPTION: the table is partitioned by "day" twice
  name each column once`,
    ],
    [
      ['day', 'item', 'user'],
      `BAD_OPTION: every column is a partition column, so the files would be empty
  partition by fewer columns: they are not stored in the files`,
    ],
  ])('may not be %j', (names, message) => {
    expect(by(...names)).toThrow(expect.objectContaining({ kind: 'author', message }))
  })
})

describe('what cannot be lowered', () => {
  const plan = optimize(sinksFor(ends))
  const withColumn = (type: FieldType): OptimizedPlan => ({
    ...plan,
    scan: { ...plan.scan, columns: [{ path: ['x'] as Path, keys: ['x'], type, required: false, output: true }] },
  })

  it.each(['int32', 'date'] as const)('is a scan of %s', (kind) => {
    expect(() => lower(withColumn({ kind, otherwise: 'setAside' }), {})).toThrow(
      expect.objectContaining({
        kind: 'author',
        message: `NOT_IN_JSON: a scan cannot read ${kind} from JSON
  declare int64() or timestamp(), and cast after the scan`,
      }),
    )
  })

  it('is a filter in the scan that it does not understand', () => {
    const column: Expr = plan.sinks[0].columns[0].expr
    const strange: readonly Expr[] = [
      { op: 'not', input: { op: 'isNull', input: column } },
      { op: 'isNull', input: { op: 'call', name: 'lower', args: [column] } },
      { op: 'and', inputs: [{ op: 'isIn', input: { op: 'not', input: column }, values: ['a'] }] },
      { op: 'compare', operator: 'eq', left: column, right: column },
    ]
    const messages = strange.map((predicate) => {
      const scan = { ...plan.scan, steps: [{ predicate, reason: 'odd' }] }
      try {
        return String(lower({ ...plan, scan }, {}))
      } catch (error) {
        return (error as Error).message
      }
    })
    expect(messages).toEqual(
      ['not', 'isNull', 'isIn', 'compare'].map(
        (op) => `INTERNAL: the scan was given a predicate that it does not understand: ${op}`,
      ),
    )
  })
})
