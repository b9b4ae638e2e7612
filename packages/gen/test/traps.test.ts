import { generateObjects, malformedTrapKinds, type TrapKind, trapKinds, wellFormedTrapKinds } from '@fletching/gen'
import { verdictOf } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

/** Verdicts of the oracle on 400 traps of one kind; the first line of a set is none. */
function verdictsOf(kind: TrapKind): string[] {
  const options = { seed: 11, events: 401, files: 1, traps: 1, trapKinds: [kind], gzip: false }
  const [object] = generateObjects(options)
  expect(object.traps[kind]).toBe(400)
  return lines(object.bytes)
    .slice(1)
    .map((line) => verdictOf(line).verdict)
}

/** What lies between line feeds, as bytes; independent of the oracle's own splitting. */
function lines(bytes: Uint8Array): Uint8Array[] {
  const texts = Buffer.from(bytes).toString('latin1').split('\n')
  expect(texts.pop()).toBe('')
  return texts.map((text) => Buffer.from(text, 'latin1'))
}

describe('each kind of trap', () => {
  it.each(trapKinds)('$kind is $verdict', ({ kind, verdict }) => {
    const verdicts = verdictsOf(kind)
    expect(verdicts).toHaveLength(400)
    expect(verdicts.filter((found) => found !== verdict)).toEqual([])
  })

  it('is described in one line of its own', () => {
    const descriptions = trapKinds.map(({ description }) => description)
    expect(new Set(descriptions).size).toBe(trapKinds.length)
    expect(descriptions.filter((text) => !/^[^\n]{4,90}$/.test(text))).toEqual([])
  })

  it('is malformed or well-formed', () => {
    expect([...malformedTrapKinds, ...wellFormedTrapKinds].sort()).toEqual(trapKinds.map(({ kind }) => kind).sort())
  })
})

describe('the share of traps', () => {
  const shareOf = (traps: number) => {
    let lines = 0
    let trapped = 0
    for (const object of generateObjects({ seed: 3, events: 5000, traps, gzip: false })) {
      lines += object.lines
      trapped += Object.values(object.traps).reduce((sum, count) => sum + count)
    }
    return trapped / lines
  }

  it('is none, a hundredth, a half, all but the first line', () => {
    expect(shareOf(0)).toBe(0)
    expect(shareOf(0.01)).toBeCloseTo(0.01, 2)
    expect(shareOf(0.5)).toBeCloseTo(0.5, 1)
    expect(shareOf(1)).toBe(4999 / 5000)
  })

  it('gives every kind its turn', () => {
    const kinds = trapKinds.map(({ kind }) => kind)
    const found = new Set<string>()
    for (const { traps } of generateObjects({ seed: 3, events: 1_000, traps: 0.3, trapKinds: kinds, gzip: false })) {
      for (const kind of kinds) if (traps[kind] > 0) found.add(kind)
    }
    expect([...found].sort()).toEqual([...kinds].sort())
  })
})
