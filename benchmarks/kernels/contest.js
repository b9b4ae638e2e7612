// @ts-check
// What all kernel benchmarks share: the cases, the turn-taking, the digest that must be equal, and what is printed.
import { createHash } from 'node:crypto'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { Bench } from 'tinybench'
import { randomFrom } from './random.js'

/**
 * Somebody who can do it: `run` is what is timed, `values` reads the rows of its result, after the time.
 *
 * @typedef {{ readonly name: string, readonly run: () => unknown, readonly values: (result: any) => Iterable<unknown> | Promise<Iterable<unknown>>, readonly close?: () => void }} Contestant
 * @typedef {{ readonly rows: number, readonly share: number, readonly nullShare: number, readonly random: import('./random.js').Random }} Case
 */

const SIZES = { smoke: { rows: 3_000, timeMs: 0, iterations: 2 }, full: { rows: 262_144, timeMs: 500, iterations: 10 } }
const SELECTIVITIES = [
  { says: '1/1024', share: 1 / 1024 },
  { says: '1/2', share: 1 / 2 },
  { says: '1023/1024', share: 1023 / 1024 },
]
const NULL_SHARES = [0, 1 / 8]

/** CPU time of the process, all its threads included, in milliseconds. */
const cpuMs = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/**
 * Measures a kernel at every selectivity, with and without nulls, next to others.
 *
 * - Errors: when two contestants differ in a value.
 *
 * @param {string} subject what is done, for the reader
 * @param {(given: Case) => Promise<readonly (Contestant | undefined)[]>} contestantsOf who does it; undefined who is not here
 */
export async function contest(subject, contestantsOf) {
  const { values } = parseArgs({
    options: { size: { type: 'string', default: 'full' }, seed: { type: 'string', default: '1' } },
  })
  const size = SIZES[/** @type {keyof typeof SIZES} */ (values.size)]
  if (size === undefined) throw new Error(`--size got "${values.size}"; expected ${Object.keys(SIZES).join(' or ')}`)
  console.log(`${subject}; ${size.rows} rows, seed ${values.seed}, CPU time, millions of rows a second`)
  console.log(`${cpus()[0].model.trim()}, Node ${process.versions.node}`)
  for (const { says, share } of SELECTIVITIES) {
    for (const nullShare of NULL_SHARES) {
      const given = { rows: size.rows, share, nullShare, random: randomFrom(Number(values.seed)) }
      const contestants = (await contestantsOf(given)).filter((contestant) => contestant !== undefined)
      const digest = await sameDigest(contestants)
      console.log(
        `\nselectivity ${says}, ${nullShare === 0 ? 'no nulls' : 'one null in 8'}, digest ${digest}, the same from all`,
      )
      await race(contestants, size)
      for (const { close } of contestants) close?.()
    }
  }
}

/** @param {readonly Contestant[]} contestants */
async function sameDigest(contestants) {
  const digests = []
  for (const { name, run, values } of contestants) {
    const digest = createHash('sha256')
    for (const value of await values(await run())) digest.update(`${String(value ?? '_')}\n`)
    digests.push({ name, text: digest.digest('hex').slice(0, 16) })
  }
  for (const { name, text } of digests) {
    if (text === digests[0].text) continue
    throw new Error(`${name} and ${digests[0].name} differ: ${text} and ${digests[0].text}`)
  }
  return digests[0].text
}

/**
 * @param {readonly Contestant[]} contestants
 * @param {{ rows: number, timeMs: number, iterations: number }} size
 */
async function race(contestants, { rows, timeMs, iterations }) {
  const bench = new Bench({ now: cpuMs, time: timeMs, iterations, warmup: timeMs > 0, throws: true })
  for (const { name, run } of contestants) bench.add(name, run)
  await bench.run()
  for (const { name, result } of bench.tasks) {
    if (result.state !== 'completed') throw new Error(`${name} was not measured: ${result.state}`)
    const speed = (/** @type {number} */ ms) => (rows / 1000 / ms).toFixed(1).padStart(8)
    console.log(`${name.padEnd(10)} best ${speed(result.latency.min)}   median ${speed(result.latency.p50)}`)
  }
}
