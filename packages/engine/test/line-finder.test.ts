import { fuzz, type Random } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { LineFinder } from '../src/line-finder.ts'
import { TextSearch } from '../src/text-search.ts'

interface Found {
  readonly line: number
  readonly byteOffset: number
  readonly lineBytes: number
  readonly text: string
  readonly holdsText: boolean
}

/** What is found in a content that comes in pieces of such lengths, over and over. */
function find(id: string, content: Buffer, pieces: readonly number[], lineBytesMax = 1 << 20) {
  const found: Found[] = []
  const finder = new LineFinder(new TextSearch(id), lineBytesMax, ({ bytes, ...line }) => {
    found.push({ ...line, text: bytes.toString() })
  })
  for (let at = 0, piece = 0; at < content.length; piece++) {
    const length = pieces[piece % pieces.length]
    finder.push(content.subarray(at, at + length))
    at += length
  }
  finder.flush()
  return { found, lines: finder.lines }
}

describe('the finder of lines', () => {
  it('tells where a line stands, whether or not it has a line end', () => {
    for (const piece of [1, 2, 3, 5, 1000]) {
      expect(find('ab', Buffer.from('x\n"ab"\r\n\n"ax"\n{ab'), [piece])).toEqual({
        found: [
          { line: 2, byteOffset: 2, lineBytes: 5, text: '"ab"\r\n', holdsText: true },
          { line: 5, byteOffset: 14, lineBytes: 3, text: '{ab', holdsText: true },
        ],
        lines: 5,
      })
    }
  })

  it('keeps no more of a line over the limit than its beginning', () => {
    const content = Buffer.from(`${'x'.repeat(50)}ab\n${'x'.repeat(50)}\n${'y'.repeat(9)}\nab${'z'.repeat(50)}`)
    for (const piece of [1, 2, 3, 7]) {
      const { found, lines } = find('ab', content, [piece], 9)
      expect(found.map(({ line, byteOffset, lineBytes }) => [line, byteOffset, lineBytes])).toEqual([
        [1, 0, 52],
        [4, 114, 52],
      ])
      for (const { text } of found) expect(text.length).toBeLessThan(9 + piece + 1)
      expect(found.every(({ text }) => text.length > 9)).toBe(true)
      expect(lines).toBe(4)
    }
  })

  it('misses no way to write the id, however the bytes are cut', () =>
    fuzz(300, (random) => {
      const id = word(random, 1 + random.below(4))
      const texts = Array.from({ length: 1 + random.below(12) }, () =>
        random.below(3) === 0 ? id : word(random, random.below(5)),
      )
      const content = Buffer.from(texts.map((text) => written(random, text)).join('\n'))
      const { found, lines } = find(id, content, [1 + random.below(9), 1 + random.below(40)])
      expect(lines).toBe(texts.length)
      const values = found.map(({ line, text }) => [line, JSON.parse(text) as string] as const)
      expect(values).toEqual(values.map(([line]) => [line, texts[line - 1]]))
      expect(values.flatMap(([line, value]) => (value === id ? [line] : []))).toEqual(
        texts.flatMap((text, at) => (text === id ? [at + 1] : [])),
      )
      for (const { byteOffset, lineBytes, text } of found) {
        expect(content.toString('utf8', byteOffset, byteOffset + lineBytes)).toBe(text.replace(/\n$/, ''))
      }
    }))
})

function word(random: Random, length: number): string {
  const letters = ['a', 'b', '/', '"', '\\', 'ü', '😀', '\n', '\u0001']
  return Array.from({ length }, () => random.pick(letters)).join('')
}

/** As JSON, with more escapes than it needs. */
function written(random: Random, text: string): string {
  const chars = Array.from(text).map((char) => {
    if (random.below(3) > 0) return JSON.stringify(char).slice(1, -1)
    if (char === '/') return String.raw`\/`
    const codes = Array.from({ length: char.length }, (_, at) => char.charCodeAt(at).toString(16).padStart(4, '0'))
    return codes.map((code) => `\\u${random.below(2) > 0 ? code.toUpperCase() : code}`).join('')
  })
  return `"${chars.join('')}"`
}
