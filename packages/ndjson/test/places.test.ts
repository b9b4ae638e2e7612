import { describe, expect, it } from 'vitest'
import { column, decode, ID, interactions, randomFrom, seed } from './events.ts'

const places = [
  { name: '$line', of: 'line' },
  { name: '$offset', of: 'offset' },
] as const

/** Lines of every kind; a row's user says on which line it stands. */
const KINDS: readonly ((line: number) => string)[] = [
  ...Array<(line: number) => string>(5).fill((line) => row(line)),
  (line) => row(line).replace('Clicked', '\\u0043licked'),
  (line) => `${row(line)}\r`,
  (line) => row(line).replace('"s"', '"ü😀\\n"'),
  (line) => row(line).replace('"2019-05-18"', '7'),
  (line) => row(line).replace('Clicked', 'Viewed'),
  (line) => row(line).replace('{', `{"x":"${'x'.repeat(3000)}",`),
  (line) => row(line).replace('{', `{"x":"${'x'.repeat(70_000)}",`),
  () => '',
  () => ' \t',
  () => '{"userId":',
  () => 'x'.repeat(100_001),
]

function row(line: number): string {
  return `{"userId":"${line}","event":"Product Clicked","properties":{"sku":"s"},"timestamp":"2019-05-18"}`
}

/** Where each line begins. */
function offsetsOf(lines: readonly string[], mark: number): number[] {
  let at = mark
  return lines.map((line) => {
    const offset = at
    at += Buffer.byteLength(line) + 1
    return offset
  })
}

describe('the places of rows', () => {
  it.each([61, 4096, undefined])(
    `are those of their lines, in pieces of %s bytes (FLETCHING_SEED=${seed})`,
    (pieceBytes) => {
      const random = randomFrom(seed)
      for (const mark of ['', '\ufeff']) {
        const lines = Array.from({ length: 200 }, (_, index) => KINDS[Math.floor(random() * KINDS.length)](index + 1))
        const offsets = offsetsOf(lines, Buffer.byteLength(mark))
        const options = { batchRows: 23, lineBytesMax: 100_000 }
        const { rows } = decode(mark + lines.join('\n'), { ...interactions, places }, options, pieceBytes)
        expect(rows.length).toBeGreaterThan(100)
        expect(rows.map(({ $line, $offset }) => [$line, $offset])).toEqual(
          rows.map(({ userId }) => [BigInt(userId as string), BigInt(offsets[Number(userId) - 1])]),
        )
        const { rows: plain } = decode(mark + lines.join('\n'), interactions, options)
        expect(rows.map(({ $line: _line, $offset: _offset, ...values }) => values)).toEqual(plain)
      }
    },
  )

  it('are there for rows that have no other column', () => {
    const { rows } = decode('{}\n\n{"a":1}\n', { columns: [], steps: [], places })
    expect(rows).toEqual([
      { $line: 1n, $offset: 0n },
      { $line: 3n, $offset: 4n },
    ])
  })

  it('are there for the one or the other', () => {
    const spec = { columns: [column('a', ID)], steps: [] }
    expect(decode('\n{"a":1}', { ...spec, places: places.slice(1) }).rows).toEqual([{ a: '1', $offset: 1n }])
  })
})
