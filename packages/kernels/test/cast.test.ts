import { readFileSync } from 'node:fs'
import { cast, type OnCastFailure } from '@fletching/kernels/cast'
import {
  forms,
  fuzzCases,
  type Plain,
  randomCheck,
  randomFrom,
  sameColumn,
  testSeed,
  valuesOf,
  vectorOf,
} from '@fletching/testing'
import {
  type DataType,
  Float32,
  Int16,
  Int32,
  Int64,
  Null,
  TimestampMillisecond,
  TimestampSecond,
  Utf8,
  type Vector,
} from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { type CastKind, castRules, kindOf } from '../src/cast-rules.ts'
import { numberText } from './number-texts.ts'
import { types } from './types.ts'

const kinds = ['text', 'bool', 'int32', 'int64', 'float64', 'timestamp', 'date'] as const
const pairs = kinds.flatMap((from) =>
  kinds.filter((to) => castRules[from][to] !== undefined).map((to) => ({ from, to })),
)
const no = undefined
const max64 = 2n ** 63n - 1n
const min64 = -(2n ** 63n)

/** Where another digit begins, and both sides of what a double holds exactly. */
const int64s = [
  ...Array.from({ length: 19 }, (_, power) => 10n ** BigInt(power)),
  2n ** 31n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n - 2n,
].flatMap((number) => [number - 1n, number, number + 1n, 1n - number, -number, -1n - number])
const int32s = int64s
  .map(Number)
  .filter((number) => number === (number | 0))
  .map((number) => number + 0)
const float64s = [
  ...int64s.map((number) => Number(number) + 0),
  ...[0.5, 1e15, 1e16, 1e20, 1e21, 1e-6, 1e-7, 1.5e300, 5e-324, 123.25].flatMap((number) => [number, -number]),
  -1.2345678901234567e-6,
  -0,
]

