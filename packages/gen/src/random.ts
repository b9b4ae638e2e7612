/**
 * Random numbers that are the same on every machine: sfc32 (Chris Doty-Humphrey, PractRand), 32-bit integer arithmetic
 * only. `stream` gives independent sequences of one seed.
 */
export class Random {
  private a: number
  private b: number
  private c: number
  private counter = 1

  constructor(seed: number, stream = 0) {
    this.a = seed | 0
    this.b = Math.floor(seed / 0x1_0000_0000) | 0
    this.c = stream | 0
    for (let round = 0; round < 15; round++) this.next()
  }

  /** 32 random bits, as a number from 0 to 2³² − 1. */
  next(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum
    this.c |= 0
    return sum >>> 0
  }

  /** A whole number from 0 to `limit` − 1; `limit` is at most 2³². IEEE 754 rounds the product alike everywhere. */
  below(limit: number): number {
    return Math.floor((this.next() * limit) / 0x1_0000_0000)
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  /** True once in `count` calls. */
  oneIn(count: number): boolean {
    return this.below(count) === 0
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]
  }

  /** `length` hexadecimal digits, at most 8. */
  hex(length: number): string {
    return this.next().toString(16).padStart(8, '0').slice(0, length)
  }

  /** `length` decimal digits, at most 6, with zeros in front. */
  digits(length: number): string {
    return String(this.below(10 ** length)).padStart(length, '0')
  }

  /** The text of a version 4 UUID. */
  uuid(): string {
    const variant = '89ab'[this.next() & 3]
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-${variant}${this.hex(3)}-${this.hex(4)}${this.hex(8)}`
  }

  /** Puts `list` into a random order, in place (Fisher and Yates). */
  shuffle<T>(list: T[]): T[] {
    for (let last = list.length - 1; last > 0; last--) {
      const other = this.below(last + 1)
      const value = list[last]
      list[last] = list[other]
      list[other] = value
    }
    return list
  }
}
