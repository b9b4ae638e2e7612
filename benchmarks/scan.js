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
const wide = [
  ...narrow,
  column('messageId', id),
  column('anonymousId', id),
  column('type', word),
  column('properties.name', id),
  column('properties.position', { kind: 'float64' }),
  column('context.ip', id),
  column('context.page.path', word),
  column('context.library.version', word),
]

/** @type {import('@fletching/ndjson').ScanType} */
const text = { kind: 'utf8', numbers: 'text', lineBreaks: 'keep', empty: 'keep' }
/** @type {import('@fletching/ndjson').ScanType} */
const name = { kind: 'dictionary', numbers: 'unfit', lineBreaks: 'keep', empty: 'keep' }
/** @type {import('@fletching/ndjson').ScanType} */
const number = { kind: 'float64' }
/** @type {import('@fletching/ndjson').ScanType} */
const truth = { kind: 'bool' }
/** @type {(type: import('@fletching/ndjson').ScanType, keys: string) => Record<string, import('@fletching/ndjson').ScanType>} */
const all = (type, keys) => Object.fromEntries(keys.split(', ').map((key) => [key, type]))
/** @type {(fields: Record<string, import('@fletching/ndjson').ScanType>) => import('@fletching/ndjson').ScanType} */
const struct = (fields) => ({
  kind: 'struct',
  fields: Object.entries(fields).map(([key, type]) => ({ name: key, key, type, unfit: 'null' })),
})

/** All that the events hold, and more: 100 values of a line, and eight of each product. */
const full = Object.entries({
  ...all(text, 'messageId, anonymousId, userId, name, groupId, previousId, version'),
  ...all(name, 'type, event, channel, projectId, writeKey'),
  ...all({ kind: 'timestamp' }, 'originalTimestamp, sentAt, receivedAt, timestamp'),
  integrations: struct({ All: truth, 'Google Analytics': struct({ clientId: text }) }),
  context: struct({
    ...all(text, 'ip, userAgent'),
    locale: name,
    library: struct(all(name, 'name, version')),
    page: struct(all(text, 'path, referrer, search, title, url')),
    campaign: struct(all(name, 'name, source, medium, content, Campaign Name')),
  }),
  properties: struct({
    ...all(text, 'product_id, sku, name, category, price, quantity, revenue, path, referrer, search, title, url'),
    ...all(text, 'order_id, image_url, query, content_asset_id, cart_id, product_name, product_category'),
    ...all(name, 'brand, coupon, Feed Type, currency, Invited User?, plan, City, method, list_id, checkout_id'),
    ...all(number, 'variation, position, total, shipping, tax, results, discount, value, step'),
    full_screen: truth,
    products: {
      kind: 'list',
      item: {
        type: struct({ ...all(text, 'product_id, sku, name, brand, category, price, image_url'), quantity: number }),
        unfit: 'null',
      },
    },
  }),
  traits: struct({
    ...all(text, 'firstName, Last Name, email, createdAt, Company / Organisation, lifetime value ($), name, URL, Url'),
    ...all(text, 'Plan Type?, utm.source, username, phone'),
    ...all(number, 'age, employees, größe'),
    'Invited User?': truth,
    address: struct(all(text, 'city, postalCode, street, state, country')),
  }),
}).map(([key, type]) => ({ ...column(key, type), path: [key] }))

/** @type {import('@fletching/ndjson').ScanSpec['steps']} */
const steps = [
  { predicate: { op: 'isIn', column: 0, values: WANTED }, reason: 'event not wanted', tallyColumn: 0 },
  { predicate: { op: 'isNotNull', column: 1 }, reason: 'userId missing' },
  { predicate: { op: 'isNotNull', column: 2 }, reason: 'sku missing' },
]

const plans = {
  'of 4 paths': { columns: narrow, steps },
  'of 12 paths': { columns: wide, steps },
  'of full width': { columns: full, steps: [] },
}

/** @type {(scanner: 'wasm' | 'ts') => (bytes: Uint8Array, plan: import('@fletching/ndjson').ScanSpec) => import('@fletching/ndjson').DecodedBatch[]} */
const scanWith = (scanner) => (bytes, plan) => {
  const decoder = new NdjsonDecoder(plan, { scanner })
  const batches = []
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
    batches.push(...decoder.push(bytes.subarray(at, at + CHUNK_BYTES)))
  batches.push(...decoder.flush())
  return batches
}

/** What one would write to have a value of a type, of which null is another. @type {(type: import('@fletching/ndjson').ScanType) => (value: any) => any} */
function converter(type) {
  switch (type.kind) {
    case 'timestamp':
      return Date.parse
    case 'float64':
      return (value) => (typeof value === 'number' ? value : null)
    case 'bool':
      return (value) => (typeof value === 'boolean' ? value : null)
    case 'struct': {
      const fields = type.fields.map((field) => /** @type {const} */ ([field.name, converter(field.type)]))
      return (value) => {
        if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
        /** @type {Record<string, unknown>} */
        const struct = {}
        for (const [key, convert] of fields) struct[key] = convert(value[key])
        return struct
      }
    }
    case 'list': {
      const item = converter(type.item.type)
      return (value) => (Array.isArray(value) ? value.map(item) : null)
    }
    default:
      return (value) => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null)
  }
}

/** @type {(bytes: Uint8Array, plan: import('@fletching/ndjson').ScanSpec) => unknown[][]} */
function parse(bytes, { columns, steps }) {
  /** @type {unknown[][]} */
  const rows = []
  const getters = columns.map(({ path, type }) => {
    /** @param {any} event */
    const get = (event) => {
      let value = event
      for (const key of path) value = value?.[key]
      return value
    }
    const convert = converter(type)
    return (/** @type {any} */ event) => convert(get(event))
  })
  for (const line of linesOf(bytes)) {
    const event = JSON.parse(line)
    if (steps.length === 0 || (WANTED.includes(event.event) && event.userId && event.properties?.sku))
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

/** @type {(batches: import('@fletching/ndjson').DecodedBatch[], plan: import('@fletching/ndjson').ScanSpec) => Generator<unknown[]>} */
function* rowsOf(batches, { columns }) {
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
  for (const [name, plan] of Object.entries(plans)) {
    const expected = digest(parse(bytes, plan))
    for (const scanner of /** @type {const} */ (['wasm', 'ts'])) {
      const got = digest(rowsOf(scanWith(scanner)(bytes, plan), plan))
      if (got !== expected)
        throw new Error(`the rows of ${scanner} differ with ${form} ${name}: ${got} and ${expected}`)
    }
    /** @type {number[][]} */
    const times = contestants.map(() => [])
    for (let run = 0; run < size.runs; run++) {
      for (const [number, { run: work }] of contestants.entries()) {
        const before = process.cpuUsage()
        work(bytes, plan)
        const { user, system } = process.cpuUsage(before)
        times[number].push((user + system) / 1e6)
      }
    }
    console.log(
      `\n${form}, ${name}: ${(bytes.length / 1e6).toFixed(1)} MB, rows ${expected.slice(0, 16)}, the same from all`,
    )
    for (const [number, { name }] of contestants.entries()) {
      const sorted = times[number].toSorted((a, b) => a - b)
      const speeds = [sorted[0], sorted[sorted.length >> 1]].map((seconds) => bytes.length / 1e6 / seconds)
      const [best, median] = speeds.map((speed) => speed.toFixed(0).padStart(5))
      console.log(`  ${name.padEnd(12)} best ${best} MB/s   median ${median} MB/s`)
    }
  }
}
