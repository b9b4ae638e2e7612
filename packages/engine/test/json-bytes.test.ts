import { randomFrom, testSeed } from '@fletching/testing'
import { expect, it } from 'vitest'
import { jsonBytes } from '../src/json-bytes.ts'
import { listOf, randomInputs } from './inputs.ts'

const textOf = (bytes: Iterable<Uint8Array>) => Buffer.concat([...bytes]).toString()

it.each([0, 2])('JSON in pieces is what JSON.stringify makes, by %d blanks', (indent) => {
  for (const length of [0, 1, 64, 65, 1000]) {
    const inputs = randomInputs(randomFrom(testSeed), length)
    for (const around of [
      (list: unknown) => ({ inputs: list }),
      (list: unknown) => ({ run: 'ü\n"', none: undefined, inputs: list, after: [1, { a: [] }], 'odd "name"': {} }),
      (list: unknown) => ({ manifest: { before: null, inputs: list }, again: { deep: { inputs: list } }, last: false }),
      () => ({ no: 'list', of: [{ any: 'kind' }] }),
    ]) {
      const which = `FLETCHING_SEED=${testSeed}, ${length} inputs`
      const bytes = jsonBytes(around(listOf(inputs)), indent)
      const text = JSON.stringify(around(inputs), undefined, indent)
      expect(textOf(bytes), which).toBe(text)
      expect(textOf(bytes), `${which}, once more`).toBe(text)
    }
  }
})

it('JSON in pieces has none that is much larger than the others', () => {
  const pieces = [...jsonBytes({ inputs: listOf(randomInputs(randomFrom(testSeed), 5000)) }, 2)]
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(128 * 1024)
})
