import { describe, expect, it } from 'vitest'
import { type Accounting, emptyAccounting, type Tally } from '../src/accounting.ts'
import type { ObjectCounts } from '../src/morsel.ts'
import type { ReadInput } from '../src/read.ts'
import { addRefused, type Refused } from '../src/refused.ts'
import { summarize } from '../src/report.ts'

function objectOf(parts: {
  readonly accounting?: Partial<Accounting>
  readonly slowLines?: number
  readonly converted?: Tally
  readonly tallies?: Readonly<Record<string, Tally>>
}): ObjectCounts {
  return {
    object: 'a',
    bytes: 1,
    uncompressedBytes: 1,
    accounting: { ...emptyAccounting(), ...parts.accounting },
    slowLines: parts.slowLines ?? 0,
    converted: parts.converted ?? {},
    tallies: parts.tallies ?? {},
  }
}

function readOf(...objects: readonly ObjectCounts[]): ReadInput {
  const refused: Refused = new Map()
  for (const { tallies } of objects) addRefused(refused, tallies)
  return { objects: objects.map((object) => ({ ...object, etag: undefined })), refused, lineBreaksReplaced: 0 }
}

describe('the figures of all objects', () => {
  it('are the sums', () => {
    const accounting = { lines: 5, rows: 1, filtered: { x: 1 }, setAside: { y: 1 }, malformed: { z: 1 }, blank: 1 }
    const object = objectOf({
      accounting,
      slowLines: 3,
      converted: { 'userId: number as text': 2 },
      tallies: { x: { a: 1 } },
    })
    expect(summarize(readOf(object, object))).toEqual({
      accounting: {
        lines: 10,
        rows: 2,
        filtered: { x: 2 },
        duplicates: 0,
        setAside: { y: 2 },
        malformed: { z: 2 },
        blank: 2,
      },
      slowLines: 6,
      converted: { 'userId: number as text': 4 },
      refused: { x: [{ value: 'a', count: 2 }] },
      warnings: [],
    })
  })

  it('are zero of none', () => {
    expect(summarize(readOf())).toEqual({
      accounting: emptyAccounting(),
      slowLines: 0,
      converted: {},
      refused: {},
      warnings: [],
    })
  })

  it('name the ten most frequent values of all objects, and of equals the first by name', () => {
    const some = { k: 1, b: 1, a: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1, i: 1, j: 1 }
    const { refused } = summarize(
      readOf(objectOf({ tallies: { event: some } }), objectOf({ tallies: { event: { k: 1, j: 2 } } })),
    )
    expect(refused.event.map(({ value, count }) => `${value}${count}`)).toEqual([
      'j3',
      'k2',
      'a1',
      'b1',
      'c1',
      'd1',
      'e1',
      'f1',
      'g1',
      'h1',
    ])
  })

  it('take a value that has the name of something inherited for a value', () => {
    const odd = Object.fromEntries([
      ['__proto__', 2],
      ['constructor', 1],
    ])
    const { refused } = summarize(readOf(objectOf({ tallies: { event: odd } }), objectOf({ tallies: { event: odd } })))
    expect(refused.event).toEqual([
      { value: '__proto__', count: 4 },
      { value: 'constructor', count: 2 },
    ])
  })

  it('warn of ids that Personalize refuses', () => {
    const converted = { 'userId: over 256 characters': 2, 'userId: number as text': 1, 'sku: over 256 characters': 1 }
    expect(summarize(readOf(objectOf({ converted }))).warnings).toEqual([
      '2 values are longer than Amazon Personalize accepts (userId: over 256 characters); they were kept',
      '1 values are longer than Amazon Personalize accepts (sku: over 256 characters); they were kept',
    ])
  })
})
