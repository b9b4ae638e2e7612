import { fuzz, fuzzCases, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { type LineLimits, LineScanner, NdjsonDecoder } from '../src/index.ts'
import { generatedLines, mutate, oddLine, randomLine } from './random-lines.ts'

interface Seen {
  readonly valid: readonly (readonly [line: number, offset: number, text: string])[]
  readonly malformed: readonly (readonly [line: number, offset: number, code: string])[]
}

function scan(pieces: readonly Uint8Array[], limits: Partial<LineLimits> = {}): Seen {
  const seen = { valid: [] as [number, number, string][], malformed: [] as [number, number, string][] }
  const scanner = new LineScanner(
    {
      valid: (bytes, start, end) => {
        const text = Buffer.from(bytes.subarray(start, end)).toString('latin1')
        seen.valid.push([scanner.lineNumber, scanner.lineOffset, text])
      },
      malformed: (code) => seen.malformed.push([scanner.lineNumber, scanner.lineOffset, code]),
    },
    limits,
  )
  for (const piece of pieces) scanner.push(piece)
  scanner.flush()
  return seen
}

describe('LineScanner', () => {
  it('gives every line that is an object, and says of others why they are none', () => {
    const text = '\ufeff{"a":1}\r\n\n \t\n{"b":[1,{}]}\n[1]\n{"c":\n{}{}\n{"long":"xxxxxxxxxxxxxxxxxxxx"}\n{\u0000}'
    expect(scan([Buffer.from(text)], { lineBytesMax: 20 })).toEqual({
      valid: [
        [1, 3, '{"a":1}\r'],
        [4, 16, '{"b":[1,{}]}'],
      ],
      malformed: [
        [5, 29, 'TOP_LEVEL_ARRAY'],
        [6, 33, 'UNFINISHED'],
        [7, 39, 'TRAILING_TEXT'],
        [8, 44, 'LINE_TOO_LONG'],
        [9, 76, 'NOT_UTF8_TEXT'],
      ],
    })
  })

  it('has a greatest length of lines', () => {
    expect(() => scan([], { lineBytesMax: 67_108_865 })).toThrow(
      'BAD_OPTION: lines of 67108865 bytes are longer than can be handled\n  --max-line-bytes takes at most 67108864',
    )
  })

  it(`takes the same lines as the decoder, however they are cut (from FLETCHING_SEED=${testSeed})`, () => {
    const events = generatedLines()
    return fuzz(fuzzCases(200), ({ below }) => {
      const random = () => below(2 ** 30) / 2 ** 30
      const lines = Array.from({ length: 1 + below(6) }, () => {
        const line = [randomLine, oddLine, () => events[below(events.length)]][below(3)](random)
        return below(3) === 0 ? mutate(line, events, random) : line
      })
      const bytes = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]))
      const decoder = new NdjsonDecoder(
        { columns: [], steps: [], places: [{ name: 'line', of: 'line' }] },
        { scanner: 'ts' },
      )
      const parts = [...decoder.push(bytes), ...decoder.flush()]
      const cut = below(bytes.length + 1)
      const seen = scan([bytes.subarray(0, cut), bytes.subarray(cut)])
      expect(seen.valid.map(([line]) => BigInt(line))).toEqual(
        parts.flatMap(({ batch }) => [...(batch.getChild('line') ?? [])] as bigint[]),
      )
      expect(seen.malformed).toEqual(
        parts.flatMap(({ malformed }) => malformed.map(({ line, byteOffset, code }) => [line, byteOffset, code])),
      )
    })
  })
})
