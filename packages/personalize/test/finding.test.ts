import { describe, expect, it } from 'vitest'
import { type Finding, type Verdict, verdictOn } from '../src/finding.ts'

describe('verdictOn', () => {
  it.each<[Finding['severity'][], Verdict]>([
    [[], 'passed'],
    [['note'], 'passed'],
    [['note', 'warning'], 'warned'],
    [['warning', 'failure', 'note'], 'failed'],
  ])('%j is %s', (severities, verdict) => {
    expect(verdictOn(severities.map((severity) => ({ severity })))).toBe(verdict)
  })
})
