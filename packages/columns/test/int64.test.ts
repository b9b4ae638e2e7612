import { int64At, putInt64, wordsOf } from '@fletching/columns'
import { expect, it } from 'vitest'

it.each([
  0,
  1,
  -1,
  1_558_188_202_129,
  -1_558_188_202_129,
  2 ** 31,
  2 ** 32,
  -(2 ** 32),
  2 ** 53,
  -(2 ** 53),
  2 ** 62,
  -(2 ** 63),
])('the words of %d are those of its 64 bits', (value) => {
  const values = new BigInt64Array(3)
  const words = wordsOf(values.subarray(1))
  putInt64(words, 1, value)
  expect([...values]).toEqual([0n, 0n, BigInt(value)])
  expect(int64At(words, 1)).toBe(value)
})
