import { randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { snappyDecompress } from '../src/snappy.ts'

const bytesOf = (text: string) => Buffer.from(text, 'latin1')

describe('a Snappy block', () => {
  it.each<[string, string, string]>([
    ['nothing', '\x00', ''],
    ['a literal', '\x03\x08abc', 'abc'],
    ['a literal whose length takes a byte more', `\x3d\xf0\x3c${'x'.repeat(61)}`, 'x'.repeat(61)],
    ['a literal whose length takes two', `\xac\x02\xf4\x2b\x01${'x'.repeat(300)}`, 'x'.repeat(300)],
    ['a copy of one byte', '\x07\x08abc\x01\x03', 'abcabca'],
    ['a copy that copies itself', '\x0a\x00a\x15\x01', 'aaaaaaaaaa'],
    ['a copy of two bytes', '\x06\x08abc\x0a\x03\x00', 'abcabc'],
    ['a copy of four bytes', '\x06\x08abc\x0b\x03\x00\x00\x00', 'abcabc'],
  ])('holds %s', (_, block, text) => {
    expect(Buffer.from(snappyDecompress(bytesOf(block), text.length)).toString('latin1')).toBe(text)
  })

  it.each<[string, string, number]>([
    ['nothing at all', '', 0],
    ['a length without an end', '\xff\xff\xff\xff\xff\xff\x01', 1],
    ['another length', '\x04\x08abc', 3],
    ['too little', '\x04\x08abc', 4],
    ['too much', '\x02\x08abc', 2],
    ['half a literal', '\x03\x08ab', 3],
    ['half a length', '\x03\xf4\x02', 3],
    ['a literal of 4 GiB', '\x03\xfc\xff\xff\xff\xffabc', 3],
    ['a copy of nothing', '\x07\x08abc\x01\x00', 7],
    ['a copy of what is before the start', '\x07\x08abc\x01\x04', 7],
    ['a copy from 4 GiB back', '\x06\x08abc\x0b\xff\xff\xff\xff', 6],
    ['half a copy', '\x06\x08abc\x0a\x03', 6],
    ['a copy behind the end', '\x06\x08abc\x01\x03', 6],
  ])('is refused with %s', (_, block, byteLength) => {
    expect(() => snappyDecompress(bytesOf(block), byteLength)).toThrow(new Error('a Snappy block is damaged'))
  })

  it('is what its elements say, in any order and of any length', () => {
    for (let number = 0; number < 200; number++) {
      const random = randomFrom(testSeed + number)
      const text: number[] = []
      const elements: number[] = []
      for (let left = random.below(30); left > 0; left--) {
        if (text.length === 0 || random.below(3) === 0) {
          const literal = Array.from({ length: 1 + random.pick([random.below(60), random.below(5000)]) }, () =>
            random.below(256),
          )
          const length = literal.length - 1
          elements.push(...(length < 60 ? [length << 2] : [61 << 2, length & 255, length >> 8]), ...literal)
          text.push(...literal)
        } else {
          const back = 1 + random.below(text.length)
          const length = 4 + random.below(8)
          const isShort = back < 2048 && random.below(2) === 0
          if (isShort) elements.push(1 | ((length - 4) << 2) | ((back >> 8) << 5), back & 255)
          else elements.push(3 | ((length - 1) << 2), back & 255, (back >> 8) & 255, back >> 16, 0)
          for (let i = 0; i < length; i++) text.push(text[text.length - back])
        }
      }
      const size = [0, 7, 14].map((shift) => ((text.length >> shift) & 127) | (shift < 14 ? 128 : 0))
      const read = snappyDecompress(Uint8Array.from([...size, ...elements]), text.length)
      expect(Buffer.compare(read, Buffer.from(text)), `FLETCHING_SEED=${testSeed + number}`).toBe(0)
    }
  })
})
