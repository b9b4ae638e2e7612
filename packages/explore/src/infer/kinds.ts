/** What a value is, as far as the type of its column asks. Each is of one kind; null is of none. */
export const kinds = [
  /** A text that is no `moment`. */
  'text',
  /** A text that is a moment with a zone, and of no more digits than milliseconds have. */
  'moment',
  /** A whole number in 64 bits that a double holds as well. */
  'int64',
  /** One that a double does not hold as it is written. */
  'longInt64',
  /** A number that is no whole one of 64 bits, and that a double holds as it is written. */
  'float64',
  /** A number that neither holds. */
  'longNumber',
  'bool',
  'object',
  'list',
] as const

export type Kind = (typeof kinds)[number]

/** The number of a kind, by which values are counted. */
export const kindNumber = Object.fromEntries(kinds.map((kind, number) => [kind, number])) as Readonly<
  Record<Kind, number>
>

/** Where a value stands. */
export interface Place {
  readonly object: string
  /** Counted from 1. */
  readonly line: number
  /** Of its first byte in the object without compression, counted from 0. */
  readonly byteOffset: number
}
