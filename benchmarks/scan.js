#!/usr/bin/env node
// @ts-check
// The scanner next to what one would write without it: split the text at line ends, JSON.parse each line, push what is wanted.
// Both read the same seeded events from memory, turn by turn, and must find the same rows before their times count.
import { createHash } from 'node:crypto'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { generateObjects } from '@fletching/gen'
import { NdjsonDecoder } from '@fletching/ndjson'

const SIZES = { smoke: { bytes: 2_000_000, runs: 2 }, full: { bytes: 200_000_000, runs: 7 } }
const { values } = parseArgs({
  options: { size: { type: 'string', default: 'full' }, seed: { type: 'string', default: '1' } },
})
const size = SIZES[/** @type {keyof typeof SIZES} */ (values.size)]
if (size === undefined) throw new Error(`--size got "${values.size}"; expected ${Object.keys(SIZES).join(' or ')}`)

const WANTED = ['Product Added', 'Order Completed', 'Product Clicked']
const CHUNK_BYTES = 256 * 1024

/** @type {import('@fletching/ndjson').ScanType} */
const id = { kind: 'utf8', numbers: 'text', lineBreaks: 'unfit', empty: 'null' }
/** @type {import('@fletching/ndjson').ScanSpec} */
const spec = {
  columns: [
    { name: 'userId', path: ['userId'], type: id, required: false, unfit: 'setAside', output: true },
    {
      name: 'event',
      path: ['event'],
      type: { kind: 'dictionary', numbers: 'unfit', lineBreaks: 'keep', empty: 'null' },
      required: false,
      unfit: 'null',
      output: true,
    },
    { name: 'sku', path: ['properties', 'sku'], type: id, required: false, unfit: 'setAside', output: true },
    {
      name: 'timestamp',
      path: ['timestamp'],
      type: { kind: 'timestamp' },
      required: true,
      unfit: 'setAside',
      output: true,
    },
  ],
  steps: [
    { predicate: { op: 'isIn', column: 1, values: WANTED }, reason: 'event not wanted' },
    { predicate: { op: 'isNotNull', column: 0 }, reason: 'userId missing' },
    { predicate: { op: 'isNotNull', column: 2 }, reason: 'sku missing' },
  ],
}

/** @param {Uint8Array} bytes */
function scan(bytes) {
  const decoder = new NdjsonDecoder(spec)
  const batches = []
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
    batches.push(...decoder.push(bytes.subarray(at, at + CHUNK_BYTES)))
  batches.push(...decoder.flush())
  return batches
}

/** @param {Uint8Array} bytes */
function parse(bytes) {
  const rows = []
  // In pieces that end at line ends, since a string has a limit.
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.lastIndexOf(0x0a, at + 64_000_000) + 1 || bytes.length
    for (const line of Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at)
      .toString()
      .split('\n')) {
      if (line === '') continue
      const event = JSON.parse(line)
      const sku = event.properties?.sku
      if (WANTED.includes(event.event) && event.userId && sku)
        rows.push([event.userId, event.event, sku, Date.parse(event.timestamp)])
    }
    at = end
  }
  return rows
}

/** @param {Iterable<unknown>} rows */
function digest(rows) {
  const hash = createHash('sha256')
  for (const row of rows) hash.update(`${JSON.stringify(row)}\n`)
  return hash.digest('hex')
}

/** @param {ReturnType<typeof scan>} batches */
function* rowsOf(batches) {
  for (const { batch } of batches) {
    const columns = ['userId', 'event', 'sku', 'timestamp'].map((name) => batch.getChild(name))
    for (let row = 0; row < batch.numRows; row++) yield columns.map((column) => column?.get(row))
  }
}

const objects = [...generateObjects({ seed: Number(values.seed), bytes: size.bytes, traps: 0, gzip: false })]
const bytes = Buffer.concat(objects.map((object) => object.bytes))
const lines = objects.reduce((sum, object) => sum + object.lines, 0)
const expected = digest(parse(bytes))
const got = digest(rowsOf(scan(bytes)))
if (got !== expected) throw new Error(`the rows differ: ${got} and ${expected}`)

/** @type {{ name: string, run: (bytes: Uint8Array) => unknown, times: number[] }[]} */
const contestants = [
  { name: 'scan', run: scan, times: [] },
  { name: 'JSON.parse', run: parse, times: [] },
]
for (let run = 0; run < size.runs; run++) {
  for (const { run: work, times } of contestants) {
    const before = process.cpuUsage()
    work(bytes)
    const { user, system } = process.cpuUsage(before)
    times.push((user + system) / 1e6)
  }
}

const speed = (/** @type {number} */ seconds) => bytes.length / 1e6 / seconds
const sorted = contestants.map(({ name, times }) => ({ name, times: times.toSorted((a, b) => a - b) }))
console.log(
  `${cpus()[0].model}, Node ${process.versions.node}; ${(bytes.length / 1e6).toFixed(0)} MB, ${lines} lines, seed ${values.seed}, ${size.runs} runs each, CPU time`,
)
console.log(`rows ${expected.slice(0, 16)}, the same from both`)
for (const { name, times } of sorted) {
  const median = times[times.length >> 1]
  console.log(
    `${name.padEnd(12)} best ${speed(times[0]).toFixed(0).padStart(5)} MB/s   median ${speed(median).toFixed(0).padStart(5)} MB/s`,
  )
}
console.log(`ratio of the medians ${(sorted[1].times[size.runs >> 1] / sorted[0].times[size.runs >> 1]).toFixed(1)}`)
