import { describe, expect, it } from 'vitest'
import { addAccounting, addTo, assertAddsUp, emptyAccounting, newTally, rowsOut } from '../src/accounting.ts'

const some = {
  lines: 10,
  rows: 3,
  filtered: { 'event not wanted': 2, 'userId missing': 1 },
  duplicates: 0,
  setAside: { 'timestamp: NOT_A_TIMESTAMP': 1 },
  malformed: { BAD_NUMBER: 1 },
  blank: 2,
}

describe('accounting', () => {
  it('adds up when every line has its place', () => {
    expect(() => assertAddsUp(some, 'a.json')).not.toThrow()
  })

  it.each(['lines', 'rows', 'duplicates', 'blank'] as const)('fails as internal when %s is off by one', (figure) => {
    expect(() => assertAddsUp({ ...some, [figure]: some[figure] + 1 }, 'a.json')).toThrow(
      /^INTERNAL: the lines do not add up: /,
    )
  })

  it('names every figure', () => {
    const message = [
      'INTERNAL: the lines do not add up: 11 lines, but 3 rows + 3 filtered + 0 duplicates + 1 set aside + 1 malformed + 2 blank',
      '  at a.json',
      '  nothing was written; please report this with the version and the job',
    ].join('\n')
    expect(() => assertAddsUp({ ...some, lines: 11 }, 'a.json')).toThrow(
      expect.objectContaining({ message, kind: 'internal' }),
    )
  })

  it('adds objects up', () => {
    const total = emptyAccounting()
    addAccounting(total, some)
    addAccounting(total, some)
    expect(total).toEqual({
      lines: 20,
      rows: 6,
      filtered: { 'event not wanted': 4, 'userId missing': 2 },
      duplicates: 0,
      setAside: { 'timestamp: NOT_A_TIMESTAMP': 2 },
      malformed: { BAD_NUMBER: 2 },
      blank: 4,
    })
  })

  it('adds up rows beside lines, where a plan explodes', () => {
    const total = emptyAccounting()
    addAccounting(total, { ...some, exploded: 2, dropped: { duplicate: 1 } })
    addAccounting(total, { ...some, exploded: 0, dropped: { duplicate: 1, 'sku missing': 4 } })
    expect([total.exploded, { ...total.dropped }]).toEqual([2, { duplicate: 2, 'sku missing': 4 }])
    expect([rowsOut(total), rowsOut(some)]).toEqual([8, 3])
  })

  it('counts a value that has the name of something inherited', () => {
    const tally = newTally()
    for (const name of ['__proto__', 'constructor', 'toString', '__proto__']) addTo(tally, name, 1)
    expect(Object.entries(tally)).toEqual([
      ['__proto__', 2],
      ['constructor', 1],
      ['toString', 1],
    ])
  })
})
