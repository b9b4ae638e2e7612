import { forms, randomFrom, randomValues, testSeed, valuesOf, vectorOf } from '@fletching/testing'
import {
  Bool,
  type DataType,
  DateDay,
  Dictionary,
  Float64,
  Int32,
  Int64,
  TimestampMillisecond,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow'
import { expect, it } from 'vitest'
import { type Keys, keysOf } from '../src/keys.ts'

const types: readonly DataType[] = [
  new Utf8(),
  new Dictionary(new Utf8(), new Int32()),
  new Bool(),
  new Int32(),
  new Int64(),
  new Float64(),
  new TimestampMillisecond('UTC'),
  new DateDay(),
]

/** The words of each key as text. */
function textsOf({ words, starts, lengths }: Keys): string[] {
  return Array.from(starts, (start, key) => words.subarray(start, start + lengths[key]).join(' '))
}

/** For each row the first row with the same values. */
function firstsOf(texts: readonly string[]): number[] {
  return texts.map((text) => texts.indexOf(text))
}

function everyRow(columns: readonly Vector[]): Int32Array {
  return Int32Array.from({ length: columns[0].length }, (_, row) => row)
}

it(`are equal exactly where all values are, seed ${testSeed}`, () => {
  for (let seed = testSeed; seed < testSeed + 200; seed++) {
    const random = randomFrom(seed)
    const chosen = Array.from({ length: 1 + random.below(3) }, () => random.pick(types))
    const columns = chosen.map((type) =>
      vectorOf(type, randomValues(random, type, 60, random.pick([0, 0.1, 0.5])), random.pick(forms)),
    )
    const rows = everyRow(columns)
    const values = columns.map(valuesOf)
    const oracle = Array.from(rows, (row) => JSON.stringify(values.map((column) => tagged(column[row]))))
    expect(firstsOf(textsOf(keysOf(columns, rows))), `seed ${seed}`).toEqual(firstsOf(oracle))
    const some = rows.filter((row) => row % 3 === 1)
    expect(firstsOf(textsOf(keysOf(columns, some)))).toEqual(firstsOf(oracle.filter((_, row) => row % 3 === 1)))
  }
})

/** Values apart from one another that JSON writes alike; 0 and -0 are one. */
function tagged(value: unknown): unknown {
  return value === null ? null : `${typeof value} ${String(value)}`
}

it('tell texts apart that join to the same, and a null from an empty text', () => {
  const texts = (values: (string | null)[]) => vectorFromArray(values, new Utf8())
  const columns = [texts(['ab', 'a', '', null, 'a\0', 'a']), texts(['c', 'bc', null, '', 'b', '\0b'])]
  expect(firstsOf(textsOf(keysOf(columns, everyRow(columns))))).toEqual([0, 1, 2, 3, 4, 5])
})

it('take 0 and -0 for one, and every NaN', () => {
  const bits = new BigInt64Array([0n, -0x8000000000000000n, 0x7ff8000000000000n, 0x7ff8000000000001n, -1n])
  const column = vectorFromArray([...new Float64Array(bits.buffer)], new Float64())
  column.data[0].values.set(new Float64Array(bits.buffer))
  expect(firstsOf(textsOf(keysOf([column], everyRow([column]))))).toEqual([0, 0, 2, 2, 2])
})

it('are made of values that can be compared alone', () => {
  const structs = vectorFromArray([{ a: 1 }])
  expect(() => keysOf([structs], Int32Array.of(0))).toThrow(
    /^INTERNAL: rows cannot be told apart by a column of Struct/,
  )
})
