import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

describe('the scan benchmark', () => {
  it('runs in its small size, and all contestants find the same rows of every form', () => {
    const script = join(import.meta.dirname, '../scan.js')
    const out = execFileSync(process.execPath, [script, '--size', 'smoke'], { encoding: 'utf8' })
    expect(
      out.match(/, the same from all\n +wasm +best +\d+ MB\/s +median +\d+ MB\/s\n +ts .*\n +JSON\.parse /g),
    ).toHaveLength(12)
  })
})
