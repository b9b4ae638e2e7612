import { DataType, type Field, type List, type Struct, type Vector } from 'apache-arrow'
import { forms, type Plain, vectorOf } from './vector-forms.ts'
import { type Columns, type ColumnTypes, sameColumn } from './vector-table.ts'

/** A source of numbers that a seed makes repeatable. */
export interface Random {
  /** A whole number from 0 to `limit` - 1. */
  readonly below: (limit: number) => number
  /** One of the things. */
  readonly pick: <T>(things: readonly T[]) => T
}

/** The seed of random tests: FLETCHING_SEED, or always the same. */
export const testSeed = Number(process.env.FLETCHING_SEED ?? 20190518)

export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  // mulberry32
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
  return { below, pick: (things) => things[below(things.length)] }
}

/** The shares of nulls that random columns have. */
export const nullShares = [0, 0.1, 0.5, 1] as const

/** So many values of a type, edge values among them, with about that share of nulls. */
export function randomValues(random: Random, type: DataType, length: number, nullShare: number): Plain[] {
  return Array.from({ length }, () => (random.below(1000) < nullShare * 1000 ? null : randomValue(random, type)))
}

function randomValue(random: Random, type: DataType): Plain {
  if (DataType.isDictionary(type)) return randomValue(random, type.dictionary)
  if (DataType.isBool(type)) return random.below(2) === 1
  if (DataType.isUtf8(type)) return randomText(random)
  if (DataType.isInt(type)) {
    if (type.bitWidth === 64) return random.below(3) > 0 ? BigInt(random.below(5)) : random.pick(INT64)
    return random.below(3) > 0 ? random.below(5) : random.pick(INT32)
  }
  if (DataType.isFloat(type)) return random.below(3) > 0 ? random.below(5) / 2 : random.pick(FLOAT64)
  if (DataType.isTimestamp(type)) {
    return random.below(3) === 0 ? random.pick(MOMENTS) : (random.below(4_000_000) - 2_000_000) * 1_000_003
  }
  if (DataType.isDate(type)) return random.below(3) === 0 ? random.pick(DAYS) : random.below(40_000) - 20_000
  if (DataType.isList(type)) {
    return randomValues(random, (type as List).children[0].type, random.below(4), 0.2)
  }
  const member = (field: Field) => [field.name, randomValues(random, field.type, 1, 0.2)[0]]
  return Object.fromEntries((type as Struct).children.map(member)) as Plain
}

function randomText(random: Random): string {
  if (random.below(3) === 0) return random.pick(TEXTS)
  return Array.from({ length: random.below(5) }, () => random.pick(LETTERS)).join('')
}

export interface RandomCheck<T extends ColumnTypes> {
  /** The columns that are drawn, all of one length. */
  readonly types: T
  /** The type of the result. */
  readonly out: DataType
  readonly run: (columns: Columns<T>) => Vector
  /** The result over plain arrays; `rows` is their length. */
  readonly oracle: (columns: { readonly [Name in keyof T]: readonly Plain[] }, rows: number) => readonly Plain[]
  readonly cases?: number
}

/** Holds a function against its oracle on random columns of every length, share of nulls and form. */
export function randomCheck<T extends ColumnTypes>({ types, out, run, oracle, cases = 100 }: RandomCheck<T>): void {
  for (let number = 0; number < cases; number++) {
    const random = randomFrom(testSeed + number)
    const rows = random.pick(LENGTHS)
    const drawn = Object.entries(types).map(([name, type]) => {
      const values = randomValues(random, type, rows, random.pick(nullShares))
      return { name, type, values, form: random.pick(forms) }
    })
    const where = `FLETCHING_SEED=${testSeed + number}, ${rows} rows, ${drawn.map(({ name, form }) => `${name}: ${form}`).join(', ')}`
    const plain = Object.fromEntries(drawn.map(({ name, values }) => [name, values]))
    const vectors = () =>
      Object.fromEntries(drawn.map(({ name, type, values, form }) => [name, vectorOf(type, values, form)]))
    sameColumn(() => run(vectors() as Columns<T>), out, oracle(plain as never, rows), where)
  }
}

const LENGTHS = [0, 1, 2, 7, 8, 9, 16, 17, 31, 64, 65, 130] as const
const INT32 = [-1, 2 ** 31 - 1, -(2 ** 31)] as const
const INT64 = [-1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, -(2n ** 31n) - 1n] as const
const FLOAT64 = [Number.NaN, -0, Infinity, -Infinity, 5e-324, -1.7976931348623157e308, 2 ** 53, 0.1] as const
const MOMENTS = [0, -1, 999, -86_400_001, 1_558_188_202_129, 253_402_300_799_999, -62_135_596_800_000] as const
const DAYS = [0, -1, 18_034, 2_932_896, -719_162] as const
const LETTERS = ['a', 'b', 'B', ' ', 'é', '€', '🛒'] as const
const TEXTS = [
  '',
  '🛒',
  'a\u0000b',
  '\ufeffa',
  '\ufeff',
  'x'.repeat(300),
  ' a ',
  'ß',
  'true',
  '1',
  '-0',
  '"',
  '\n',
] as const
