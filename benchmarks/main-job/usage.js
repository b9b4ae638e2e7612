// @ts-check
// Loaded into every contestant before its own code: writes at its end what the process used, all of its threads included.
import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const file = process.env.FLETCHING_BENCH_USAGE
// Threads load this too.
if (isMainThread && file !== undefined) {
  process.on('exit', () => writeFileSync(file, JSON.stringify(process.resourceUsage())))
}
