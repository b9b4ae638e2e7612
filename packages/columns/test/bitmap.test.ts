import {
  bitmapByteLength,
  clearBit,
  copyBits,
  countOnes,
  fillBits,
  getBit,
  setBit,
  sliceBits,
} from '@fletching/columns'
import { describe, expect, it } from 'vitest'

const offsets = Array.from({ length: 18 }, (_, offset) => offset)
const lengths = [0, 1, 2, 6, 7, 8, 9, 15, 16, 17, 23, 24, 25]

/** Bits without a pattern, the same each time. */
const flags = Array.from({ length: 48 }, (_, i) => ((i * i * 7 + i * 3) % 11) % 2 === 0)
const bits = packed(flags)

describe('a bitmap', () => {
  it.each([
    [0, 0],
    [1, 1],
    [8, 1],
    [9, 2],
    [16, 2],
    [17, 3],
  ])('of %d bits has %d bytes', (length, bytes) => expect(bitmapByteLength(length)).toBe(bytes))

  it('gives the bits that were put in', () => {
    expect(flags.map((_, i) => getBit(bits, i))).toEqual(flags)
  })

  it.each(offsets)('changes bit %d alone', (offset) => {
    const zeros = new Uint8Array(3)
    setBit(zeros, offset)
    expect(unpacked(zeros)).toEqual(unpacked(zeros).map((_, i) => i === offset))
    const ones = new Uint8Array(3).fill(0xff)
    clearBit(ones, offset)
    expect(unpacked(ones)).toEqual(unpacked(ones).map((_, i) => i !== offset))
    clearBit(zeros, offset)
    setBit(ones, offset)
    expect([zeros, ones]).toEqual([new Uint8Array(3), new Uint8Array(3).fill(0xff)])
  })

  it.each(offsets)('counts ones from bit %d on', (offset) => {
    for (const length of lengths) {
      const expected = flags.slice(offset, offset + length).filter(Boolean).length
      expect({ length, count: countOnes(bits, offset, length) }).toEqual({ length, count: expected })
    }
  })

  it.each(offsets)('copies from bit %d on, with zeros behind', (offset) => {
    for (const length of lengths) {
      const copy = sliceBits(bits, offset, length)
      const expected = packed(flags.slice(offset, offset + length))
      expect({ length, copy }).toEqual({ length, copy: expected })
      expect(copy.buffer).not.toBe(bits.buffer)
    }
  })

  it.each(offsets)('copies from bit %d on to any other, and changes no more', (offset) => {
    for (const length of lengths) {
      for (const at of offsets) {
        // Ones around zeros, and zeros around ones.
        for (const fill of [0x00, 0xff]) {
          const target = new Uint8Array(6).fill(fill)
          copyBits(bits, offset, target, at, length)
          const expected = unpacked(new Uint8Array(6).fill(fill))
          expected.splice(at, length, ...flags.slice(offset, offset + length))
          expect({ length, at, target }).toEqual({ length, at, target: packed(expected) })
        }
      }
    }
  })

  it.each(offsets)('makes ones from bit %d on, and changes no more', (offset) => {
    for (const length of lengths) {
      const target = bits.slice()
      fillBits(target, offset, length)
      expect({ length, target }).toEqual({ length, target: packed([...flags].fill(true, offset, offset + length)) })
    }
  })

  it.each(offsets)('copies up to its last bit from bit %d on', (offset) => {
    const length = flags.length - offset
    expect(sliceBits(bits, offset, length)).toEqual(packed(flags.slice(offset)))
    expect(countOnes(bits, offset, length)).toBe(flags.slice(offset).filter(Boolean).length)
  })
})

/** Written apart from the package: a bit is a digit of a binary number. */
function packed(values: readonly boolean[]): Uint8Array {
  const bytes = Array.from({ length: Math.ceil(values.length / 8) }, (_, byte) => {
    const digits = values.slice(byte * 8, byte * 8 + 8).map(Number)
    return Number.parseInt(digits.reverse().join(''), 2)
  })
  return Uint8Array.from(bytes)
}

function unpacked(bytes: Uint8Array): boolean[] {
  return [...bytes].flatMap((byte) =>
    byte
      .toString(2)
      .padStart(8, '0')
      .split('')
      .reverse()
      .map((digit) => digit === '1'),
  )
}
