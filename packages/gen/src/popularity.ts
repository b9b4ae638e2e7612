import type { Random } from './random.ts'

/**
 * Picks numbers from 0 to `count` − 1, small ones more often: the chance of rank r is about 1 / (r + 1 + `flatness`),
 * Zipf's law with a flattened head. Weights are whole numbers, so that no machine rounds them differently.
 */
export class Popularity {
  private readonly sums: Uint32Array
  private readonly total: number

  constructor(count: number, flatness: number) {
    this.sums = new Uint32Array(count)
    let total = 0
    for (let rank = 0; rank < count; rank++) {
      total += Math.max(1, Math.floor(0x10_0000 / (rank + 1 + flatness)))
      this.sums[rank] = total
    }
    this.total = total
  }

  pick(random: Random): number {
    const point = random.next() % this.total
    let low = 0
    let high = this.sums.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.sums[middle] > point) high = middle
      else low = middle + 1
    }
    return low
  }
}
