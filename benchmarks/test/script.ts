import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** Runs a script of this room as its user does, and gives what it prints. */
export function script(name: string, args: readonly string[]): string {
  return node([join(import.meta.dirname, '..', name), ...args])
}

/** Runs a module that is given as text. */
export function evaluated(program: string, args: readonly string[]): string {
  return node(['--input-type=module', '--eval', program, '--', ...args])
}

function node(args: readonly string[]): string {
  return execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
