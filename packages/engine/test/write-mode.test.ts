import { describe, expect, it } from 'vitest'
import type { RunOptions } from '../src/options.ts'
import { fileNames, writeModeOf } from '../src/write-mode.ts'
import { planFor } from './plans.ts'

describe('the write mode', () => {
  const refuses = (
    writeMode: string,
    csv: string,
  ) => `BAD_OPTION: --csv ${csv} says what the CSV of a run that appends is to hold
  at --write-mode ${writeMode}
  leave it out, or give --write-mode append`

  it.each<[RunOptions, string]>([
    [{}, 'replace'],
    [{ writeMode: 'replace' }, 'replace'],
    [{ writeMode: 'error-if-exists' }, 'error-if-exists'],
    [{ writeMode: 'append', csv: 'increment' }, 'append'],
    [{ writeMode: 'append', csv: 'full' }, 'append'],
    [
      { writeMode: 'append' },
      `BAD_OPTION: nothing says what the CSV of a run that appends is to hold
  at --write-mode append
  a CSV is one object and cannot be appended to; --csv full writes it anew with the rows of all runs, --csv increment with those of this run alone`,
    ],
    [{ csv: 'increment' }, refuses('replace', 'increment')],
    [{ csv: 'full' }, refuses('replace', 'full')],
    [{ writeMode: 'error-if-exists', csv: 'increment' }, refuses('error-if-exists', 'increment')],
    [{ bookmark: 'disable' }, 'replace'],
    [{ bookmark: 'enable', csv: 'increment' }, 'append'],
    [{ bookmark: 'enable', writeMode: 'append', csv: 'increment' }, 'append'],
    [{ bookmark: 'pause', csv: 'increment' }, 'append'],
    [
      { bookmark: 'enable' },
      `BAD_OPTION: nothing says what the CSV of a run that appends is to hold
  at --job-bookmark-option job-bookmark-enable
  a CSV is one object and cannot be appended to; --csv full writes it anew with the rows of all runs, --csv increment with those of this run alone`,
    ],
    [
      { bookmark: 'pause', writeMode: 'append' },
      `BAD_OPTION: nothing says what the CSV of a run that appends is to hold
  at --write-mode append
  a CSV is one object and cannot be appended to; --csv full writes it anew with the rows of all runs, --csv increment with those of this run alone`,
    ],
    ...(['replace', 'error-if-exists'] as const).map((writeMode): [RunOptions, string] => [
      { bookmark: 'enable', writeMode, csv: 'increment' },
      `BAD_OPTION: a run with a bookmark appends: what it does not read is in the outputs already
  at --write-mode ${writeMode}
  leave it out; or read the whole input, without a bookmark, into other outputs`,
    ]),
  ])('of %j is %s', (options, says) => {
    const { sinks } = planFor({ input: 'in', csv: 'csv', table: 'table' })
    expect(sayingOf(() => writeModeOf({ sinks }, options))).toBe(says)
  })

  it('needs no word about a CSV where there is none', () => {
    const { sinks } = planFor({ input: 'in', table: 'table' })
    expect(writeModeOf({ sinks }, { writeMode: 'append' })).toBe('append')
  })
})

it('needs a table for the rows of all runs', () => {
  const { sinks } = planFor({ input: 'in', csv: 'csv' })
  expect(sayingOf(() => writeModeOf({ sinks }, { writeMode: 'append', csv: 'full' }))).toMatch(/^NO_EARLIER_ROWS: /)
})

it('names files after their run where others stay', () => {
  expect(fileNames('append', 'r1')).toEqual({ part: 'part-00000-r1.parquet', rejects: 'rejects-r1.ndjson' })
  for (const mode of ['replace', 'error-if-exists'] as const) {
    expect(fileNames(mode, 'r1')).toEqual({ part: 'part-00000.parquet', rejects: 'rejects.ndjson' })
  }
})

function sayingOf(work: () => string): string {
  try {
    return work()
  } catch (error) {
    return (error as Error).message
  }
}
