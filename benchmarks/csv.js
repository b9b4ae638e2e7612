#!/usr/bin/env node
// @ts-check
// The CSV encoder next to the loop that one would write: strings, joined. Each runs in a process of its own, turn by turn, where the first batch
// shows what starting costs and the later ones what a row does; both must give the same bytes before their times count.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { CsvEncoder } from '@fletching/csv'
import {
  Dictionary,
  Field,
  Int32,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'

const ROWS = 16_384
const SIZES = { smoke: { batches: 2, runs: 1 }, full: { batches: 200, runs: 9 } }
const { values } = parseArgs({
  options: { size: { type: 'string', default: 'full' }, contestant: { type: 'string' } },
})
const size = SIZES[/** @type {keyof typeof SIZES} */ (values.size)]
if (size === undefined) throw new Error(`--size got "${values.size}"; expected ${Object.keys(SIZES).join(' or ')}`)

/** @type {Record<string, (batch: RecordBatch) => Uint8Array>} */
const contestants = {
  CsvEncoder: (batch) => new CsvEncoder(batch.schema, { dialect: 'personalize' }).encode(batch),
  strings: (batch) => {
    const columns = batch.schema.fields.map((_, column) => batch.getChildAt(column))
    let text = ''
    for (let row = 0; row < batch.numRows; row++) {
      text += `${columns.map((column) => fieldOf(column?.get(row))).join(',')}\n`
    }
    return new TextEncoder().encode(text)
  },
}

/** @param {string | bigint | null} value */
function fieldOf(value) {
  if (typeof value !== 'string') return value === null ? '' : String(value)
  const line = value.replaceAll(/\r\n|\r|\n/g, ' ')
  return /[",\\]|^[ \t]|[ \t]$/.test(line) ? `"${line.replaceAll(/["\\]/g, '\\$&')}"` : line
}

/** Rows as those of the main job. */
function interactions() {
  const names = ['Product Added', 'Order Completed', 'Product Clicked']
  const items = ['sneakers-27', 'dark-denim-top', 'leather-loafers', 'red-cherry-knot-scarf']
  const rows = Array.from({ length: ROWS }, (_, row) => row)
  const columns = {
    USER_ID: vectorFromArray(
      rows.map((row) => String(9_254_558_480 + ((row * 7919) % 1_000_003))),
      new Utf8(),
    ),
    ITEM_ID: vectorFromArray(
      rows.map((row) => `${items[row % 4]}-${(row * 31) % 977}`),
      new Utf8(),
    ),
    EVENT_TYPE: vectorFromArray(
      rows.map((row) => names[(row * 7) % 3]),
      new Dictionary(new Utf8(), new Int32()),
    ),
    TIMESTAMP: vectorFromArray(
      rows.map((row) => 1_558_188_202n + BigInt(row)),
      new Int64(),
    ),
  }
  const fields = Object.entries(columns).map(([name, { type }]) => new Field(name, type, true))
  const children = Object.values(columns).map(({ data }) => data[0])
  return new RecordBatch(
    new Schema(fields),
    makeData({ type: new Struct(fields), length: ROWS, nullCount: 0, children }),
  )
}

/**
 * What one contestant needs in this process, in milliseconds of CPU time, all threads of the compiler included.
 *
 * @param {(batch: RecordBatch) => Uint8Array} encode
 */
function measure(encode) {
  const batch = interactions()
  const spent = (/** @type {() => void} */ work) => {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  }
  const hash = createHash('sha256')
  const first = spent(() => hash.update(encode(batch)))
  // Half of the batches make it warm.
  for (let run = 0; run < size.batches / 2; run++) encode(batch)
  const warm = spent(() => {
    for (let run = 0; run < size.batches / 2; run++) encode(batch)
  })
  return { first, warm: warm / (size.batches / 2), digest: hash.digest('hex') }
}

if (values.contestant !== undefined) console.log(JSON.stringify(measure(contestants[values.contestant])))
else {
  /** @type {Map<string, ReturnType<typeof measure>[]>} */
  const runs = new Map(Object.keys(contestants).map((name) => [name, []]))
  for (let run = 0; run < size.runs; run++) {
    for (const [name, results] of runs) {
      const options = ['--size', values.size, '--contestant', name]
      results.push(JSON.parse(execFileSync(process.execPath, [import.meta.filename, ...options], { encoding: 'utf8' })))
    }
  }
  const digests = new Set([...runs.values()].flatMap((results) => results.map(({ digest }) => digest)))
  if (digests.size > 1) throw new Error(`the bytes differ: ${[...digests].join(', ')}`)

  console.log(
    `${cpus()[0].model}, Node ${process.versions.node}; ${ROWS} rows a batch, ${size.runs} runs each, CPU time`,
  )
  console.log(`bytes ${[...digests][0].slice(0, 16)}, the same from all`)
  for (const [name, results] of runs) {
    const range = (/** @type {number[]} */ times, /** @type {(time: number) => string} */ print) => {
      const sorted = times.toSorted((a, b) => a - b)
      return `best ${print(sorted[0])}   median ${print(sorted[sorted.length >> 1])}`
    }
    const first = range(
      results.map((result) => result.first),
      (time) => `${time.toFixed(1).padStart(5)} ms`,
    )
    const warm = range(
      results.map((result) => result.warm),
      (time) => `${((time * 1e6) / ROWS).toFixed(0).padStart(5)} ns a row`,
    )
    console.log(`${name.padEnd(12)} first batch ${first}   later ${warm}`)
  }
}
