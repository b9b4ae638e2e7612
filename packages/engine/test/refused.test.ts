import { describe, expect, it } from 'vitest'
import { addRefused, mostFrequent, type Refused } from '../src/refused.ts'

const values = (from: number, to: number) =>
  Object.fromEntries(Array.from({ length: to - from }, (_, number) => [`v${from + number}`, 1]))

describe('refused values', () => {
  it('add up over the parts of the input, by reason', () => {
    const refused: Refused = new Map()
    addRefused(refused, { event: { a: 2, b: 1 } })
    addRefused(refused, { event: { b: 4 }, type: { a: 3 } })
    addRefused(refused, {})
    expect(mostFrequent(refused)).toEqual({
      event: [
        { value: 'b', count: 5 },
        { value: 'a', count: 2 },
      ],
      type: [{ value: 'a', count: 3 }],
    })
  })

  it('are told apart up to ten thousand, however many objects there are', () => {
    const refused: Refused = new Map()
    for (let part = 0; part < 30; part++) addRefused(refused, { event: values(part * 1000, (part + 1) * 1000) })
    addRefused(refused, { event: { v7: 5, v29999: 2, '…': 1 } })
    expect(refused.get('event')?.size).toBe(10_001)
    expect(mostFrequent(refused).event.slice(0, 3)).toEqual([
      { value: '…', count: 20_003 },
      { value: 'v7', count: 6 },
      { value: 'v0', count: 1 },
    ])
  })
})
