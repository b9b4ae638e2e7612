import { describe, expect, it } from 'vitest'
import { saidText } from '../src/commands/profile.ts'

describe('what profile says at a terminal', () => {
  it('names the places, how large the report is, its rows and the verdict', () => {
    const said = { to: 'a.html', json: 'a.json', bytes: 210_358, rows: 1_000_000, verdict: 'passed' }
    expect(saidText(said)).toBe('a.html and a.json: 210.4 kB, 1 000 000 rows, preflight for Personalize: passed\n')
    expect(saidText({ ...said, to: undefined, verdict: undefined })).toBe('a.json: 210.4 kB, 1 000 000 rows\n')
  })
})
