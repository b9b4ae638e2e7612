import {
  allOf,
  anyOf,
  BOOL,
  bool,
  type Col,
  type Column,
  type ColumnsOf,
  category,
  coalesce,
  concat,
  DATE,
  date,
  type Expr,
  type FieldType,
  FLOAT64,
  Frame,
  float64,
  INT32,
  INT64,
  ifElse,
  int32,
  int64,
  json,
  type LiteralValue,
  lit,
  optimize,
  scanNdjson,
  schema,
  struct,
  TEXT,
  TIMESTAMP,
  text,
  timestamp,
  when,
  writeCsv,
} from '@fletching/plan'
import { nullShares, type Plain, randomFrom, randomValues, sameColumn, testSeed } from '@fletching/testing'
import {
  Bool,
  type DataType,
  Dictionary,
  Field,
  Float64,
  Int32,
  Int64,
  Struct,
  TimestampMillisecond,
  Utf8,
} from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { arrowType } from '../src/arrow-type.ts'
import { type Computed, evaluate } from '../src/evaluate.ts'
import { batchForms, batchOf } from './batches.ts'

const declared = {
  t: text(),
  u: text(),
  kind: category(),
  p: bool(),
  q: bool(),
  n: int64(),
  m: int64(),
  f: float64(),
  at: timestamp(),
  s: struct({ x: text(), y: int64() }),
  j: json(),
}
const columns = schema('columns', declared)

/** The columns as a scan gives them: `s.x` stands alone, `s` whole. */
const types = {
  t: new Utf8(),
  u: new Utf8(),
  kind: new Dictionary(new Utf8(), new Int32()),
  p: new Bool(),
  q: new Bool(),
  n: new Int64(),
  m: new Int64(),
  f: new Float64(),
  at: new TimestampMillisecond('UTC'),
  's.x': new Utf8(),
  s: new Struct([new Field('x', new Utf8(), true), new Field('y', new Int64(), true)]),
  j: new Utf8(),
} satisfies Record<string, DataType>

/** A row as JavaScript has it. */
interface Row {
  readonly t: string | null
  readonly u: string | null
  readonly kind: string | null
  readonly p: boolean | null
  readonly q: boolean | null
  readonly n: bigint | null
  readonly m: bigint | null
  readonly f: number | null
  readonly at: number | null
  readonly 's.x': string | null
  readonly s: { readonly x: string | null; readonly y: bigint | null } | null
  readonly j: string | null
}

type Build = (col: Col<ColumnsOf<typeof declared>>) => Column<FieldType | null>

/** The column that an author would write, as the plan has it. */
function columnOf(build: Build): { readonly expr: Expr; readonly type: FieldType; readonly nullable: boolean } {
  const { plan } = scanNdjson('in/', columns).select((col) => ({ x: build(col) }))
  if (plan.node !== 'project') throw new Error(`a select is no ${plan.node}`)
  return plan.columns[0]
}

/** Holds an expression against the value that it has in each row alone. */
function check(build: Build, oracle: (row: Row) => Plain): void {
  const { expr, type, nullable } = columnOf(build)
  for (let number = 0; number < 25; number++) {
    const random = randomFrom(testSeed + number)
    const length = random.pick([0, 1, 7, 8, 9, 65])
    const values = Object.entries(types).map(([name, column]) => {
      const drawn = randomValues(random, column, length, random.pick(nullShares))
      // Moments of the years that a text can name.
      return [name, name === 'at' ? drawn.map((value) => moment(value)) : drawn] as const
    })
    const form = random.pick(batchForms)
    const batch = batchOf(
      Object.fromEntries(values.map(([name, drawn]) => [name, [types[name as keyof typeof types], drawn] as const])),
      form,
    )
    const rows = Array.from(
      { length },
      (_, row) => Object.fromEntries(values.map(([name, drawn]) => [name, drawn[row]])) as unknown as Row,
    )
    const expected = rows.map(oracle)
    if (!nullable) expect(expected).not.toContain(null)
    const out = arrowType(type)
    const plain = out instanceof Dictionary ? out.dictionary : out
    sameColumn(
      () => evaluate(expr, batch),
      plain,
      expected,
      `FLETCHING_SEED=${testSeed + number}, ${length} rows, ${form}`,
    )
  }
}

function moment(value: Plain): Plain {
  return value === null ? null : Math.min(Math.max(Number(value), -62_135_596_800_000), 253_402_300_799_999)
}

