import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'

/** A control group of version 1 as a container has them: memory is killed for, and the time of processors is shared out. */
export interface ControlGroup {
  /** What a shell does to be in it, with all that it starts. */
  readonly enter: string
  /** Processes in it that the system has killed for want of memory. */
  killed(): number
  /** The most memory that was taken, that of cached files and of the system's own records included. */
  peakBytes(): number
  close(): void
}

/** Makes a group below that of this process, so that whatever limits this one holds for that one. */
export function openControlGroup({ memoryBytes, cpus }: { memoryBytes: number; cpus?: number }): ControlGroup {
  const made: string[] = []
  const close = () => {
    for (const folder of made.splice(0)) rmdirSync(folder)
  }
  const open = (controller: string, settings: Readonly<Record<string, number>>): string => {
    const folder = `${folderOf(controller)}/fletching-test-${process.pid}-${groups++}`
    mkdirSync(folder)
    made.push(folder)
    for (const [file, value] of Object.entries(settings)) writeFileSync(`${folder}/${file}`, String(value))
    return folder
  }
  try {
    const memory = open('memory', { 'memory.limit_in_bytes': memoryBytes })
    if (cpus !== undefined) open('cpu', { 'cpu.cfs_period_us': 100_000, 'cpu.cfs_quota_us': cpus * 100_000 })
    const read = (file: string) => readFileSync(`${memory}/${file}`, 'utf8')
    return {
      enter: made.map((folder) => `echo $$ >${folder}/cgroup.procs`).join(' && '),
      killed: () => Number(/^oom_kill (\d+)$/m.exec(read('memory.oom_control'))?.[1]),
      peakBytes: () => Number(read('memory.max_usage_in_bytes')),
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}

/** Why this user can make no such group here; undefined when one was made. */
export function lacksControlGroups(): string | undefined {
  try {
    openControlGroup({ memoryBytes: 2 ** 30, cpus: 1 }).close()
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

function folderOf(controller: string): string {
  const own = readFileSync('/proc/self/cgroup', 'utf8')
  const path = new RegExp(`^\\d+:(?:[^:]*,)?${controller}(?:,[^:]*)?:(.*)$`, 'm').exec(own)?.[1]
  if (path === undefined) throw new Error(`there is no controller "${controller}" of version 1`)
  return `/sys/fs/cgroup/${controller}${path}`
}

let groups = 0
