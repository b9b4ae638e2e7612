import {
  bool,
  category,
  type Expr,
  type Field,
  float64,
  id,
  int64,
  type LiteralValue,
  type LogicalPlan,
  optimize,
  schema,
  text,
  timestamp,
  type Write,
} from '@fletching/plan'
import { type Random, randomFrom, testSeed } from '@fletching/testing'
import { expect, it } from 'vitest'
import { lower } from '../src/physical.ts'
import { Pipeline } from '../src/pipeline.ts'

/** A column of every kind, and of every kind of value that does not fit it. */
const columns = schema('columns', {
  id: id(),
  category: category(),
  text: text(),
  lenient: text({ numbers: 'text', lineBreaks: 'unfit', otherwise: 'null' }),
  named: text({ lineBreaks: 'unfit', empty: 'null', encoding: 'dictionary' }),
  whole: int64(),
  count: int64({ otherwise: 'null' }),
  price: float64(),
  weight: float64({ otherwise: 'null' }),
  vip: bool(),
  old: bool({ otherwise: 'null' }),
  at: timestamp().required(),
  seen: timestamp({ otherwise: 'null' }),
})

const WHOLES = [0n, -1n, 7n, 9_007_199_254_740_993n, -9_223_372_036_854_775_808n]
const REALS = [0, -0, 7, 0.1, -1.5e300, Number.NaN, Number.POSITIVE_INFINITY]
const MOMENTS = [
  '1970-01-01T00:00:00.000Z',
  '2019-05-18T14:03:22.129Z',
  '2019-05-18T12:03:22.129Z',
  '1969-12-31T23:59:59.999Z',
]
/** The second and third of them stand for values that do not fit, as they are written. */
const TEXTS = ['', 'true', '[1, "a"]', 'a\\nb', 'a\nb', 'a', 'é', '7', '7.0', 'b']

const INSTANTS = [
  ...MOMENTS.map((value) => JSON.stringify(value)),
  '"2019-05-18T16:03:22.129+02:00"',
  '"2019-05-18 14:03:22.1299Z"',
  '"2016-12-31T23:59:60Z"',
  '"1970-01-01"',
  '"2019-02-30"',
]
/** What a line may have for any column, as JSON: much of it fits another column only. */
const VALUES = [
  ...TEXTS.map((value) => JSON.stringify(value)),
  ...String.raw`"\u0061"|"\ud800"|"\/"|null|null|true|false|[1, "a"]|{"a":1}`.split('|'),
  ...'0|-0|7|7.0|7e0|0.1|-1.5e300|1e999|9007199254740993|9223372036854775808|-1'.split('|'),
  ...INSTANTS,
]

function literals({ type }: Field): readonly Exclude<LiteralValue, null>[] {
  if (type.kind === 'text') return TEXTS
  if (type.kind === 'int64') return WHOLES
  if (type.kind === 'float64') return REALS
  return type.kind === 'bool' ? [true, false] : MOMENTS.map((moment) => Date.parse(moment))
}

const OPERATORS = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const

function chance(random: Random, percent: number): boolean {
  return random.below(100) < percent
}

function randomPredicate(random: Random, depth: number): Expr {
  const choice = random.below(100)
  if (depth > 0 && choice < 35) {
    const inputs = Array.from({ length: 2 }, () => randomPredicate(random, depth - 1))
    return { op: choice < 20 ? 'or' : 'and', inputs }
  }
  const field = random.pick(columns.fields)
  const { type } = field
  const input: Expr = { op: 'column', path: [field.name], type }
  if (choice < 50) return { op: choice < 45 ? 'isNotNull' : 'isNull', input }
  if (type.kind === 'text' && choice < 65) {
    return { op: 'isIn', input, values: [random.pick(TEXTS), random.pick(TEXTS), random.pick(TEXTS)] }
  }
  const right: Expr = { op: 'literal', value: random.pick(literals(field)), type }
  return { op: 'compare', operator: random.pick(OPERATORS), left: input, right }
}

/** Some filters, and a sink of some columns. */
function randomSink(random: Random): Write {
  let plan: LogicalPlan = { node: 'scan', format: 'ndjson', location: 'in/', schema: columns }
  for (let filters = 1 + random.below(3); filters > 0; filters--) {
    plan = { node: 'filter', input: plan, predicate: randomPredicate(random, 2), reason: `filter ${filters}` }
  }
  const wanted = columns.fields.filter(({ name }) => name === 'id' || chance(random, 30))
  const input: LogicalPlan = {
    node: 'project',
    verb: 'select',
    input: plan,
    columns: wanted.map(({ name, type }) => ({
      name,
      expr: { op: 'column', path: [name], type },
      type,
      nullable: true,
    })),
  }
  return { node: 'write', sink: { format: 'csv', to: 'out/', dialect: 'rfc4180', schema: undefined, files: 1 }, input }
}

function randomLines(random: Random): Buffer {
  const lines = Array.from({ length: 120 }, () => {
    const members = columns.fields
      .filter(() => chance(random, 90))
      .map(({ name, type }) => {
        // Mostly values that may fit.
        const fitting = type.kind === 'timestamp' ? INSTANTS : VALUES
        return `"${name}":${random.pick(chance(random, 70) ? fitting : VALUES)}`
      })
    return `{${members.join(',')}}`
  })
  return Buffer.from(lines.join('\n'))
}

/** What becomes of the lines under some rules: the CSV, the accounting, and what was set aside. */
function outcome(sink: Write, lines: Buffer, pushPredicates: boolean, scanner: 'wasm' | 'ts') {
  const plan = lower(optimize([sink], { rules: { pushPredicates } }), { scanner })
  const pipeline = new Pipeline(plan)
  pipeline.start(0, 'lines')
  const bodies = pipeline.push(lines)
  pipeline.end(lines.length)
  bodies.push(...pipeline.flush())
  const [{ counts }] = pipeline.takeEnded().objects
  const csv = bodies.flatMap(({ parts }) =>
    parts.map((part) => (part.format === 'csv' ? Buffer.from(part.bytes).toString() : '')),
  )
  const rejects = bodies.flatMap((body) => body.rejects.map(({ line, code, column }) => `${line} ${code} ${column}`))
  // Without an order of reasons.
  const filtered = { ...counts.accounting.filtered }
  return { pushed: plan.scan.steps.length, csv: csv.join(''), rejects, accounting: { ...counts.accounting, filtered } }
}

const plans = process.env.FLETCHING_SEED === undefined ? 150 : 1

it(`a filter refuses the same lines in the scan and above it, for either scanner, seed ${testSeed}`, () => {
  let rows = 0
  let filtered = 0
  let setAside = 0
  for (let seed = testSeed; seed < testSeed + plans; seed++) {
    const random = randomFrom(seed)
    const sink = randomSink(random)
    const lines = randomLines(random)
    const { pushed, ...expected } = outcome(sink, lines, false, 'ts')
    expect(pushed).toBe(0)
    for (const scanner of ['wasm', 'ts'] as const) {
      const { pushed: steps, ...actual } = outcome(sink, lines, true, scanner)
      expect(steps).toBeGreaterThan(0)
      expect(actual, `seed ${seed}, scanner ${scanner}`).toEqual(expected)
    }
    rows += expected.accounting.rows
    filtered += Object.values(expected.accounting.filtered).reduce((sum, count) => sum + count, 0)
    setAside += expected.rejects.length
  }
  if (plans > 1) expect(Math.min(rows, filtered, setAside)).toBeGreaterThan(500)
})