/** The result of a function where no argument is null. */
function unlessNull<A extends readonly unknown[]>(
  use: (...args: { [I in keyof A]: NonNullable<A[I]> }) => Plain,
  ...args: A
): Plain {
  return args.includes(null) ? null : use(...(args as never))
}

const less = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0
const kleene = (decides: boolean, ...inputs: readonly (boolean | null)[]) =>
  inputs.includes(decides) ? decides : inputs.includes(null) ? null : !decides

describe('an expression has in every row the value that it has there alone', () => {
  it.each<[string, Build, (row: Row) => Plain]>([
    ['a column', (col) => col('t'), ({ t }) => t],
    ['a column of few values', (col) => col('kind'), ({ kind }) => kind],
    ['a column of JSON', (col) => col('j'), ({ j }) => j],
    ['a field that stands alone', (col) => col('s.x'), (row) => row['s.x']],
    ['a field of a whole struct', (col) => col('s.y'), ({ s }) => s?.y ?? null],
    ['a field of a struct that is computed', (col) => coalesce(col('s'), col('s')).field('x'), ({ s }) => s?.x ?? null],

    ['a text for every row', () => lit('é'), () => 'é'],
    ['a number for every row', () => lit(0.5), () => 0.5],
    ['a whole number for every row', () => lit(2n ** 63n - 1n), () => 2n ** 63n - 1n],
    ['a truth for every row', () => lit(true), () => true],
    ['a moment for every row', () => lit(new Date(-1)), () => -1],
    ['a day for every row', () => lit(new Date(-1)).cast(date()), () => -1],

    [
      'isIn of texts',
      (col) => col('t').isIn(['a', '', '🛒']),
      ({ t }) => unlessNull((t) => ['a', '', '🛒'].includes(t), t),
    ],
    [
      'isIn of few values',
      (col) => col('kind').isIn(['a', 'B']),
      ({ kind }) => unlessNull((k) => ['a', 'B'].includes(k), kind),
    ],
    ['isIn of whole numbers', (col) => col('n').isIn([1, -1n]), ({ n }) => unlessNull((n) => n === 1n || n === -1n, n)],
    ['isIn of nothing', (col) => col('t').isIn([]), ({ t }) => unlessNull(() => false, t)],
    ['isNull', (col) => col('t').isNull(), ({ t }) => t === null],
    ['isNull of a struct', (col) => col('s').isNull(), ({ s }) => s === null],
    ['isNotNull', (col) => col('kind').isNotNull(), ({ kind }) => kind !== null],

    ['eq', (col) => col('t').eq(col('u')), ({ t, u }) => unlessNull((t, u) => t === u, t, u)],
    ['eq of a text', (col) => col('kind').eq('a'), ({ kind }) => unlessNull((k) => k === 'a', kind)],
    ['ne', (col) => col('n').ne(col('m')), ({ n, m }) => unlessNull((n, m) => n !== m, n, m)],
    ['lt', (col) => col('t').lt(col('u')), ({ t, u }) => unlessNull((t, u) => less(t, u), t, u)],
    ['le', (col) => col('f').le(1), ({ f }) => unlessNull((f) => f <= 1, f)],
    ['gt', (col) => col('n').gt(2), ({ n }) => unlessNull((n) => n > 2n, n)],
    ['ge', (col) => col('at').ge(new Date(0)), ({ at }) => unlessNull((at) => at >= 0, at)],
    ['a constant on the left', (col) => lit('b').gt(col('t')), ({ t }) => unlessNull((t) => less(t, 'b'), t)],
    ['a day and a day', (col) => col('at').date().lt(new Date(0)), ({ at }) => unlessNull((at) => at < 0, at)],
    ['eqNullSafe', (col) => col('t').eqNullSafe(col('u')), ({ t, u }) => t === u],
    ['eqNullSafe of null', (col) => col('p').eqNullSafe(null), ({ p }) => p === null],

    ['and', (col) => col('p').and(col('q')), ({ p, q }) => kleene(false, p, q)],
    ['or', (col) => col('p').or(col('q')), ({ p, q }) => kleene(true, p, q)],
    [
      'and of three',
      (col) => allOf(col('p'), col('q'), col('t').eq('a')),
      ({ p, q, t }) => kleene(false, p, q, t === null ? null : t === 'a'),
    ],
    [
      'or of three',
      (col) => anyOf(col('p'), col('q'), col('t').isNull()),
      ({ p, q, t }) => kleene(true, p, q, t === null),
    ],
    ['and of a constant', (col) => lit(true).and(col('p')), ({ p }) => p],
    ['not', (col) => col('p').not(), ({ p }) => unlessNull((p) => !p, p)],

    ['a cast to text', (col) => col('n').cast(text()), ({ n }) => unlessNull(String, n)],
    [
      'a cast of what may not fit',
      (col) => col('n').cast(int32(), { onFailure: 'null' }),
      ({ n }) => unlessNull((n) => (BigInt.asIntN(32, n) === n ? Number(n) : null), n),
    ],
    [
      'a cast of few values',
      (col) => col('kind').cast(bool(), { onFailure: 'null' }),
      ({ kind }) => (kind === 'true' ? true : null),
    ],
    ['a cast to a double', (col) => col('p').cast(float64()), ({ p }) => unlessNull(Number, p)],
    ['a cast to the type that it has', (col) => col('t').cast(text()), ({ t }) => t],

    ['coalesce', (col) => coalesce(col('t'), col('s.x'), col('kind')), (row) => row.t ?? row['s.x'] ?? row.kind],
    ['fillNull', (col) => col('n').fillNull(7), ({ n }) => n ?? 7n],
    ['fillNull of few values', (col) => col('kind').fillNull('none'), ({ kind }) => kind ?? 'none'],
    ['a constant that something may replace', (col) => coalesce(lit('x'), col('t')), () => 'x'],
    [
      'concat',
      (col) => concat(col('t'), '-', col('kind')),
      ({ t, kind }) => unlessNull((t, k) => `${t}-${k}`, t, kind),
    ],
    ['concat that begins with a text', (col) => concat('<', col('u'), '>'), ({ u }) => unlessNull((u) => `<${u}>`, u)],
    ['contains', (col) => col('t').contains(col('u')), ({ t, u }) => unlessNull((t, u) => t.includes(u), t, u)],
    ['contains a text', (col) => col('kind').contains('b'), ({ kind }) => unlessNull((k) => k.includes('b'), kind)],
    [
      'mapValues',
      (col) => col('t').mapValues({ a: 'b', '': 'x' }),
      ({ t }) => (t === null ? null : t === 'a' ? 'b' : t === '' ? 'x' : t),
    ],
    [
      'mapValues of few values',
      (col) => col('kind').mapValues({ a: 'b' }),
      ({ kind }) => unlessNull((k) => (k === 'a' ? 'b' : k), kind),
    ],
    ['times', (col) => col('f').times(col('f')), ({ f }) => unlessNull((f) => f * f, f)],
    ['times a constant', (col) => col('f').times(0.5), ({ f }) => unlessNull((f) => f * 0.5, f)],
    [
      'when, otherwise no value',
      (col) => when(col('p'), col('t')).otherwise(null),
      ({ p, t }) => (p === true ? t : null),
    ],
    ['ifElse, else no value', (col) => ifElse(col('p'), col('f'), null), ({ p, f }) => (p === true ? f : null)],
    ['startsWith', (col) => col('t').startsWith('a'), ({ t }) => unlessNull((t) => t.startsWith('a'), t)],
    ['length', (col) => col('t').length(), ({ t }) => unlessNull((t) => Array.from(t).length, t)],
    ['lower', (col) => col('kind').lower(), ({ kind }) => unlessNull((k) => k.toLowerCase(), kind)],
    ['upper', (col) => col('t').upper(), ({ t }) => unlessNull((t) => t.toUpperCase(), t)],
    ['trim', (col) => col('t').trim(), ({ t }) => unlessNull((t) => t.replace(/^ +| +$/g, ''), t)],
    ['date', (col) => col('at').date(), ({ at }) => unlessNull((at) => Math.floor(at / 86_400_000), at)],
    [
      'epochSeconds',
      (col) => col('at').epochSeconds(),
      ({ at }) => unlessNull((at) => BigInt(Math.floor(at / 1000)), at),
    ],
    [
      'fromEpochSeconds',
      (col) => col('at').epochSeconds().fromEpochSeconds(),
      ({ at }) => unlessNull((at) => Math.floor(at / 1000) * 1000, at),
    ],
    [
      'fromEpochSeconds in 32 bits',
      (col) => col('t').length().fromEpochSeconds(),
      ({ t }) => unlessNull((t) => Array.from(t).length * 1000, t),
    ],
    ['parseTimestamp', (col) => col('at').cast(text()).parseTimestamp(), ({ at }) => at],
    ['parseTimestamp of what is none', (col) => col('t').parseTimestamp(), () => null],
    ['ifElse', (col) => ifElse(col('p'), col('t'), col('kind')), ({ p, t, kind }) => (p === true ? t : kind)],
    ['ifElse of constants', (col) => ifElse(col('p'), lit(1n), lit(-1n)), ({ p }) => (p === true ? 1n : -1n)],
    ['ifElse of a constant', (col) => ifElse(lit(false), col('n'), col('m')), ({ m }) => m],
    [
      'when, otherwise',
      (col) => when(col('n').gt(1), col('t')).otherwise(lit('few')),
      ({ n, t }) => (n !== null && n > 1n ? t : 'few'),
    ],
  ])('%s', (_, build, oracle) => check(build, oracle))
})

