import { describe, expect, it } from 'vitest'
import { emptyAccounting } from '../src/accounting.ts'
import { assertShare, LineLimit, malformedLines, rejectedLines } from '../src/line-limit.ts'
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
  it.each<[readonly number[], Max, string]>([
    [[0], { lines: 0 }, 'none'],
    [[1], { lines: 0 }, tooMany('more than 0 lines are malformed', 'a line 101, the first beyond the limit')],
    [[10], { lines: 10 }, 'none'],
    [[4, 0, 6], { lines: 10 }, 'none'],
    [[11], { lines: 10 }, tooMany('more than 10 lines are malformed', 'a line 111, the first beyond the limit')],
    [[4, 6, 3], { lines: 10 }, tooMany('more than 10 lines are malformed', 'c line 101, the first beyond the limit')],
    [[4, 9], { lines: 10 }, tooMany('more than 10 lines are malformed', 'b line 107, the first beyond the limit')],
    [[1000], undefined, 'none'],
    [[1000], { percent: 0.1 }, 'none'],
    [[0, 1000], { percent: 0 }, tooMany('more than 0 lines are malformed', 'b line 101, the first beyond the limit')],
  ])('%j lines within %o while reading: %s', (counts, malformedMax, says) => {
    const limit = new LineLimit(malformedLines, definedOnly({ malformedMax }))
    const linesOf = (object: string, count: number) =>
      Array.from({ length: count }, (_, number) => ({ object, line: number + 1 }) as Reject)
    const addAll = () => {
      for (const [number, count] of counts.entries()) limit.add(linesOf('abc'[number], count), 100)
    }
    expect(refusal(addAll)).toBe(says)
  })

  it('set aside is another than that of malformed ones', () => {
    const accounting = { ...emptyAccounting(), lines: 10, malformed: { BAD_UTF8: 1 }, setAside: { 'a: MISSING': 1 } }
    const of = (percent: number) => refusal(() => assertShare(rejectedLines, accounting, { rejectsMax: { percent } }))
    expect(of(20)).toBe('none')
    expect(of(19)).toBe(`TOO_MANY_REJECTS: 2 of 10 lines are malformed or set aside, more than 19%
  at 1 BAD_UTF8
  at 1 a: MISSING
  nothing was written; mend the producer, or raise --max-rejects`)
    expect(refusal(() => assertShare(malformedLines, accounting, { rejectsMax: { percent: 0 } }))).toBe('none')
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
  ])('of %d lines, %o within %o in the end: %s', (lines, malformed, malformedMax, says) => {
    const accounting = { ...emptyAccounting(), lines, malformed }
    expect(refusal(() => assertShare(malformedLines, accounting, definedOnly({ malformedMax })))).toBe(says)
  })
})

function definedOnly({ malformedMax }: { readonly malformedMax: Max }): RunOptions {
  return malformedMax === undefined ? {} : { malformedMax }
}
