import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What the container allows; undefined where it sets no limit. */
export interface ContainerLimits {
  readonly cpus: number | undefined
  readonly memoryBytes: number | undefined
}

/**
 * Reads the limits of the control group that this process runs in and of those around it, of either version; the least counts. Node 20
 * counts the machine's processors and memory, whatever the container may use.
 *
 * - Units: a part of a CPU counts as one; of the memory, nine tenths, since the rest is the system's.
 *
 * - `folder`: where the control groups are; a container mostly sees its own there, whatever its path.
 * - `paths`: the file that says which of them are this process's.
 */
export function containerLimits(folder = '/sys/fs/cgroup', paths = '/proc/self/cgroup'): ContainerLimits {
  const pathOf = pathsByController(read(paths) ?? '')
  const unified = around(folder, pathOf.get(''))
  const controlled = (controller: string) => around(join(folder, controller), pathOf.get(controller))
  const cpus = least([
    ...unified.map((group) => share(...(read(`${group}/cpu.max`)?.split(' ') ?? []))),
    ...controlled('cpu').map((group) => share(read(`${group}/cpu.cfs_quota_us`), read(`${group}/cpu.cfs_period_us`))),
  ])
  const memoryBytes = least([
    // Above the second a process is made to wait until its memory has been taken away.
    ...unified.flatMap((group) => [Number(read(`${group}/memory.max`)), Number(read(`${group}/memory.high`))]),
    ...controlled('memory').map((group) => Number(read(`${group}/memory.limit_in_bytes`))),
  ])
  return {
    cpus: cpus === undefined ? undefined : Math.max(1, Math.round(cpus)),
    memoryBytes: memoryBytes === undefined ? undefined : Math.floor(memoryBytes * 0.9),
  }
}

/** The path of the process's group below the folder of each controller, that of version 2 under the empty name. */
function pathsByController(text: string): Map<string, string> {
  const paths = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? []
    if (path !== undefined) for (const name of controllers.split(',')) paths.set(name, path)
  }
  return paths
}

/** The folders of a group and of all those around it. One that cannot be seen from here says nothing. */
function around(folder: string, path = '/'): string[] {
  const group = join(folder, path)
  return path === '/' ? [group] : [group, ...around(folder, dirname(path))]
}

function share(quota?: string, period?: string): number {
  return Number(quota) / Number(period)
}

/** Of the numbers that are limits: version 1 says "no limit" by -1, or by a number beyond all memory. */
function least(numbers: readonly number[]): number | undefined {
  const limits = numbers.filter((number) => number > 0 && number < 2 ** 50)
  return limits.length === 0 ? undefined : Math.min(...limits)
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return undefined
  }
}
