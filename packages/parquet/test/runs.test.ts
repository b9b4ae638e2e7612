import { type Random, randomFrom, testSeed } from '@fletching/testing'
import { expect, it } from 'vitest'
import { readRuns } from '../src/runs.ts'

it.each<[string, number, number[], number[]]>([
  ['a run', 3, [0x08, 5], [5, 5, 5, 5]],
  ['a run of wide numbers', 20, [0x04, 1, 2, 3], [0x030201, 0x030201]],
  ['a packed group', 1, [0x03, 0b10110001], [1, 0, 0, 0, 1, 1, 0, 1]],
  ['a packed group that is filled up', 1, [0x03, 0b101], [1, 0, 1]],
  ['numbers that cross bytes', 3, [0x03, 0x88, 0xc6, 0xfa], [0, 1, 2, 3, 4, 5, 6, 7]],
  ['a run behind a group', 1, [0x03, 0xff, 0x04, 0], [1, 1, 1, 1, 1, 1, 1, 1, 0, 0]],
  ['numbers without bits', 0, [0x06], [0, 0, 0]],
  ['nothing', 3, [], []],
])('reads %s', (_, bitWidth, bytes, numbers) => {
  const target = new Int32Array(numbers.length)
  readRuns(Uint8Array.from([9, ...bytes, 9]), 1, 1 + bytes.length, bitWidth, target, numbers.length)
  expect([...target]).toEqual(numbers)
})

it.each<[string, number, number[], number]>([
  ['too few', 3, [0x08, 5], 5],
  ['too many in a run', 3, [0x08, 5], 3],
  ['too many in groups', 1, [0x05, 0, 0], 8],
  ['more than was asked for', 3, [0x08, 5, 0], 4],
  ['a run of none', 3, [0x00, 5], 1],
  ['half a header', 3, [0x88], 4],
  ['a header without an end', 3, [0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x01], 4],
  ['a run of two billion', 3, [0xfe, 0xff, 0xff, 0xff, 0x0f, 5], 4],
  ['half a group', 3, [0x03, 0], 8],
  ['half a number', 20, [0x04, 1, 2], 2],
  ['a number of more bits', 3, [0x08, 8], 4],
  ['numbers that are too wide', 25, [0x08, 1, 0, 0, 0], 4],
])('refuses %s', (_, bitWidth, bytes, count) => {
  const read = () => readRuns(Uint8Array.from(bytes), 0, bytes.length, bitWidth, new Int32Array(count), count)
  expect(read).toThrow(new Error('runs of numbers are damaged'))
})

it('reads what was written, whatever the width', () => {
  for (let number = 0; number < 300; number++) {
    const random = randomFrom(testSeed + number)
    const bitWidth = random.below(25)
    const { bytes, numbers } = randomRuns(random, bitWidth)
    const target = new Int32Array(numbers.length)
    readRuns(Uint8Array.from(bytes), 0, bytes.length, bitWidth, target, numbers.length)
    expect([...target], `FLETCHING_SEED=${testSeed + number}`).toEqual(numbers)
  }
})

/** Runs and groups in any order, bit by bit. */
function randomRuns(random: Random, bitWidth: number): { readonly bytes: number[]; readonly numbers: number[] } {
  const bytes: number[] = []
  const numbers: number[] = []
  const put = (header: number) => {
    for (let rest = header; ; rest >>= 7) {
      bytes.push(rest > 127 ? (rest & 127) | 128 : rest)
      if (rest <= 127) return
    }
  }
  for (let left = random.below(6); left > 0; left--) {
    const value = random.below(2 ** bitWidth)
    if (random.below(2) === 0) {
      const length = 1 + random.pick([random.below(9), random.below(3000)])
      put(length * 2)
      for (let byte = 0; byte < Math.ceil(bitWidth / 8); byte++) bytes.push((value >> (8 * byte)) & 255)
      for (let i = 0; i < length; i++) numbers.push(value)
    } else {
      const packed = Array.from({ length: 8 * (1 + random.below(9)) }, () => random.below(2 ** bitWidth))
      put((packed.length / 8) * 2 + 1)
      const bits = packed.flatMap((one) => Array.from({ length: bitWidth }, (_, bit) => (one >> bit) & 1))
      for (let at = 0; at < bits.length; at += 8)
        bytes.push(bits.slice(at, at + 8).reduceRight((sum, bit) => sum * 2 + bit, 0))
      numbers.push(...packed)
    }
  }
  return { bytes, numbers }
}
