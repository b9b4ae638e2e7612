import { setTimeout } from 'node:timers/promises'
import { tableFromArrays } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { Meter, metered, meteredEncoder, meteredPieces } from '../src/meter.ts'

/** Works for so many milliseconds. */
function work(milliseconds: number): void {
  for (const begin = performance.now(); performance.now() - begin < milliseconds; );
}

describe('a meter', () => {
  it('gives the time of work within work to the inner one alone', () => {
    const meter = new Meter()
    meter.time('outer', () => {
      work(2)
      meter.time('inner', () => work(30))
    })
    const { outer, inner } = meter.take()
    expect(inner.milliseconds).toBeGreaterThan(outer.milliseconds as number)
    expect(outer.milliseconds).toBeGreaterThan(0)
  })

  it('goes on after work that fails, and counts its time', () => {
    const meter = new Meter()
    const fails = () => {
      work(2)
      throw new Error('no')
    }
    expect(() => meter.time('a', fails)).toThrow('no')
    expect(meter.time('b', () => 7)).toBe(7)
    const measured = meter.take()
    expect(Object.keys(measured)).toEqual(['a', 'b'])
    expect(measured.a.milliseconds).toBeGreaterThan(0)
  })

  it('adds what others measured, and begins anew when it has been asked', () => {
    const meter = new Meter()
    const other = { scan: { rowsIn: 1, rowsOut: 2, bytes: 3, milliseconds: 4 } }
    meter.add(other)
    meter.add(other)
    meter.count('scan', { rowsIn: 10 })
    meter.add({ read: { rowsIn: 0, rowsOut: 0, bytes: 5, milliseconds: undefined } })
    expect(meter.take()).toEqual({
      scan: { rowsIn: 12, rowsOut: 4, bytes: 6, milliseconds: 8 },
      read: { rowsIn: 0, rowsOut: 0, bytes: 5, milliseconds: undefined },
    })
    expect(meter.take()).toEqual({})
  })
})

describe('without a meter', () => {
  it('work, pieces and an encoder are what they were', () => {
    const double = (value: number) => 2 * value
    expect(metered(undefined, 'a', double, () => ({}))).toBe(double)
    const pieces = [new Uint8Array(1)]
    expect(meteredPieces(undefined, 'a', pieces)).toBe(pieces)
    const encoder = { encode: async () => ({ rows: 1, bytes: new Uint8Array(2), footer: {} as never }) }
    expect(meteredEncoder(undefined, 'a', encoder)).toBe(encoder)
  })
})

describe('with a meter', () => {
  it('the results are the same, and counted', async () => {
    const meter = new Meter()
    const double = metered(
      meter,
      'double',
      (value: number) => 2 * value,
      (rowsIn, rowsOut) => ({ rowsIn, rowsOut }),
    )
    expect(double(4)).toBe(8)
    const pieces = [new Uint8Array(1), new Uint8Array(5)]
    expect([...meteredPieces(meter, 'read', pieces)]).toEqual(pieces)
    const group = { rows: 3, bytes: new Uint8Array(2), footer: {} as never }
    const encoder = meteredEncoder(meter, 'encode', { encode: () => setTimeout(0, group) })
    expect(await encoder.encode(tableFromArrays({ id: ['a', 'b', 'c'] }).batches.map((batch) => ({ batch })))).toBe(
      group,
    )
    const timed = expect.any(Number)
    expect(meter.take()).toEqual({
      double: { rowsIn: 4, rowsOut: 8, bytes: 0, milliseconds: timed },
      read: { rowsIn: 0, rowsOut: 0, bytes: 6, milliseconds: timed },
      encode: { rowsIn: 3, rowsOut: 3, bytes: 2, milliseconds: timed },
    })
  })

  it('a source that is left is closed', () => {
    let isClosed = false
    function* source() {
      try {
        yield new Uint8Array(1)
        yield new Uint8Array(1)
      } finally {
        isClosed = true
      }
    }
    for (const _ of meteredPieces(new Meter(), 'read', source())) break
    expect(isClosed).toBe(true)
  })
})
