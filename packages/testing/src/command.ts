import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What a finished process left behind. */
export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The command as users start it, from the build. */
export const commandFile: string = fileURLToPath(new URL('../../cli/bin/fletching.js', import.meta.url))

/** Runs the command in a process of its own, with no environment but the one given and what Node needs. */
export function fletching(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>>; readonly input?: Uint8Array } = {},
): Promise<Finished> {
  const { cwd, env = {}, input } = options
  const child = spawn(process.execPath, [commandFile, ...args], { cwd, env: { PATH: process.env.PATH ?? '', ...env } })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) =>
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    )
  })
}
