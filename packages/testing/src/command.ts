import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { assertUnmarked, markedCredentials, type Watched } from './marks.ts'

/** What a finished process left behind. */
export interface Finished {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface Where extends Watched {
  readonly cwd?: string
}

interface CommandOptions extends Where {
  /** Words for Node itself. */
  readonly nodeArgs?: readonly string[]
}

/** The command as users start it, from the build. */
export const commandFile: string = fileURLToPath(new URL('../../cli/bin/fletching.js', import.meta.url))

/** The environment of a command: what is given, what Node needs, and credentials that nothing may tell. */
export function commandEnv(env: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { PATH: process.env.PATH ?? '', ...markedCredentials, ...env }
}

/**
 * Runs the command from its build, in the process of the tests: most of what a small command takes is the start of its own. Folder and
 * environment are those given, and what `commandEnv` adds, until it has ended; others wait. Only a job's own module gets a process, since
 * Node would load the sources of `@fletching/job` for it here.
 */
export function fletching(args: readonly string[], options: Where = {}): Promise<Finished> {
  if (args.some((arg) => arg.endsWith('.mjs'))) return spawnFletching(args, options)
  const finished = last.then(() => runHere(args, options))
  last = finished.catch(() => {})
  return finished
}

let last: Promise<unknown> = Promise.resolve()

async function runHere(args: readonly string[], options: Where): Promise<Finished> {
  const { cwd = '.', env } = options
  if (env?.NODE_OPTIONS !== undefined) throw new Error('NODE_OPTIONS is for processes')
  const before = { cwd: process.cwd(), env: { ...process.env } }
  const [out, err] = [collector(), collector()]
  const ends = { env: process.env, stdout: out.stream, stderr: err.stream }
  try {
    process.chdir(cwd)
    // The last is what the process of the command says to the AWS SDK.
    replaceEnvironment({ ...commandEnv(env), AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' })
    const code = await commandLine()(args, ends)
    return await checked(args, { code, stdout: out.text(), stderr: err.text() }, options)
  } finally {
    process.chdir(before.cwd)
    replaceEnvironment(before.env)
  }
}

type RunCommandLine = (
  argv: readonly string[],
  ends: { readonly env: NodeJS.ProcessEnv; readonly stdout: Writable; readonly stderr: Writable },
) => Promise<number>

/** What the process of the command calls, from the files that it loads. */
function commandLine(): RunCommandLine {
  const require = createRequire(commandFile)
  const { load } = require('../dist/bundle/run/load.js') as { load: (file: string) => unknown }
  const file = require.resolve('../dist/bundle/run/command-line.js')
  return (load(file) as { runCommandLine: RunCommandLine }).runCommandLine
}

function replaceEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (env[name] === undefined) delete process.env[name]
  Object.assign(process.env, env)
}

function collector(): { readonly stream: Writable; readonly text: () => string } {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  return { stream, text: () => Buffer.concat(chunks).toString() }
}

/** Runs the command in a process of its own, with no environment but the one given and what `commandEnv` adds. */
export function spawnFletching(
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
  const ended = endOf(child, options).then((finished) => checked(args, finished, options))
  return { child, ended }
}

/** Gives back what a command left, once words and report have been held against the marks. */
async function checked(
  args: readonly string[],
  finished: Finished,
  { cwd = '', ...watched }: Where,
): Promise<Finished> {
  const { stdout, stderr } = finished
  assertUnmarked({ stdout, stderr }, watched)
  const report = reportOf(args, watched.env)
  if (report !== undefined) {
    const text = await readFile(join(cwd, report), 'utf8').catch(() => '')
    assertUnmarked({ [report]: text }, watched.env === undefined ? {} : { env: watched.env })
  }
  return finished
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
