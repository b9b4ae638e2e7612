import { copyBits, copyValidity } from '@fletching/columns'
import type { Bool, Data, Vector } from 'apache-arrow'

/** The numbers of the rows where a mask is true, ascending; null is not true. */
export function trueRows(mask: Vector<Bool>): Int32Array {
  const chunks = mask.data.map(trueWords)
  const rows = new Int32Array(chunks.reduce((sum, words) => sum + onesIn(words), 0))
  let count = 0
  let first = 0
  for (const [i, words] of chunks.entries()) {
    count = putRows(words, first, rows, count)
    first += mask.data[i].length
  }
  return rows
}

/** Bits of the rows of a chunk, 32 a word: 1 where it is true, 0 where it is false or null, and behind the last row. */
function trueWords(data: Data<Bool>): Int32Array {
  const words = bitsOf(data, copyTruth)
  if (data.nullCount === 0) return words
  const valid = bitsOf(data, copyValidity)
  for (let i = 0; i < words.length; i++) words[i] &= valid[i]
  return words
}

function bitsOf(data: Data<Bool>, copy: (data: Data<Bool>, target: Uint8Array, at: number) => void): Int32Array {
  const words = new Int32Array((data.length + 31) >> 5)
  copy(data, new Uint8Array(words.buffer), 0)
  return words
}

function copyTruth({ values, offset, length }: Data<Bool>, target: Uint8Array): void {
  copyBits(values, offset, target, 0, length)
}

function onesIn(words: Int32Array): number {
  let count = 0
  for (let i = 0; i < words.length; i++) {
    // Sums of two bits, of four, of eight; the product adds up the four of them.
    const twos = words[i] - ((words[i] >>> 1) & 0x55555555)
    const fours = (twos & 0x33333333) + ((twos >>> 2) & 0x33333333)
    count += Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
  }
  return count
}

/** Puts the numbers of the bits that are 1 behind the first `count` of `rows`, counted from `first`; returns how many there are now. */
function putRows(words: Int32Array, first: number, rows: Int32Array, count: number): number {
  let next = count
  for (let i = 0, row = first; i < words.length; i++, row += 32) {
    const word = words[i]
    if (word === -1) for (let bit = 0; bit < 32; bit++) rows[next++] = row + bit
    // The lowest 1, again and again, until none is left.
    else for (let rest = word; rest !== 0; rest &= rest - 1) rows[next++] = row + 31 - Math.clz32(rest & -rest)
  }
  return next
}
