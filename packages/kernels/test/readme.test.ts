import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const room = join(import.meta.dirname, '..')
const examples = [...readFileSync(join(room, 'README.md'), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)]

describe('the README', () => {
  it('has an example', () => expect(examples).not.toEqual([]))

  it.each(examples.map(([, code]) => code))('runs: %s', (code) => {
    execFileSync(process.execPath, ['--input-type=module', '--eval', code], { cwd: room, stdio: 'pipe' })
  })
})
