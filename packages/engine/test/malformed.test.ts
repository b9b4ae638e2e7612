import { describe, expect, it } from 'vitest'
import { malformedError } from '../src/malformed.ts'
import type { Reject } from '../src/morsel.ts'
import type { RunOptions } from '../src/options.ts'

describe('the error for a malformed line', () => {
  const line = (text: string | Uint8Array | undefined, errorOffset: number | undefined): Reject => ({
    object: 's3://b/in/a.gz',
    line: 20_417,
    byteOffset: 1000,
    errorOffset,
    stage: 'malformed',
    code: 'OPEN_STRING',
    column: undefined,
    text: text === undefined ? undefined : Buffer.from(text),
  })
  const message = (at: number, ...shown: readonly string[]) =>
    [
      'MALFORMED_JSON: string not closed before end of line',
      `  at s3://b/in/a.gz line 20417, byte ${at} of the uncompressed object`,
      ...shown.map((text) => `  ${text}`),
      '  nothing was written; --on-malformed quarantine sets such lines apart and goes on',
    ].join('\n')

  it.each<[RunOptions, string, readonly string[]]>([
    [{ depthMax: 8 }, '8', ['  --max-depth, up to 1000, takes deeper ones']],
    [{ depthMax: 1000 }, '1000', []],
    [{}, '1000', []],
  ])('tells the limit on the depth, and the way out: %o', (options, limit, way) => {
    expect(malformedError({ ...line('{}', 4), code: 'TOO_DEEP' }, options).message.split('\n')).toEqual([
      `MALFORMED_JSON: objects and arrays are nested more than ${limit} deep`,
      '  at s3://b/in/a.gz line 20417, byte 1004 of the uncompressed object',
      '  nothing was written; --on-malformed quarantine sets such lines apart and goes on',
      ...way,
    ])
  })

  it.each<[RunOptions, string, string]>([
    [{ lineBytesMax: 100 }, '100', '\n  --max-line-bytes, up to 67108864, takes longer ones'],
    [{}, '16777216', '\n  --max-line-bytes, up to 67108864, takes longer ones'],
    [{ lineBytesMax: 67_108_864 }, '67108864', ''],
  ])('tells the limit on the bytes, and the way out: %o', (options, limit, way) => {
    expect(malformedError({ ...line(undefined, 0), code: 'LINE_TOO_LONG' }, options).message).toBe(
      `MALFORMED_JSON: the line has more than ${limit} bytes
  at s3://b/in/a.gz line 20417, byte 1000 of the uncompressed object
  nothing was written; --on-malformed quarantine sets such lines apart and goes on${way}`,
    )
  })

  it('says where, and not what', () => {
    const error = malformedError(line('{"secret', 8), {})
    expect(error.message).toBe(message(1008))
    expect(error).toMatchObject({
      kind: 'data',
      details: { object: 's3://b/in/a.gz', line: 20_417, byteOffset: 1000, code: 'OPEN_STRING' },
    })
  })

  it.each<[string, string | Uint8Array | undefined, number | undefined, readonly string[]]>([
    ['a mark below the fault', '{"a', 3, ['{"a', '   ^']],
    ['a mark at the start', 'x', 0, ['x', '^']],
    ['no more than 80 bytes', 'x'.repeat(200), 10, ['x'.repeat(80), `${' '.repeat(10)}^`]],
    [
      '60 bytes before the fault',
      `${'x'.repeat(100)}!${'y'.repeat(100)}`,
      100,
      [`${'x'.repeat(60)}!${'y'.repeat(19)}`, `${' '.repeat(60)}^`],
    ],
    ['a fault behind the end', 'abc', 3, ['abc', '   ^']],
    ['dots for what would move the cursor', Uint8Array.of(0x1b, 0x5b, 0xc3, 0xa9, 0x07, 0x41), 2, ['.[...A', '  ^']],
    ['nothing of a line that was not kept', undefined, 5, []],
    ['the start where no place is known', 'abc', undefined, ['abc', '^']],
  ])('shows on request %s', (_, text, errorOffset, shown) => {
    expect(malformedError(line(text, errorOffset), { showData: true }).message).toBe(
      message(1000 + (errorOffset ?? 0), ...shown),
    )
  })
})
