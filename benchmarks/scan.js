#!/usr/bin/env node
// @ts-check
// Both scanners next to what one would write without them: split the text at line ends, JSON.parse each line, push what is wanted. All read
// the same seeded events from memory, turn by turn, and must find the same rows before their times count.
import { createHash } from 'node:crypto'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { generateObjects } from '@fletching/gen'
import { NdjsonDecoder } from '@fletching/ndjson'

const SIZES = { smoke: { bytes: 500_000, runs: 1 }, full: { bytes: 64_000_000, runs: 7 } }
const { values } = parseArgs({
  options: { size: { type: 'string', default: 'full' }, seed: { type: 'string', default: '1' } },
})
const size = SIZES[/** @type {keyof typeof SIZES} */ (values.size)]
if (size === undefined) throw new Error(`--size got "${values.size}"; expected ${Object.keys(SIZES).join(' or ')}`)

const WANTED = ['Product Added', 'Order Completed', 'Product Clicked']
const CHUNK_BYTES = 256 * 1024

/** @type {import('@fletching/ndjson').ScanType} */
const id = { kind: 'utf8', numbers: 'text', lineBreaks: 'unfit', empty: 'null' }
/** @type {import('@fletching/ndjson').ScanType} */
const word = { kind: 'dictionary', numbers: 'unfit', lineBreaks: 'keep', empty: 'null' }
/** @type {(path: string, type: import('@fletching/ndjson').ScanType) => import('@fletching/ndjson').ScanColumn} */
const column = (path, type) => ({
  name: path,
  path: path.split('.'),
  type,
  required: false,
  unfit: 'null',
  output: true,
})

const narrow = [
  column('event', word),
  column('userId', id),
  column('properties.sku', id),
  column('timestamp', { kind: 'timestamp' }),
]
const plans = {
  'of 4 paths': narrow,
  'of 12 paths': [
    ...narrow,
    column('messageId', id),
    column('anonymousId', id),
    column('type', word),
    column('properties.name', id),
    column('properties.position', { kind: 'float64' }),
    column('context.ip', id),
    column('context.page.path', word),
    column('context.library.version', word),
  ],
}

/** @type {import('@fletching/ndjson').ScanSpec['steps']} */
const steps = [
  { predicate: { op: 'isIn', column: 0, values: WANTED }, reason: 'event not wanted', tallyColumn: 0 },
  { predicate: { op: 'isNotNull', column: 1 }, reason: 'userId missing' },
  { predicate: { op: 'isNotNull', column: 2 }, reason: 'sku missing' },
]

/** @type {(scanner: 'wasm' | 'ts') => (bytes: Uint8Array, columns: typeof narrow) => import('@fletching/ndjson').DecodedBatch[]} */
const scanWith = (scanner) => (bytes, columns) => {
  const decoder = new NdjsonDecoder({ columns, steps }, { scanner })
  const batches = []
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
    batches.push(...decoder.push(bytes.subarray(at, at + CHUNK_BYTES)))
  batches.push(...decoder.flush())
  return batches
}

/** @type {(bytes: Uint8Array, columns: typeof narrow) => unknown[][]} */
function parse(bytes, columns) {
  /** @type {unknown[][]} */
  const rows = []
  const getters = columns.map(({ path, type }) => {
    /** @param {any} event */
    const get = (event) => {
      let value = event
      for (const key of path) value = value?.[key]
      return value
    }
    /** @param {any} event */
    const moment = (event) => Date.parse(get(event))
    return type.kind === 'timestamp' ? moment : get
  })
  for (const line of linesOf(bytes)) {
    const event = JSON.parse(line)
    if (WANTED.includes(event.event) && event.userId && event.properties?.sku)
      rows.push(getters.map((get) => get(event)))
  }
  return rows
}

/** @param {Uint8Array} bytes */
function* linesOf(bytes) {
  // In pieces that end at line ends, since a string has a limit.
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.lastIndexOf(0x0a, at + CHUNK_BYTES) + 1 || bytes.length
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString()
    for (const line of text.split('\n')) if (line !== '') yield line
    at = end
  }
}

