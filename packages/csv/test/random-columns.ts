import { type Columns, type Kind, kinds, type Value } from './batches.ts'

/** A whole number from 0 to `below` - 1. */
export type Random = (below: number) => number

/** A linear congruential generator, of which the high bits count. */
export function randomOf(seed: number): Random {
  let state = BigInt(seed)
  return (below) => {
    state = BigInt.asUintN(64, state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n)
    return Number(((state >> 32n) * BigInt(below)) >> 32n)
  }
}

/** Columns of kinds, values and shares of nulls as they come. */
export function randomColumns(random: Random, columns: number, rows: number): Columns {
  const nulls = random(3)
  const entries = Array.from({ length: columns }, (_, column) => {
    const kind = kinds[random(kinds.length)]
    const values = Array.from({ length: rows }, () => (random(4) < nulls ? null : randomValue(random, kind)))
    return [`c${column}`, [kind, values]] as const
  })
  return Object.fromEntries(entries)
}

export function randomValue(random: Random, kind: Kind): Value {
  switch (kind) {
    case 'text':
    case 'dictionary':
    case 'shortDictionary':
      return Array.from({ length: random(random(3) === 0 ? 30 : 4) }, () => PIECES[random(PIECES.length)]).join('')
    case 'byteDictionary':
      // No more than its numbers can tell apart.
      return PIECES[random(PIECES.length)]
    case 'byte':
    case 'short':
    case 'int':
    case 'ubyte':
    case 'ushort':
    case 'uint':
      return Number(randomWhole(random, BITS[kind], !kind.startsWith('u')))
    case 'long':
    case 'ulong':
      return randomWhole(random, 64, kind === 'long')
    case 'float':
    case 'double':
      return (random(2 ** 32) - 2 ** 31) / 2 ** random(64)
    case 'bool':
      return random(2) === 1
    case 'second':
      return randomMoment(random, 1n)
    case 'moment':
      return randomMoment(random, 1000n)
    case 'microsecond':
      return randomMoment(random, 1_000_000n)
    case 'nanosecond':
      return randomMoment(random, 1_000_000_000n)
    case 'day':
      return random(3) === 0 ? Number(randomWhole(random, 32, true)) : random(4_000_000) - 800_000
  }
}

/** Of any length in digits, the least and the greatest among them. */
function randomWhole(random: Random, bits: number, isSigned: boolean): bigint {
  const any = ((BigInt(random(2 ** 32)) << 32n) + BigInt(random(2 ** 32))) >> BigInt(random(64))
  const edge = [0n, 1n << BigInt(bits - 1), (1n << BigInt(bits - 1)) - 1n, (1n << BigInt(bits)) - 1n][random(20)]
  return isSigned ? BigInt.asIntN(bits, edge ?? any * (random(2) === 0 ? 1n : -1n)) : BigInt.asUintN(bits, edge ?? any)
}

/** One of a day in 1970, of some thousand years around it, or of all. */
function randomMoment(random: Random, perSecond: bigint): bigint {
  const fraction = (BigInt(random(2 ** 32)) * perSecond) / 2n ** 32n
  switch (random(3)) {
    case 0:
      return BigInt(random(86_400)) * perSecond + fraction
    case 1:
      return BigInt.asIntN(64, BigInt(random(500_000_000) - 80_000_000) * 1000n * perSecond + fraction)
    default:
      return randomWhole(random, 64, true)
  }
}

const BITS = { byte: 8, ubyte: 8, short: 16, ushort: 16, int: 32, uint: 32 } as const

const PIECES = [
  'a',
  'b',
  'Z',
  '0',
  '-',
  '.',
  '/',
  ',',
  '"',
  '\\',
  ' ',
  '\t',
  '\n',
  '\r',
  '\0',
  'é',
  '€',
  '😀',
  '\ufeff',
  '+',
]