describe('a constant', () => {
  it.each<[FieldType, LiteralValue]>([
    [TEXT, 'a'],
    [TEXT, ''],
    [TEXT, '\ufeff😀'],
    [BOOL, false],
    [INT32, -(2 ** 31)],
    [INT64, -(2n ** 63n)],
    [FLOAT64, Number.NaN],
    [TIMESTAMP, 1_558_210_385_123],
    [DATE, 18_034],
    [TEXT, null],
    [DATE, null],
  ])('of %o stands in every row: %s', (type, value) => {
    for (const length of [0, 1, 9]) {
      const batch = batchOf({ n: [new Int32(), Array<number>(length).fill(0)] })
      const expected = Array<Plain>(length).fill(value)
      sameColumn(() => evaluate({ op: 'literal', value, type }, batch), arrowType(type), expected, `${length} rows`)
    }
  })
})

it('computes what stands in several places once, for all that share what was computed', () => {
  const { plan } = scanNdjson('in/', columns)
    .select((col) => ({ loud: col('t').upper() }))
    .select((col) => ({ a: concat(col('loud'), '!'), b: col('loud') }))
  const sink = writeCsv(new Frame(plan) as never, { to: 'out/' })
  const [{ columns: made }] = optimize(sink === undefined ? [] : [sink]).sinks
  const batch = batchOf({ t: [new Utf8(), ['a', null]] })
  const computed: Computed = new Map()
  const [a, b] = made.map(({ expr }) => evaluate(expr, batch, computed))
  expect([[...a], [...b]]).toEqual([
    ['A!', null],
    ['A', null],
  ])
  expect(computed.size).toBe(3)
  expect(evaluate(made[1].expr, batch, computed)).toBe(b)
  expect(evaluate(made[1].expr, batch)).not.toBe(b)
})

