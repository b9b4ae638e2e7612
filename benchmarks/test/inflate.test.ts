import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

describe('the inflate benchmark', () => {
  it('runs in its small size, and all contestants give the same content', () => {
    const script = join(import.meta.dirname, '../inflate.js')
    const out = execFileSync(process.execPath, [script, '--size', 'smoke'], { encoding: 'utf8' })
    expect(out).toMatch(/the same from all\nwithout waiting +best +\d+ MB\/s +median +\d+ MB\/s\nzlib's handle +best/)
  })
})
