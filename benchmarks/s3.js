#!/usr/bin/env node
// @ts-check
// The main job over objects in S3: many small ones, and one that is large, plain or compressed. The server is in this process, on the loopback address,
// and waits before each answer as a network would; the command runs in a process of its own. Every CSV must be the one of a run over the same files.
// What the server takes of a CPU tells whether it is what a run waits for.
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { generateObjects } from '@fletching/gen'
import { openFaultyS3, spawnFletching } from '@fletching/testing'

const SIZES = {
  smoke: { objects: 40, smallBytes: 400_000, largeBytes: 2_000_000, waits: [0, 5], runs: 1 },
  full: { objects: 1_000, smallBytes: 50_000_000, largeBytes: 150_000_000, waits: [0, 30], runs: 5 },
}
const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'full' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '1,2' },
  },
})
const size = SIZES[/** @type {keyof typeof SIZES} */ (values.size)]
if (size === undefined) throw new Error(`--size got "${values.size}"; expected ${Object.keys(SIZES).join(' or ')}`)
const seed = Number(values.seed)

/** @typedef {{ readonly key: string, readonly bytes: Uint8Array }} Stored */

/**
 * @param {boolean} gzip
 * @returns {Stored[]}
 */
function large(gzip) {
  const pieces = [...generateObjects({ seed, bytes: size.largeBytes, traps: 0, gzip })]
  return [{ key: 'events.json', bytes: Buffer.concat(pieces.map(({ bytes }) => bytes)) }]
}

/** @type {Record<string, Stored[]>} */
const inputs = {
  small: [...generateObjects({ seed, bytes: size.smallBytes, files: size.objects, traps: 0 })],
  plain: large(false),
  gzip: large(true),
}

let waitMs = 0
let openNow = 0
let openMost = 0
const s3 = await openFaultyS3({
  onRequest: async ({ op, phase }) => {
    if (op === 'GetObject' && phase !== 'applied') openNow += phase === 'arrived' ? 1 : -1
    openMost = Math.max(openMost, openNow)
    if (phase === 'arrived' && waitMs > 0) await delay(waitMs)
    return undefined
  },
})
const folder = mkdtempSync(join(tmpdir(), 'fletching-s3-'))

/**
 * Runs the main job, and gives its time, the CPU time of the server meanwhile, and a digest of its CSV.
 *
 * @param {string} input
 * @param {string} workers
 */
async function run(input, workers) {
  const out = join(folder, 'out')
  const args = ['run', 'segment-to-personalize', '--S3_JSON_INPUT_PATH', input, '--S3_CSV_OUTPUT_PATH', `${out}/csv`]
  const table = ['--S3_PARQUET_OUTPUT_PATH', `${out}/table`]
  const begin = performance.now()
  const before = process.cpuUsage()
  const ended = await spawnFletching([...args, ...table, '--workers', workers, '--preflight', 'off'], { env: s3.env })
  const seconds = (performance.now() - begin) / 1000
  const { user, system } = process.cpuUsage(before)
  if (ended.code !== 0) throw new Error(ended.stderr)
  const digest = createHash('sha256')
    .update(readFileSync(`${out}/csv/part-00000.csv`))
    .digest('hex')
  rmSync(out, { recursive: true })
  return { seconds, serverSeconds: (user + system) / 1e6, digest }
}

/** @param {number[]} times */
function bestAndMedian(times) {
  times.sort((a, b) => a - b)
  return `best ${times[0].toFixed(2)} s, median ${times[times.length >> 1].toFixed(2)} s`
}

try {
  console.log(
    `${cpus()[0].model}, Node ${process.versions.node}; seed ${seed}, ${size.runs} runs each, the server on the same machine`,
  )
  for (const [name, objects] of Object.entries(inputs)) {
    for (const { key, bytes } of objects) {
      const file = join(folder, name, key)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, bytes)
      s3.put('bucket', `${name}/${key}`, bytes)
    }
    const expected = await run(join(folder, name), '1')
    const bytes = objects.reduce((sum, object) => sum + object.bytes.length, 0)
    console.log(
      `${name}: objects ${objects.length}, ${(bytes / 1e6).toFixed(1)} MB, CSV ${expected.digest.slice(0, 16)}`,
    )
    for (waitMs of size.waits) {
      for (const workers of values.workers.split(',')) {
        openMost = 0
        const times = []
        const serverTimes = []
        for (let count = 0; count < size.runs; count++) {
          const { seconds, serverSeconds, digest } = await run(`s3://bucket/${name}`, workers)
          if (digest !== expected.digest) throw new Error(`${name} by ${workers} workers: the CSV is another`)
          times.push(seconds)
          serverTimes.push(serverSeconds)
        }
        const [told, server] = [times, serverTimes].map(bestAndMedian)
        const what = `  ${String(waitMs).padStart(2)} ms an answer, workers ${workers}`
        console.log(`${what}: ${told}; CPU of the server: ${server}; requests at once ${openMost}`)
      }
    }
    waitMs = 0
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
  await s3.close()
}
