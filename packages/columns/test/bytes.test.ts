import { bytesOfBase64, hashBytes, sameBytes } from '@fletching/columns'
import { randomFrom, testSeed } from '@fletching/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'

const UTF8 = new TextEncoder()

describe('bytesOfBase64', () => {
  afterEach(() => void vi.unstubAllGlobals())

  it.each(['Node', 'a browser'])(
    `gives the bytes that were written, of any length, in %s (seed ${testSeed})`,
    (where) => {
      const { below } = randomFrom(testSeed)
      const written = Array.from({ length: 100 }, (_, length) => Uint8Array.from({ length }, () => below(256)))
      const texts = written.map((bytes) => Buffer.from(bytes).toString('base64'))
      if (where === 'a browser') vi.stubGlobal('Buffer', undefined)
      const read = texts.map(bytesOfBase64)
      vi.unstubAllGlobals()
      expect(read).toEqual(written)
    },
  )
})

describe('sameBytes', () => {
  it(`agrees with the texts, wherever they stand (seed ${testSeed})`, () => {
    const { below } = randomFrom(testSeed)
    for (let round = 0; round < 2000; round++) {
      const text = Array.from({ length: 24 }, () => 'ab'[below(2)]).join('')
      const bytes = UTF8.encode(text)
      const [a, b, c, d] = [below(25), below(25), below(25), below(25)]
      const [from, to] = [Math.min(a, b), Math.max(a, b)]
      const [otherFrom, otherTo] = [Math.min(c, d), Math.max(c, d)]
      expect(sameBytes(bytes, from, to, bytes, otherFrom, otherTo)).toBe(
        text.slice(from, to) === text.slice(otherFrom, otherTo),
      )
    }
  })
})

describe('hashBytes', () => {
  it('looks at the bytes, not at where they stand', () => {
    const bytes = UTF8.encode('u1,u1,u2')
    expect(hashBytes(bytes, 0, 2)).toBe(hashBytes(bytes, 3, 5))
    expect(hashBytes(bytes, 0, 2)).not.toBe(hashBytes(bytes, 6, 8))
  })

  it.each(['user-', '9254558', ''])('spreads ids that count up behind %j over its low bits', (prefix) => {
    const places = new Uint32Array(1024)
    for (let id = 0; id < 100 * places.length; id++) {
      const bytes = UTF8.encode(`${prefix}${id}`)
      places[hashBytes(bytes, 0, bytes.length) & (places.length - 1)]++
    }
    expect(Math.max(...places)).toBeLessThan(200)
    expect(Math.min(...places)).toBeGreaterThan(40)
  })
})
