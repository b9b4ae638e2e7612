import { describe, expect, it } from 'vitest'
import { checklistText } from '../src/checklist-text.ts'
import { type OutputVerdict, verdictLine } from '../src/output-verdict.ts'

const figures = {
  bytes: 646_958,
  records: 9522,
  users: 3830,
  usersWithTwo: 3001,
  items: 50,
  eventTypes: [{ name: 'Product Added', count: 3516 }],
  first: 1_549_846_801,
  last: 1_557_973_605,
  isEstimated: false,
}

describe('the checklist for a person', () => {
  it('has the verdict, the figures, and what was found', () => {
    const finding = {
      code: 'VALUE_MISSING',
      severity: 'failure',
      what: 'a required column is empty',
      count: 1234,
      places: [{ object: 'a.csv', line: 7, column: 'USER_ID' }, { object: 'b.csv' }],
      help: 'drop such rows',
    }
    expect(
      checklistText({ verdict: 'failed', findings: [finding, { ...finding, count: 1, places: [] }], figures }),
    ).toBe(`failed: 9 522 records, 647.0 kB
users: 3 830, with two interactions: 3 001
items: 50
events: "Product Added" 3 516
time: 2019-02-11 to 2019-05-16
failure VALUE_MISSING: a required column is empty (1 234 times)
  at a.csv, line 7, column USER_ID
  at b.csv
  drop such rows
failure VALUE_MISSING: a required column is empty
  drop such rows
`)
  })

  it('says what is estimated, and leaves out what there is not', () => {
    expect(
      checklistText({
        verdict: 'passed',
        findings: [],
        figures: { ...figures, items: 0, eventTypes: [], first: undefined, last: undefined, isEstimated: true },
      }),
    ).toBe('passed: 9 522 records, 647.0 kB\nusers: about 3 830, with two interactions: about 3 001\n')
  })
})

describe('the verdict in one line', () => {
  const verdict: OutputVerdict = {
    output: 'a.csv',
    verdict: 'passed',
    failures: [],
    warnings: [],
    why: undefined,
    checklist: undefined,
  }
  it.each<[Partial<OutputVerdict>, string]>([
    [{}, 'preflight for Personalize: passed'],
    [{ verdict: 'failed', failures: ['A', 'B'], warnings: ['C'] }, 'preflight for Personalize: failed (A, B, C)'],
    [{ verdict: 'unknown', why: 'ACCESS_DENIED: no' }, 'preflight for Personalize: unknown (ACCESS_DENIED: no)'],
  ])('%j', (parts, line) => {
    expect(verdictLine({ ...verdict, ...parts })).toBe(line)
  })
})
