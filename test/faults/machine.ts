import { execFileSync, spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { commandEnv, commandFile, endOf, inFolder } from '@fletching/testing'
import { type Content, PEAK } from './run.ts'

/** A run of the main job, from `in` to `out`, on a machine that lacks something. */
interface Run {
  /** Default `run`. */
  readonly command?: 'run' | 'explain'
  /** The files of the folder in which it runs. */
  readonly files?: Readonly<Record<string, Content>>
  /** What a shell does to its machine before. */
  readonly setup?: string
  /** Whether that mounts file systems, which nobody else sees. */
  readonly mounts?: boolean
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly input?: Iterable<Uint8Array>
  /** Is given the number of the process. */
  readonly onStart?: (pid: number) => void
}

interface Ended {
  readonly code: number | null
  readonly stdout: string
  /** The folder itself is `.`. */
  readonly stderr: string
  /** Files and folders that were not there before, before a file system that was mounted is gone. */
  readonly left: readonly string[]
  /** Its CSV, if it is there. */
  readonly csv: string | undefined
  /** The most memory that the process held. */
  readonly peakBytes: number
}

/** Runs the command in a process of its own, in a folder of its own. */
export function runOnMachine(run: Run): Promise<Ended> {
  const { command: name = 'run', files = {}, setup = '', mounts, args, env, input, onStart } = run
  return inFolder(async (cwd) => {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(join(cwd, name, '..'), { recursive: true })
      await writeFile(join(cwd, name), content)
    }
    await writeFile(join(cwd, 'peak.mjs'), PEAK)
    const places = args.some((arg) => arg.startsWith(CSV)) ? args : [`${CSV}out`, ...args]
    const command = [
      process.execPath,
      `--import=${cwd}/peak.mjs`,
      commandFile,
      name,
      'segment-to-personalize',
      ...places,
    ]
    const shell = ['bash', '--norc', '-c', `${setup}\n${WATCHED}`, 'bash', ...command]
    const [file, ...rest] = mounts === true ? [...IN_NAMESPACE, ...shell] : shell
    const child = spawn(file, rest, { cwd, env: commandEnv(env) })
    if (child.pid !== undefined) onStart?.(child.pid)
    // Who has read enough goes away.
    void pipeline(Readable.from(input ?? []), child.stdin).catch(() => {})
    const { code, stdout, stderr } = await endOf(child, env === undefined ? {} : { env })
    const lines = async (name: string) => (await readFile(join(cwd, name), 'utf8')).trimEnd().split('\n')
    const before = new Set(await lines('before'))
    const left = (await lines('after')).filter((name) => !before.has(name)).sort()
    const csv = await readFile(join(cwd, 'out/part-00000.csv'), 'utf8').catch(() => undefined)
    const peakBytes = 1024 * Number(await readFile(join(cwd, 'peak'), 'utf8'))
    return { code, stdout, stderr: stderr.replaceAll(cwd, '.'), left, csv, peakBytes }
  })
}

/** Whether this user may mount file systems in a name space of its own. */
export function canMount(): boolean {
  try {
    const [file, ...args] = [...IN_NAMESPACE, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']
    execFileSync(file, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const CSV = '--S3_CSV_OUTPUT_PATH='

const IN_NAMESPACE = ['unshare', '--map-root-user', '--mount'] as const

/** Runs the command, and writes down what is there before and after; its own files are there before. */
const WATCHED = `touch before after peak
find . -mindepth 1 >before
"$@"
code=$?
find . -mindepth 1 >after
exit $code`
