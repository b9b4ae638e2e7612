import { readFileSync } from 'node:fs'

/** What the container allows; undefined where it sets no limit. */
export interface ContainerLimits {
  readonly cpus: number | undefined
  readonly memoryBytes: number | undefined
}

/**
 * Reads the limits of the control group that this process runs in, of either version. Node 20 counts the machine's processors and memory,
 * whatever the container may use.
 *
 * - Units: a part of a CPU counts as one; of the memory, nine tenths, since the rest is the system's.
 */
export function containerLimits(folder = '/sys/fs/cgroup'): ContainerLimits {
  const [quota, period] = read(`${folder}/cpu.max`)?.split(' ') ?? [
    read(`${folder}/cpu/cpu.cfs_quota_us`),
    read(`${folder}/cpu/cpu.cfs_period_us`),
  ]
  const cpus = Number(quota) / Number(period)
  const memory = Number(read(`${folder}/memory.max`) ?? read(`${folder}/memory/memory.limit_in_bytes`))
  return {
    cpus: cpus > 0 ? Math.max(1, Math.round(cpus)) : undefined,
    // Version 1 says "no limit" by a number beyond all memory.
    memoryBytes: memory > 0 && memory < 2 ** 50 ? Math.floor(memory * 0.9) : undefined,
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return undefined
  }
}
