import {
  explainOptimized,
  float64,
  id,
  int64,
  type OptimizeOptions,
  optimize,
  type Rows,
  scanNdjson,
  schema,
  struct,
  text,
  timestamp,
  writeParquet,
} from '@fletching/plan'
import { expect, it } from 'vitest'

const logs = schema('logs', {
  user_id: id().from('userId'),
  props: struct({
    sku: id().from('SKU'),
    price: float64().contract('freeze'),
    size: struct({ unit: text({ otherwise: 'null' }).from('Unit'), value: int64().required() }).contract('discard-row'),
  })
    .from('properties')
    .contract('evolve'),
  at: timestamp().from('originalTimestamp'),
})
const frame = scanNdjson('in/', logs)

// biome-ignore lint/suspicious/noExplicitAny: rows of any columns
function plan(rows: Rows<any>, rules: OptimizeOptions['rules'] = {}) {
  const sink = writeParquet(rows, { to: 'out/' })
  return optimize(sink === undefined ? [] : [sink], { rules })
}

it('keeps keys and contracts as plain data, wherever a declaration is made longer', () => {
  const made = text().from('K').contract('freeze').required().contract('discard-value')
  expect(schema('s', { k: made }).fields).toEqual([
    {
      name: 'k',
      key: 'K',
      contract: 'discard-value',
      required: true,
      type: { kind: 'text', numbers: 'unfit', lineBreaks: 'keep', empty: 'keep', otherwise: 'null', encoding: 'plain' },
    },
  ])
  expect(schema('s', { k: text().from('k') }).fields[0]).not.toHaveProperty('key')
})

it('knows a column by its name, and the scan by its keys, also within structs', () => {
  const { scan } = plan(frame.select((col) => ({ a: col('props.sku'), b: col('props.size.unit'), c: col('user_id') })))
  expect(scan.columns.map(({ path, keys }) => [path, keys])).toEqual([
    [['user_id'], ['userId']],
    [
      ['props', 'sku'],
      ['properties', 'SKU'],
    ],
    [
      ['props', 'size', 'unit'],
      ['properties', 'size', 'Unit'],
    ],
  ])
})

it('reads a struct with its contract, and beside it what is required in it', () => {
  expect(explainOptimized(plan(frame.selectFields('props', 'at')))).toBe(`write parquet out/
  props: struct<sku: text, price: float64, size: struct<unit: text, value: int64>> = props
  at: timestamp or null = at
scan ndjson in/ as logs
  columns
    props: struct<sku, price, size>, from properties, required, else set aside, the run fails at props.price
    props.size.value: int64, from properties.size.value, required, else set aside
    at: timestamp, from originalTimestamp, else set aside`)
})

it('says which columns fail a run', () => {
  const lines = explainOptimized(plan(frame.select((col) => ({ a: col('props.price') }))))
  expect(lines.split('\n').at(-1)).toBe('    props.price: float64, from properties.price, else the run fails')
})

it('reads no field that was dropped from a struct, and sets no line aside for it', () => {
  const dropped = frame.dropFields('props.size', 'props.price').selectFields('props')
  const { scan, sinks } = plan(dropped)
  expect(
    scan.columns.map(({ path, type }) => [path, type.kind === 'struct' && type.fields.map(({ name }) => name)]),
  ).toEqual([[['props'], ['sku']]])
  expect(sinks[0].columns.map(({ type }) => type.kind === 'struct' && type.fields.map(({ name }) => name))).toEqual([
    ['sku'],
  ])
  const [unpruned] = plan(dropped, { pruneColumns: false }).scan.columns.filter(({ path }) => path[0] === 'props')
  const read = unpruned.type.kind === 'struct' ? unpruned.type.fields : []
  expect(read.map(({ name, type }) => [name, type.otherwise])).toEqual([
    ['sku', 'setAside'],
    ['price', 'null'],
    ['size', 'null'],
  ])
})

it('keeps the key of a struct of which a field is required further up', () => {
  const rows = frame.dropNulls('props.sku').withColumns((col) => ({ sku: col('props.sku') }))
  expect(rows.dropFields('sku').fields.map(({ name, required }) => [name, required])).toEqual([
    ['user_id', false],
    ['props', true],
    ['at', false],
  ])
  expect(frame.dropNulls('props.sku').fields[1].key).toBe('properties')
})