/** From, to, value, result; `no` is a value that the type cannot hold. */
const edges: { readonly [pair: string]: readonly (readonly [Plain, Plain | undefined])[] } = {
  'text → bool': [
    ['true', true],
    ['false', false],
    ['TRUE', no],
    ['1', no],
    ['', no],
    [' true', no],
    ['\ufefftrue', no],
  ],
  'text → int32': [
    ['0', 0],
    ['-0', 0],
    ['+7', 7],
    ['007', 7],
    ['2147483647', 2147483647],
    ['-2147483648', -2147483648],
    ['2147483648', no],
    ['-2147483649', no],
    ['1.0', no],
    ['1e3', no],
    ['0x10', no],
    [' 1', no],
    ['1\n', no],
    ['', no],
    ['-', no],
    ['+-1', no],
    ['١', no],
    ['\ufeff1', no],
  ],
  'text → int64': [
    ['9223372036854775807', max64],
    ['-9223372036854775808', min64],
    ['9223372036854775808', no],
    ['-9223372036854775809', no],
    ['+5', 5n],
    ['-0', 0n],
    [`${'0'.repeat(39)}1`, 1n],
    [`${'0'.repeat(40)}1`, no],
    ['5.0', no],
    ['1_000', no],
    ['', no],
  ],
  'text → float64': [
    ['1.5', 1.5],
    ['-0', -0],
    ['.5', 0.5],
    ['5.', 5],
    ['+1e-3', 0.001],
    ['1E3', 1000],
    ['5e-324', 5e-324],
    ['1e-999', 0],
    ['1e999', no],
    ['NaN', no],
    ['Infinity', no],
    ['0x10', no],
    ['1,5', no],
    ['.', no],
    ['', no],
    [' 1', no],
  ],
  'text → timestamp': [
    ['1970-01-01T00:00:00Z', 0],
    ['2019-05-18T14:03:22.129Z', 1558188202129],
    ['1969-12-31T23:59:59.999Z', -1],
    ['2019-05-18', 1558137600000],
    ['2019-02-29', no],
    ['18/05/2019', no],
    ['', no],
    ['\ufeff2019-05-18', no],
  ],
  'text → date': [
    ['1970-01-01', 0],
    ['1969-12-31', -1],
    ['0001-01-01', -719162],
    ['9999-12-31', 2932896],
    ['2000-02-29', 11016],
    ['1900-02-29', no],
    ['0000-01-01', no],
    ['2019-13-01', no],
    ['2019-00-01', no],
    ['2019-01-00', no],
    ['2019-1-1', no],
    ['2019-01-01T00:00:00Z', no],
    ['2019-01-01\n', no],
  ],
  'bool → text': [
    [true, 'true'],
    [false, 'false'],
  ],
  'bool → int32': [
    [true, 1],
    [false, 0],
  ],
  'bool → int64': [
    [true, 1n],
    [false, 0n],
  ],
  'bool → float64': [
    [true, 1],
    [false, 0],
  ],
  'int32 → text': [
    [0, '0'],
    [-2147483648, '-2147483648'],
    [2147483647, '2147483647'],
  ],
  'int32 → bool': [
    [0, false],
    [1, true],
    [2, no],
    [-1, no],
  ],
  'int32 → int64': [
    [-2147483648, -2147483648n],
    [2147483647, 2147483647n],
  ],
  'int32 → float64': [
    [-2147483648, -2147483648],
    [2147483647, 2147483647],
  ],
  'int64 → text': [
    [max64, '9223372036854775807'],
    [min64, '-9223372036854775808'],
    [0n, '0'],
  ],
  'int64 → bool': [
    [0n, false],
    [1n, true],
    [2n, no],
    [-1n, no],
    [2n ** 32n, no],
  ],
  'int64 → int32': [
    [2147483647n, 2147483647],
    [-2147483648n, -2147483648],
    [2147483648n, no],
    [-2147483649n, no],
    [2n ** 32n, no],
    [max64, no],
  ],
  'int64 → float64': [
    [2n ** 53n, 2 ** 53],
    [2n ** 53n + 1n, no],
    [2n ** 53n + 2n, 2 ** 53 + 2],
    [min64, -(2 ** 63)],
    [max64, no],
  ],
  'float64 → text': [
    [1, '1'],
    [0.1, '0.1'],
    [-0, '0'],
    [1e21, '1e+21'],
    [5e-324, '5e-324'],
    [Number.NaN, 'NaN'],
    [Infinity, 'Infinity'],
    [-Infinity, '-Infinity'],
  ],
  'float64 → int32': [
    [-0, 0],
    [2147483647, 2147483647],
    [-2147483648, -2147483648],
    [2147483648, no],
    [2147483647.5, no],
    [0.5, no],
    [Number.NaN, no],
    [Infinity, no],
  ],
  'float64 → int64': [
    [-0, 0n],
    [2 ** 53, 2n ** 53n],
    [-(2 ** 63), min64],
    [2 ** 63, no],
    [0.5, no],
    [Number.NaN, no],
    [-Infinity, no],
  ],
  'timestamp → text': [
    [0, '1970-01-01T00:00:00.000Z'],
    [-1, '1969-12-31T23:59:59.999Z'],
    [1558188202129, '2019-05-18T14:03:22.129Z'],
    [253402300799999, '9999-12-31T23:59:59.999Z'],
    [253402300800000, no],
    [-62135596800000, '0001-01-01T00:00:00.000Z'],
    [-62135596800001, no],
  ],
  'timestamp → date': [
    [0, 0],
    [-1, -1],
    [86399999, 0],
    [86400000, 1],
    [2147483647 * 86400000, 2147483647],
    [2147483648 * 86400000, no],
  ],
  'date → text': [
    [0, '1970-01-01'],
    [-719162, '0001-01-01'],
    [-719163, no],
    [2932896, '9999-12-31'],
    [2932897, no],
  ],
  'date → timestamp': [
    [0, 0],
    [-1, -86400000],
    [2147483647, 2147483647 * 86400000],
  ],
}

