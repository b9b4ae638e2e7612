import { availableParallelism } from 'node:os'
import type { RunOptions } from './options.ts'
import type { Split, Units } from './split.ts'

export interface Threads {
  readonly count: number
  /** Bytes that may wait in memory for their turn. */
  readonly windowBytes: number
  /** Bytes that may be read before their turn, from a store that has to be waited for. */
  readonly aheadBytes: number
  /** Bytes that the keys of a plan that drops duplicates may take before they go to a file. */
  readonly keyBytes: number
}

/**
 * Decides how many threads there may be, and how much may wait for its turn in memory.
 *
 * By default a small input is read on the thread that is there: starting another takes longer than the reading. Where memory is short,
 * there are fewer threads and a smaller window.
 */
export function chooseThreads(
  units: Units,
  { workers, cpus = availableParallelism(), memoryBytesMax = Number.POSITIVE_INFINITY }: RunOptions,
): Threads {
  const objects = (units.at(units.length - 1)?.splits.at(-1)?.index ?? -1) + 1
  const spare = memoryBytesMax - MAIN_BYTES - objects * OBJECT_BYTES
  const affordable = Math.max(1, Math.floor(spare / WORKER_BYTES))
  const count = Math.min(workers ?? (isSmall(units) ? 1 : cpus), affordable)
  const rest = spare - count * WORKER_BYTES
  const windowBytes = Math.min(WINDOW_BYTES, Math.max(WINDOW_BYTES_MIN, rest / 2))
  const aheadBytes = Math.min(AHEAD_BYTES, Math.max(AHEAD_BYTES_MIN, rest / 4))
  const keyBytes = Math.min(KEY_BYTES, Math.max(KEY_BYTES_MIN, rest - windowBytes - aheadBytes))
  return { count, windowBytes, aheadBytes, keyBytes }
}

/** Whether one thread is enough; of a large input, few units are looked at. */
function isSmall(units: Units): boolean {
  let bytes = 0
  for (const { splits } of units) {
    for (const split of splits) bytes += weightOf(split)
    if (bytes >= SMALL_BYTES) return false
  }
  return true
}

/** Stored bytes, those of compressed objects counted as what they may become. */
function weightOf({ object, start, end }: Split): number {
  const isWhole = start === 0 && end === undefined
  return isWhole ? object.size * 4 : (end ?? object.size) - start
}

const MIB = 1024 * 1024
/** What reading a batch job's input on one thread takes less time for than starting another. */
const SMALL_BYTES = 32 * MIB
/** Measured, on the generated events: the main thread with its sinks, and a worker. */
const MAIN_BYTES = 128 * MIB
/** Likewise, with a million objects: what is kept of each that is read until the manifest is written. */
export const OBJECT_BYTES = 200
const WORKER_BYTES = 64 * MIB
const WINDOW_BYTES = 64 * MIB
const WINDOW_BYTES_MIN = 4 * MIB
/** Eight ranges of large objects, of 2 MiB each. */
const AHEAD_BYTES = 16 * MIB
/** As much more is what a container of 128 MiB can spare. */
const AHEAD_BYTES_MIN = MIB
/** Some 18 million keys of 40 bytes. */
const KEY_BYTES = 1024 * MIB
const KEY_BYTES_MIN = 16 * MIB
