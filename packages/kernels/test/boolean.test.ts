import { and, not, or } from '@fletching/kernels/boolean'
import { type Plain, randomCheck, tableCheck, vectorOf } from '@fletching/testing'
import { Bool } from 'apache-arrow'
import { describe, expect, it } from 'vitest'

const bool = new Bool()
const binary = { a: bool, b: bool, out: bool }

const andOracle = (a: Plain, b: Plain) => (a === false || b === false ? false : a === null || b === null ? null : true)
const orOracle = (a: Plain, b: Plain) => (a === true || b === true ? true : a === null || b === null ? null : false)

describe('and', () => {
  it('is Kleene', () =>
    tableCheck(binary, ({ a, b }) => and(a, b))(`
      a b out
      T T T
      T F F
      T _ _
      F T F
      F F F
      F _ F
      _ T _
      _ F F
      _ _ _
    `))
})

describe('or', () => {
  it('is Kleene', () =>
    tableCheck(binary, ({ a, b }) => or(a, b))(`
      a b out
      T T T
      T F T
      T _ T
      F T T
      F F F
      F _ _
      _ T T
      _ F _
      _ _ _
    `))
})

describe('not', () => {
  it('turns true and false, and lets null be', () =>
    tableCheck({ a: bool, out: bool }, ({ a }) => not(a))(`
      a out
      T F
      F T
      _ _
    `))

  it('agrees with the oracle, and twice is nothing', () => {
    randomCheck({
      types: { a: bool },
      out: bool,
      run: ({ a }) => not(a),
      oracle: ({ a }) => a.map((value) => (value === null ? null : value === false)),
    })
    randomCheck({ types: { a: bool }, out: bool, run: ({ a }) => not(not(a)), oracle: ({ a }) => a })
  })
})

describe.each([
  { name: 'and', kernel: and, oracle: andOracle },
  { name: 'or', kernel: or, oracle: orOracle },
])('$name', ({ kernel, oracle }) => {
  it('agrees with the oracle', () => {
    randomCheck({
      types: binaryInputs,
      out: bool,
      run: ({ a, b }) => kernel(a, b),
      oracle: ({ a, b }) => a.map((value, row) => oracle(value, b[row])),
    })
  })

  it.each([true, false, null])('takes the scalar %s on either side', (scalar) => {
    const law = {
      types: { a: bool },
      out: bool,
      oracle: ({ a }: { a: readonly Plain[] }) => a.map((value) => oracle(value, scalar)),
    }
    randomCheck({ ...law, run: ({ a }) => kernel(a, scalar), cases: 50 })
    randomCheck({ ...law, run: ({ a }) => kernel(scalar, a), cases: 50 })
  })

  it('refuses lengths that differ, and two scalars', () => {
    expect(() => kernel(vectorOf(bool, [true]), vectorOf(bool, []))).toThrow(
      expect.objectContaining({ kind: 'internal', message: 'INTERNAL: a logical kernel got 1 and 0 rows' }),
    )
    expect(() => kernel(true, null)).toThrow(
      expect.objectContaining({ kind: 'internal', message: 'INTERNAL: a logical kernel got two scalars' }),
    )
  })
})

const binaryInputs = { a: bool, b: bool }