/** @type {(rows: Iterable<unknown[]>) => string} */
function digest(rows) {
  const hash = createHash('sha256')
  // No value is null in both, and so is the empty text in a column that takes it for none.
  for (const row of rows)
    hash.update(`${JSON.stringify(row.map((value) => (value === '' ? null : (value ?? null))))}\n`)
  return hash.digest('hex')
}

/** @type {(batches: import('@fletching/ndjson').DecodedBatch[], columns: typeof narrow) => Generator<unknown[]>} */
function* rowsOf(batches, columns) {
  for (const { batch } of batches) {
    const vectors = columns.map(({ name }) => batch.getChild(name))
    for (let row = 0; row < batch.numRows; row++) yield vectors.map((vector) => vector?.get(row))
  }
}

/** @type {(seed: number) => (bound: number) => number} */
function below(seed) {
  let state = seed
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}

/** Rewrites each line. @type {(bytes: Uint8Array, write: (event: any) => string) => Uint8Array} */
const rewrite = (bytes, write) =>
  Buffer.concat(Array.from(linesOf(bytes), (line) => Buffer.from(`${write(JSON.parse(line))}\n`)))

/** @type {(value: any, random: (bound: number) => number) => any} */
function shuffled(value, random) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const members = Object.entries(value).map(([key, inner]) => [key, shuffled(inner, random)])
  for (let i = members.length - 1; i > 0; i--) {
    const j = random(i + 1)
    const member = members[i]
    members[i] = members[j]
    members[j] = member
  }
  return Object.fromEntries(members)
}

const objects = [...generateObjects({ seed: Number(values.seed), bytes: size.bytes, traps: 0, gzip: false })]
const events = Buffer.concat(objects.map((object) => object.bytes))
const random = below(Number(values.seed))
const forms = {
  'keys in a fixed order': events,
  'keys shuffled per line': rewrite(events, (event) => JSON.stringify(shuffled(event, random))),
  'spaces between tokens': rewrite(events, (event) =>
    JSON.stringify(event, null, 1).replace(/\n */g, ' ').replace(/^{ /, '{').replace(/ }$/, '}'),
  ),
  'letters beyond ASCII': rewrite(events, (event) =>
    JSON.stringify(event, (key, value) =>
      /^(event|timestamp|type)$/.test(key) || typeof value !== 'string' ? value : value.replace(/[aeo]/g, 'é'),
    ),
  ),
}

const contestants = [
  { name: 'wasm', run: scanWith('wasm') },
  { name: 'ts', run: scanWith('ts') },
  { name: 'JSON.parse', run: parse },
]
const lines = objects.reduce((sum, object) => sum + object.lines, 0)
console.log(
  `${cpus()[0].model}, Node ${process.versions.node}; ${lines} lines, seed ${values.seed}, ${size.runs} runs each, CPU time`,
)
for (const [form, bytes] of Object.entries(forms)) {
  for (const [plan, columns] of Object.entries(plans)) {
    const expected = digest(parse(bytes, columns))
    for (const scanner of /** @type {const} */ (['wasm', 'ts'])) {
      const got = digest(rowsOf(scanWith(scanner)(bytes, columns), columns))
      if (got !== expected)
        throw new Error(`the rows of ${scanner} differ with ${form} ${plan}: ${got} and ${expected}`)
    }
    /** @type {number[][]} */
    const times = contestants.map(() => [])
    for (let run = 0; run < size.runs; run++) {
      for (const [number, { run: work }] of contestants.entries()) {
        const before = process.cpuUsage()
        work(bytes, columns)
        const { user, system } = process.cpuUsage(before)
        times[number].push((user + system) / 1e6)
      }
    }
    console.log(
      `\n${form}, ${plan}: ${(bytes.length / 1e6).toFixed(1)} MB, rows ${expected.slice(0, 16)}, the same from all`,
    )
    for (const [number, { name }] of contestants.entries()) {
      const sorted = times[number].toSorted((a, b) => a - b)
      const speeds = [sorted[0], sorted[sorted.length >> 1]].map((seconds) => bytes.length / 1e6 / seconds)
      const [best, median] = speeds.map((speed) => speed.toFixed(0).padStart(5))
      console.log(`  ${name.padEnd(12)} best ${best} MB/s   median ${median} MB/s`)
    }
  }
}
