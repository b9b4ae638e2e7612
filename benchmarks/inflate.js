#!/usr/bin/env node
// @ts-check
// Inflating gzip without waiting, next to the handle inside of Node's zlib streams, to the streams and to whole objects at once. All read the same seeded events from memory, turn by
// turn, and must give the same content before their times count.
import { createHash } from 'node:crypto'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { constants, createGunzip, createInflateRaw, gunzipSync } from 'node:zlib'
import { generateObjects } from '@fletching/gen'
import { Inflater, inflate, RawInflate } from '@fletching/storage'

const SIZES = { smoke: { bytes: 2_000_000, runs: 2 }, full: { bytes: 200_000_000, runs: 7 } }
const { values } = parseArgs({
  options: { size: { type: 'string', default: 'full' }, seed: { type: 'string', default: '1' } },
})
const size = SIZES[/** @type {keyof typeof SIZES} */ (values.size)]
if (size === undefined) throw new Error(`--size got "${values.size}"; expected ${Object.keys(SIZES).join(' or ')}`)

const STORED_BYTES = 32 * 1024

/** @param {Uint8Array} bytes */
function* pieces(bytes) {
  for (let at = 0; at < bytes.length; at += STORED_BYTES) yield bytes.subarray(at, at + STORED_BYTES)
}

/** @typedef {(content: Uint8Array) => void} Take */

/** What Node's zlib streams are made of, which is no public interface, in the place of `RawInflate`. */
class ZlibHandle {
  used = 0
  made = 0
  #stream = /** @type {any} */ (createInflateRaw())

  reset() {
    this.#stream._handle.reset()
  }

  /**
   * @param {Uint8Array} input
   * @param {number} start
   * @param {Uint8Array} output
   */
  run(input, start, output) {
    const count = input.length - start
    this.#stream._handle.writeSync(constants.Z_NO_FLUSH, input, start, count, output, 0, output.length)
    const [outputLeft, inputLeft] = this.#stream._writeState
    this.made = output.length - outputLeft
    this.used = count - inputLeft
  }
}

/**
 * @param {Uint8Array} stored
 * @param {Take} take
 * @param {RawInflate} raw
 */
function withoutWaiting(stored, take, raw) {
  const content = new Uint8Array(256 * 1024)
  const target = { room: () => content, filled: (/** @type {number} */ count) => take(content.subarray(0, count)) }
  const inflater = new Inflater('object', target, raw)
  for (const piece of pieces(stored)) inflater.push(piece)
  inflater.end()
}

const raw = new RawInflate()
const handle = /** @type {RawInflate} */ (/** @type {unknown} */ (new ZlibHandle()))

/** @type {Record<string, (stored: Uint8Array, take: Take) => void | Promise<void>>} */
const contestants = {
  'without waiting': (stored, take) => withoutWaiting(stored, take, raw),
  "zlib's handle": (stored, take) => withoutWaiting(stored, take, handle),
  'as it is asked for': async (stored, take) => {
    async function* source() {
      yield* pieces(stored)
    }
    for await (const content of inflate(source(), 'object')) take(content)
  },
  createGunzip: async (stored, take) => {
    const stream = createGunzip()
    stream.end(stored)
    for await (const content of stream) take(content)
  },
  gunzipSync: (stored, take) => take(gunzipSync(stored)),
}

const objects = [...generateObjects({ seed: Number(values.seed), bytes: size.bytes, traps: 0 })]
const uncompressedBytes = objects.reduce((sum, object) => sum + object.uncompressedBytes, 0)

/** @param {(stored: Uint8Array, take: Take) => void | Promise<void>} run */
async function digest(run) {
  const hash = createHash('sha256')
  for (const { bytes } of objects) await run(bytes, (content) => hash.update(content))
  return hash.digest('hex')
}

const [expected, ...others] = await Promise.all(Object.values(contestants).map(digest))
if (others.some((other) => other !== expected))
  throw new Error(`the contents differ: ${[expected, ...others].join(', ')}`)

/** @type {Map<string, number[]>} */
const times = new Map(Object.keys(contestants).map((name) => [name, []]))
for (let run = 0; run < size.runs; run++) {
  for (const [name, inflateAll] of Object.entries(contestants)) {
    const before = process.cpuUsage()
    for (const { bytes } of objects) await inflateAll(bytes, () => {})
    const { user, system } = process.cpuUsage(before)
    times.get(name)?.push((user + system) / 1e6)
  }
}

console.log(
  `${cpus()[0].model}, Node ${process.versions.node}; ${(uncompressedBytes / 1e6).toFixed(0)} MB in ${objects.length} objects, seed ${values.seed}, ${size.runs} runs each, CPU time`,
)
console.log(`content ${expected.slice(0, 16)}, the same from all`)
for (const [name, seconds] of times) {
  const sorted = seconds.toSorted((a, b) => a - b)
  const speed = (/** @type {number} */ time) => (uncompressedBytes / 1e6 / time).toFixed(0).padStart(5)
  console.log(`${name.padEnd(16)} best ${speed(sorted[0])} MB/s   median ${speed(sorted[size.runs >> 1])} MB/s`)
}
