import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

describe('the scan benchmark', () => {
  it('runs in its small size, and both contestants find the same rows', () => {
    const script = join(import.meta.dirname, '../scan.js')
    const out = execFileSync(process.execPath, [script, '--size', 'smoke'], { encoding: 'utf8' })
    expect(out).toMatch(/the same from both\nscan +best +\d+ MB\/s +median +\d+ MB\/s\nJSON\.parse +best/)
  })
})
