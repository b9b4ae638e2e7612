import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** Runs a script of this room as its user does, and gives what it prints. */
export function script(name: string, args: readonly string[]): string {
  return execFileSync(process.execPath, [join(import.meta.dirname, '..', name), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}
