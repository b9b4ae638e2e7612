// @ts-check
// One contestant, once: started as a process of its own, timed from start to exit, and its rows held against those that must come out.
import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { csvDigest, tableDigest } from './digest.js'

/** @typedef {{ readonly wallS: number, readonly cpuS: number, readonly rssBytes: number }} Sample */

/**
 * Runs an engine over the files of `input`.
 *
 * - Errors: names the engine when it fails, or when its rows are not `expected`.
 *
 * @param {import('./engines.js').Engine} engine
 * @param {string} input
 * @param {string} out a folder that is emptied before and afterwards
 * @param {import('./digest.js').Digest} expected
 * @returns {Promise<Sample>}
 */
export async function measure(engine, input, out, expected) {
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  const task = { input, csv: join(out, 'csv'), table: join(out, 'table') }
  const usageFile = join(out, 'usage.json')
  const startedMs = performance.now()
  const { code, text } = await started(engine, task, usageFile)
  const wallS = (performance.now() - startedMs) / 1000
  if (code !== 0) throw new Error(`${engine.name} ended with ${code}:\n${text.slice(-2000)}`)
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(readFileSync(usageFile, 'utf8'))
  await check(engine, task, expected)
  rmSync(out, { recursive: true, force: true })
  return { wallS, cpuS: (userCPUTime + systemCPUTime) / 1e6, rssBytes: maxRSS * 1024 }
}

/** Reads the input once, so that no contestant pays for the disk. @param {string} input */
export function warm(input) {
  for (const name of readdirSync(input)) readFileSync(join(input, name))
}

/**
 * @param {import('./engines.js').Engine} engine
 * @param {import('./engines.js').Task} task
 * @param {string} usageFile
 * @returns {Promise<{ code: number | null, text: string }>}
 */
function started({ args, environment }, task, usageFile) {
  const child = spawn(process.execPath, ['--import', new URL('usage.js', import.meta.url).href, ...args(task)], {
    env: { ...process.env, ...environment, FLETCHING_BENCH_USAGE: usageFile },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk) => (text += chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, text }))
  })
}

/**
 * @param {import('./engines.js').Engine} engine
 * @param {import('./engines.js').Task} task
 * @param {import('./digest.js').Digest} expected
 */
async function check({ name, quoting }, { csv, table }, expected) {
  try {
    same('CSV', csvDigest(join(csv, 'part-00000.csv'), quoting), expected.rows, expected.csv)
    same('table', await tableDigest(table), expected.rows, expected.table)
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/**
 * @param {string} what
 * @param {{ readonly rows: number, readonly sum: string }} got
 * @param {number} rows
 * @param {string} sum
 */
function same(what, got, rows, sum) {
  if (got.rows === rows && got.sum === sum) return
  throw new Error(`another ${what}: ${got.rows} rows with the digest ${got.sum}, where ${rows} with ${sum} are due`)
}