describe('cast', () => {
  it('has edge values for every pair', () => {
    expect(Object.keys(edges).sort()).toEqual(pairs.map(({ from, to }) => `${from} → ${to}`).sort())
  })

  it('has the pairs of the README', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const casts = readme.slice(readme.indexOf('## Casts'), readme.indexOf('## Tests'))
    const rows = [...casts.matchAll(/^\| ([a-z]\w+) +\| (\w+) +\|/gm)].map(([, from, to]) => `${from} → ${to}`)
    expect(rows.sort()).toEqual(pairs.map(({ from, to }) => `${from} → ${to}`).sort())
  })

  describe.each(pairs)('$from → $to', ({ from, to }) => {
    const cases = edges[`${from} → ${to}`]
    const nullable = [null, ...cases.map(([value]) => value), null]
    const results = [null, ...cases.map(([, result]) => result ?? null), null]
    const failing = cases.flatMap(([, result], i) => (result === undefined ? [i + 1] : []))

    it('holds its edge values', () => {
      sameColumn(() => run(vectorOf(types[from], nullable, 'chunks'), to, 'null'), types[to], results, 'null')
      const { values, rejected } = cast(vectorOf(types[from], nullable, 'chunks'), types[to] as DataType, {
        onFailure: 'reject',
      })
      sameColumn(() => values, types[to], results, 'reject')
      expect([...rejected]).toEqual(failing)
      const good = cases.filter(([, result]) => result !== undefined)
      const kept = vectorOf(
        types[from],
        good.map(([value]) => value),
      )
      expect(valuesOf(run(kept, to, 'error'))).toEqual(good.map(([, result]) => result))
    })

    it('names the first row that it cannot hold', () => {
      for (const row of failing.slice(0, 1)) {
        expect(() => run(vectorOf(types[from], nullable, 'chunks'), to, 'error')).toThrow(
          expect.objectContaining({
            kind: 'data',
            message: `CAST_FAILED: the ${from} value cannot be cast to ${to}\n  at row ${row}\n  mend the data, or cast with onFailure: 'null'`,
          }),
        )
      }
    })

    it('agrees with the rule on random rows', () => {
      randomCheck({
        types: { a: types[from] },
        out: types[to],
        run: ({ a }) => run(a as Vector, to, 'null'),
        oracle: ({ a }) => a.map((value) => (value === null ? null : ruleOf(from, to)(value))),
        cases: 40,
      })
    })
  })

  it.each([
    { to: 'int32', oracle: (text: string) => (/^[+-]?\d+$/.test(text) ? Math.trunc(Number(text)) + 0 : null) },
    { to: 'bool', oracle: (text: string) => (text === 'true' ? true : text === 'false' ? false : null) },
  ] as const)('reads random texts as the oracle does: $to', ({ to, oracle }) => {
    randomCheck({
      types: { a: types.text },
      out: types[to],
      run: ({ a }) => run(a, to, 'null'),
      oracle: ({ a }) => a.map((value) => (value === null ? null : oracle(value as string))),
    })
  })

  it.each(['bool', 'int32', 'int64', 'timestamp', 'date'] as const)('comes back from text: %s', (name) => {
    randomCheck({
      types: { a: types[name] },
      out: types[name],
      run: ({ a }) => run(run(a as Vector, 'text', 'error'), name, 'error'),
      oracle: ({ a }) => a,
    })
  })

  it('writes moments as JavaScript does', () => {
    randomCheck({
      types: { a: types.timestamp },
      out: types.text,
      run: ({ a }) => run(a, 'text', 'error'),
      oracle: ({ a }) => a.map((value) => (value === null ? null : new Date(value as number).toISOString())),
    })
  })

  it.each(['int32', 'int64', 'float64'] as const)(
    'reads random texts that are like numbers as the rule does: %s',
    (to) => {
      const random = randomFrom(testSeed)
      const texts = Array.from({ length: fuzzCases(20_000) }, () => numberText(random))
      const rule = ruleOf('text', to)
      for (const form of forms) {
        const column = vectorOf(types.text, texts, form)
        sameColumn(() => run(column, to, 'null'), types[to], texts.map(rule), `${form}, FLETCHING_SEED=${testSeed}`)
      }
    },
  )

  it.each([
    ['int32', int32s],
    ['int64', int64s],
    ['float64', float64s],
  ] as const)('writes numbers as JavaScript does: %s', (from, numbers) => {
    const column = vectorOf<DataType>(types[from], numbers, 'slice')
    expect(valuesOf(run(column, 'text', 'error'))).toEqual(numbers.map(String))
  })

  it('has room for a text as long as any', () => {
    const random = randomFrom(testSeed)
    const bits = new Int32Array(2)
    const numbers = new Float64Array(bits.buffer)
    for (let i = 0; i < fuzzCases(20_000); i++) {
      bits[0] = random.below(2 ** 32)
      bits[1] = random.below(2 ** 32)
      for (const value of [numbers[0], -random.below(2 ** 32) / 2 ** 52]) {
        expect(valuesOf(run(vectorOf(types.float64, [value]), 'text', 'error'))).toEqual([String(value)])
      }
    }
  })

  it('returns the column itself when it has the type already', () => {
    const column = vectorOf(new Int32(), [1, null], 'chunks')
    expect(cast(column, new Int32(), { onFailure: 'error' })).toBe(column)
    const { values, rejected } = cast(column, new Int32(), { onFailure: 'reject' })
    expect([values, rejected]).toEqual([column, new Int32Array()])
  })

  it('decodes a dictionary when text is wanted', () => {
    const column = vectorOf(types.encoded, ['a', null], 'slice')
    sameColumn(() => run(column, 'text', 'error'), new Utf8(), ['a', null], 'encoded')
  })

  it('gives moments without a time zone the one that is wanted', () => {
    const column = vectorOf(new TimestampMillisecond(), [0, null], 'slice')
    sameColumn(() => run(column, 'timestamp', 'error'), types.timestamp, [0, null], 'no zone')
  })

  it('gives moments of the type that is wanted, also without a time zone', () => {
    const local = new TimestampMillisecond()
    const moments = cast(vectorOf(types.text, ['1970-01-01', null], 'slice'), local, { onFailure: 'error' })
    sameColumn(() => moments, local, [0, null], 'no zone')
  })

  it('gives a chunk for each chunk', () => {
    expect(cast(vectorOf(types.text, ['1', '2', '3'], 'chunks'), new Int64(), { onFailure: 'null' }).data).toHaveLength(
      4,
    )
  })

  it('refuses every pair that has no rule', () => {
    const others = kinds.flatMap((from) =>
      kinds.filter((to) => from !== to && castRules[from][to] === undefined).map((to) => [from, to] as const),
    )
    expect(others).toHaveLength(42 - pairs.length)
    for (const [from, to] of others)
      expect(() => run(vectorOf<DataType>(types[from], []), to, 'null')).toThrow('there is no cast')
  })

  it.each([
    ['text', types.text, types.list, 'Utf8 to List<Utf8>'],
    ['a moment', types.timestamp, types.int64, 'Timestamp<MILLISECOND, UTC> to Int64'],
    ['float64 to bool', types.float64, types.bool, 'Float64 to Bool'],
    ['int16', new Int16(), types.text, 'Int16 to Utf8'],
    ['float32', types.text, new Float32(), 'Utf8 to Float32'],
    ['seconds', types.text, new TimestampSecond(), 'Utf8 to Timestamp<SECOND>'],
    ['a dictionary', types.text, types.encoded, 'Utf8 to Dictionary<Int32, Utf8>'],
    ['nulls', new Null(), types.text, 'Null to Utf8'],
  ])('refuses %s', (_, from, to, pair) => {
    expect(() => cast(vectorOf(from as DataType, []), to as DataType, { onFailure: 'null' })).toThrow(
      expect.objectContaining({ kind: 'internal', message: `INTERNAL: there is no cast from ${pair}` }),
    )
  })
})

describe('kindOf', () => {
  it.each(kinds)('knows %s', (kind) => expect(kindOf(types[kind])).toBe(kind))
})

function run(column: Vector, to: CastKind, onFailure: Exclude<OnCastFailure, 'reject'>): Vector {
  return cast(column, types[to] as DataType, { onFailure })
}

/** The rule on one value, its result as tests write it. */
function ruleOf(from: CastKind, to: CastKind): (value: Plain) => Plain {
  const rule = castRules[from][to] as (value: Plain) => Plain | undefined
  return (value) => {
    const result = rule(value) ?? null
    return to === 'int32' || to === 'date' || to === 'timestamp'
      ? result === null
        ? null
        : Number(result) + 0
      : result
  }
}
