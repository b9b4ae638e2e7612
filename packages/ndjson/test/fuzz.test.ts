import { describe, expect, it } from 'vitest'
import { column, openDecode, randomFrom, seed, TEXT } from './events.ts'
import { generatedLines, mutate } from './random-lines.ts'

/** More of them: npm run test:faults. */
const LINES = Number(process.env.FLETCHING_FUZZ_LINES ?? (process.env.FLETCHING_FAULTS === 'all' ? 20_000 : 7000))

/** The first four columns as text, any value taken. */
const spec = {
  columns: [
    column('userId', TEXT, { unfit: 'null' }),
    column('event', TEXT, { unfit: 'null' }),
    column('properties.sku', TEXT, { unfit: 'null' }),
    column('timestamp', { kind: 'json' }),
  ],
  steps: [],
}

/** What JSON.parse makes of a line, under our rules: UTF-8 alone, an object alone. Undefined when it is malformed. */
function oracle(line: Uint8Array): Record<string, unknown> | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line)
    const value = JSON.parse(text) as Record<string, unknown> | null
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const own = (object: unknown, name: string) =>
      typeof object === 'object' && object !== null && !Array.isArray(object) && Object.hasOwn(object, name)
        ? (object as Record<string, unknown>)[name]
        : undefined
    const textOf = (inner: unknown) => (typeof inner === 'string' ? inner.toWellFormed() : null)
    const timestamp = own(value, 'timestamp')
    return {
      userId: textOf(own(value, 'userId')),
      event: textOf(own(value, 'event')),
      'properties.sku': textOf(own(own(value, 'properties'), 'sku')),
      timestamp: timestamp === undefined || timestamp === null ? null : 'there',
    }
  } catch {
    return undefined
  }
}

describe('lines that were damaged', () => {
  it(`are what JSON.parse says, seed ${seed}`, () => {
    const random = randomFrom(seed)
    const below = (bound: number) => Math.floor(random() * bound)
    const good = generatedLines()
    const decode = openDecode(spec)
    let accepted = 0
    for (let number = 0; number < LINES; number++) {
      let line = Buffer.from(good[below(good.length)])
      for (let errors = below(3); errors >= 0; errors--) line = mutate(line, good, random)
      for (let at = 0; at < line.length; at++) if (line[at] === 0x0a) line[at] = 0x20
      if (line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)) continue
      // A mark at the start of an object is left out, and the depth is bounded: both are rules of ours.
      if (line[0] === 0xef) continue
      const expected = oracle(line)
      const { rows, malformed } = decode(Buffer.concat([line, Buffer.from('\n')]))
      const got =
        malformed.length > 0 ? undefined : { ...rows[0], timestamp: rows[0].timestamp === null ? null : 'there' }
      if (expected !== undefined) accepted++
      expect({ line: line.toString('latin1'), got }).toEqual({
        line: line.toString('latin1'),
        got: withMarks(expected),
      })
    }
    expect(accepted).toBeGreaterThan(LINES / 20)
  })
})

/** Arrow JS drops a byte order mark at the start of a text; the bytes are held against each other elsewhere. */
function withMarks(expected: Record<string, unknown> | undefined) {
  if (expected === undefined) return undefined
  return Object.fromEntries(
    Object.entries(expected).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replace(/^\ufeff/, '') : value,
    ]),
  )
}
