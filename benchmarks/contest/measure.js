// @ts-check
// One contestant, once: started as a process of its own, timed from start to exit, and its rows held against those that must come out.
import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** @typedef {{ readonly wallS: number, readonly cpuS: number, readonly rssBytes: number }} Sample */

/**
 * Runs an engine over the files of `task.input`.
 *
 * - Errors: names the engine when it fails, or when `check` throws.
 *
 * @template {import('./engine.js').Engine} Engine
 * @param {Engine} engine
 * @param {import('./engine.js').Task} task whose folder `out` is emptied before and afterwards
 * @param {(engine: Engine, out: string) => Promise<void>} check of what was written, outside of the time
 * @returns {Promise<Sample>}
 */
export async function measure(engine, task, check) {
  const { out } = task
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  const usageFile = join(out, 'usage.json')
  const startedMs = performance.now()
  const { code, text } = await started(engine, task, usageFile)
  const wallS = (performance.now() - startedMs) / 1000
  if (code !== 0) throw new Error(`${engine.name} ended with ${code}:\n${text.slice(-2000)}`)
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(readFileSync(usageFile, 'utf8'))
  try {
    await check(engine, out)
  } catch (error) {
    throw new Error(`${engine.name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
  rmSync(out, { recursive: true, force: true })
  return { wallS, cpuS: (userCPUTime + systemCPUTime) / 1e6, rssBytes: maxRSS * 1024 }
}

/** Reads the input once, so that no contestant pays for the disk. @param {string} input */
export function warm(input) {
  const room = Buffer.alloc(1024 * 1024)
  for (const name of readdirSync(input)) {
    const file = openSync(join(input, name), 'r')
    while (readSync(file, room) > 0);
    closeSync(file)
  }
}

/**
 * @param {import('./engine.js').Engine} engine
 * @param {import('./engine.js').Task} task
 * @param {string} usageFile
 * @returns {Promise<{ code: number | null, text: string }>}
 */
function started({ args, environment }, task, usageFile) {
  const child = spawn(process.execPath, ['--import', new URL('usage.js', import.meta.url).href, ...args(task)], {
    // Where certificates are named, Node reads all of them before anything else: 30 ms of every engine's time.
    env: { ...process.env, NODE_EXTRA_CA_CERTS: undefined, ...environment, FLETCHING_BENCH_USAGE: usageFile },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk) => (text += chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, text }))
  })
}