it.each([
  ['nothing behind values for every row', [new Utf8(), ['a', 'b']], 1],
  ['the rest behind a null', [new Utf8(), ['a', null]], 3],
  ['the rest behind a dictionary, which may hold a null', [new Dictionary(new Utf8(), new Int32()), ['a', 'b']], 3],
] as const)('computes of coalesce %s', (_, [type, values], count) => {
  const { expr } = columnOf((col) => coalesce(col('t'), col('u').upper()))
  const computed: Computed = new Map()
  const batch = batchOf({ t: [type, values], u: [new Utf8(), ['x', 'y']] })
  expect([...evaluate(expr, batch, computed)]).toEqual(values.map((value) => value ?? 'Y'))
  // Besides the whole.
  expect(computed.size - 1).toBe(count)
})

describe('what cannot be computed', () => {
  const batch = batchOf({ t: [new Utf8(), ['1', 'x']], 's.x': [new Utf8(), ['a', 'b']] })
  const column = (...path: readonly string[]): Expr => ({ op: 'column', path, type: TEXT })

  it('is a cast that must not fail', () => {
    expect(() => evaluate({ op: 'cast', input: column('t'), type: INT64, onFailure: 'error' }, batch)).toThrow(
      expect.objectContaining({
        kind: 'data',
        message: `CAST_FAILED: the text value cannot be cast to int64
  at row 1
  mend the data, or cast with onFailure: 'null'`,
      }),
    )
  })

  it('is one behind values for every row', () => {
    const cast: Expr = { op: 'cast', input: column('t'), type: INT64, onFailure: 'error' }
    const length: Expr = { op: 'call', name: 'length', args: [column('s', 'x')] }
    expect(() => evaluate({ op: 'call', name: 'coalesce', args: [length, cast] }, batch)).toThrow(/^CAST_FAILED: /)
  })

  it('is a column that the scan did not hand on', () => {
    expect(() => evaluate(column('s', 'y'), batch)).toThrow(
      expect.objectContaining({
        kind: 'internal',
        message: 'INTERNAL: the plan looks at s.y, but the batch has t, s.x',
      }),
    )
  })
})
