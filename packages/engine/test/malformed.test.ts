import { describe, expect, it } from 'vitest'
import { emptyAccounting } from '../src/accounting.ts'
import { assertMalformedCount, assertMalformedShare, malformedError } from '../src/malformed.ts'
import type { Reject } from '../src/morsel.ts'
import type { RunOptions } from '../src/options.ts'

type Max = RunOptions['malformedMax']

/** What an assertion says. */
function refusal(assert: () => void): string {
  try {
    assert()
  } catch (error) {
    return (error as Error).message
  }
  return 'none'
}

const tooMany = (what: string, ...at: readonly string[]) =>
  [
    `TOO_MANY_MALFORMED: ${what}`,
    ...at.map((line) => `  at ${line}`),
    '  nothing was written; mend the producer, or raise --max-malformed',
  ].join('\n')

describe('a limit of malformed lines', () => {
  it.each<[number, Max, string]>([
    [0, { lines: 0 }, 'none'],
    [1, { lines: 0 }, tooMany('more than 0 lines are malformed')],
    [10, { lines: 10 }, 'none'],
    [11, { lines: 10 }, tooMany('more than 10 lines are malformed')],
    [1e9, undefined, 'none'],
    [1e9, { percent: 0 }, 'none'],
  ])('%d lines within %o while reading: %s', (count, max, says) => {
    expect(refusal(() => assertMalformedCount(count, max))).toBe(says)
  })

  it.each<[number, Record<string, number>, Max, string]>([
    [0, {}, { percent: 0 }, 'none'],
    [10, {}, { percent: 0 }, 'none'],
    [10, { BAD_NUMBER: 1 }, { percent: 0 }, tooMany('1 of 10 lines are malformed, more than 0%', '1 BAD_NUMBER')],
    [10, { BAD_NUMBER: 1 }, { percent: 10 }, 'none'],
    [
      10,
      { BAD_NUMBER: 1, BAD_UTF8: 1 },
      { percent: 10 },
      tooMany('2 of 10 lines are malformed, more than 10%', '1 BAD_NUMBER', '1 BAD_UTF8'),
    ],
    [1000, { BAD_NUMBER: 1 }, { percent: 0.1 }, 'none'],
    [10_000, { BAD_NUMBER: 57 }, { percent: 0.57 }, 'none'],
    [
      10_000,
      { BAD_NUMBER: 58 },
      { percent: 0.57 },
      tooMany('58 of 10000 lines are malformed, more than 0.57%', '58 BAD_NUMBER'),
    ],
    [999, { BAD_NUMBER: 1 }, { percent: 0.1 }, tooMany('1 of 999 lines are malformed, more than 0.1%', '1 BAD_NUMBER')],
    [2, { BAD_NUMBER: 2 }, { percent: 100 }, 'none'],
    [2, { BAD_NUMBER: 2 }, { lines: 0 }, 'none'],
    [2, { BAD_NUMBER: 2 }, undefined, 'none'],
  ])('of %d lines, %o within %o in the end: %s', (lines, malformed, max, says) => {
    expect(refusal(() => assertMalformedShare({ ...emptyAccounting(), lines, malformed }, max))).toBe(says)
  })
})

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

  it('says where, and not what', () => {
    const error = malformedError(line('{"secret', 8), false)
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
    expect(malformedError(line(text, errorOffset), true).message).toBe(message(1000 + (errorOffset ?? 0), ...shown))
  })
})
