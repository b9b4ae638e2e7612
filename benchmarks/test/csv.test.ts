import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

describe('the CSV benchmark', () => {
  it('runs in its small size, and both contestants give the same bytes', () => {
    const script = join(import.meta.dirname, '../csv.js')
    const out = execFileSync(process.execPath, [script, '--size', 'smoke'], { encoding: 'utf8' })
    expect(out).toMatch(
      /, the same from all\nCsvEncoder +first batch best +[\d.]+ ms +median +[\d.]+ ms +later best +\d+ ns a row .*\nstrings +first batch /,
    )
  })
})
