import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { assertUnmarked, markedCredentials, type Watched } from './marks.ts'

/** What a finished process left behind. */
export interface Finished {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface CommandOptions extends Watched {
  readonly cwd?: string
  /** Words for Node itself. */
  readonly nodeArgs?: readonly string[]
}

/** The command as users start it, from the build. */
export const commandFile: string = fileURLToPath(new URL('../../cli/bin/fletching.js', import.meta.url))

/** The environment of a command: what is given, what Node needs, and credentials that nothing may tell. */
export function commandEnv(env: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { PATH: process.env.PATH ?? '', ...markedCredentials, ...env }
}

/** Runs the command in a process of its own, with no environment but the one given and what `commandEnv` adds. */
export function fletching(
  args: readonly string[],
  { input, ...options }: CommandOptions & { readonly input?: Uint8Array } = {},
): Promise<Finished> {
  const { child, ended } = startFletching(args, options)
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return ended
}

/** Starts the command; its standard input stays open. */
export function startFletching(
  args: readonly string[],
  options: CommandOptions = {},
): { readonly child: ChildProcessByStdio<Writable, Readable, Readable>; readonly ended: Promise<Finished> } {
  const { cwd, nodeArgs = [], env } = options
  const child = spawn(process.execPath, [...nodeArgs, commandFile, ...args], {
    cwd,
    env: commandEnv(env),
    stdio: 'pipe',
  })
  const ended = endOf(child, options).then(async (finished) => {
    const report = reportOf(args, env)
    if (report !== undefined) {
      const text = await readFile(join(cwd ?? '', report), 'utf8').catch(() => '')
      assertUnmarked({ [report]: text }, env === undefined ? {} : { env })
    }
    return finished
  })
  return { child, ended }
}

/** Waits for the end of a process that runs the command, and holds what it has printed against the marks. */
export async function endOf(child: ChildProcess, watched: Watched = {}): Promise<Finished> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  const printed = { stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }
  assertUnmarked(printed, watched)
  return { code, ...printed }
}

/** The file that a report goes to, where the command line or the environment names one. */
function reportOf(args: readonly string[], env: Readonly<Record<string, string>> = {}): string | undefined {
  const at = args.findIndex((arg) => /^--report(=|$)/.test(arg))
  if (at === -1) return env.FLETCHING_REPORT
  return args[at] === '--report' ? args[at + 1] : args[at].slice('--report='.length)
}
