import { randomFrom, testSeed } from '@fletching/testing'
import { expect, it } from 'vitest'
import { newRowCounts } from '../src/accounting.ts'
import { inputBytes, RowCountsList } from '../src/input-list.ts'
import { listOf, randomInputs } from './inputs.ts'

it('a list of inputs gives what it was given, its figures by the same names in the same order', () => {
  const inputs = randomInputs(randomFrom(testSeed), 300)
  const list = listOf(inputs)
  expect([...list], `FLETCHING_SEED=${testSeed}`).toEqual(inputs)
  expect(JSON.stringify(list)).toBe(JSON.stringify(inputs))
  expect(inputBytes(list)).toEqual({
    bytes: inputs.reduce((sum, { bytes }) => sum + bytes, 0),
    uncompressedBytes: inputs.reduce((sum, { uncompressedBytes }) => sum + uncompressedBytes, 0),
  })
})

it('a tally may have a name that objects have of their own', () => {
  const [input] = randomInputs(randomFrom(testSeed), 1)
  const filtered = JSON.parse('{"__proto__":3,"constructor":4}') as Record<string, number>
  const list = listOf(Array.from({ length: 64 }, () => ({ ...input, accounting: { ...input.accounting, filtered } })))
  expect(JSON.stringify(list.at(0)?.accounting.filtered)).toBe('{"__proto__":3,"constructor":4}')
})

it('a list of what became of rows gives what it was given', () => {
  const all = Array.from({ length: 200 }, (_, number) => ({
    index: 3 * number,
    counts: { ...newRowCounts(number % 2 === 0), rows: number, filtered: { 'not wanted': 7 } },
  }))
  const list = new RowCountsList()
  for (const one of all) list.add(one)
  expect([...list]).toEqual(all)
})
