// @ts-check
// Loaded into every contestant before its own code: writes at its end what the process used, all of its threads included.
import { readFileSync, writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const file = process.env.FLETCHING_BENCH_USAGE
// Threads load this too.
if (isMainThread && file !== undefined) {
  process.on('exit', () => {
    const usage = process.resourceUsage()
    writeFileSync(file, JSON.stringify({ ...usage, maxRSS: peakKib() ?? usage.maxRSS }))
  })
}

/**
 * The most memory that this program had. What the system reports of a process begins with what its parent had when it was started, and
 * the parent has just read the whole input.
 */
function peakKib() {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))
    return peak === null ? undefined : Number(peak[1])
  } catch {
    return undefined
  }
}
