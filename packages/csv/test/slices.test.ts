import { fuzzCases } from '@fletching/testing'
import {
  Dictionary,
  Field,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Utf8,
  Vector,
  vectorFromArray,
} from 'apache-arrow'
import { describe, expect, it, vi } from 'vitest'
import { CsvEncoder, csvDialects } from '../src/index.ts'
import { openWasmModule } from '../src/wasm-module.ts'
import { batchForms, batchOf, type Columns, csvOf, encode, type Value } from './batches.ts'
import { lineBreaksOf, oracle } from './oracle.ts'
import { type Random, randomColumns, randomOf } from './random-columns.ts'

const firstSeed = Number(process.env.FLETCHING_SEED ?? 20190518)
const count = process.env.FLETCHING_SEED === undefined ? fuzzCases(2) : 1
const seeds = Array.from({ length: count }, (_, index) => firstSeed + index)
/** What the module's memory begins with and comes back to. */
const KEPT_BYTES = 4 * 1024 * 1024

describe.each(csvDialects)('%s', (dialect) => {
  it.each(seeds)('agrees with the oracle on batches of many slices (FLETCHING_SEED=%i)', (seed) => {
    const random = randomOf(seed)
    const columns: Columns = {
      ...randomColumns(random, 8, 5000),
      // One that becomes twice as long where it is escaped, so that records do not fit behind their slice, and one whose texts are held once.
      long: ['text', longTexts(random, 5000, 4000)],
      large: ['dictionary', longTexts(random, 5000, 200)],
      last: ['text', longTexts(random, 5000, 40)],
    }
    const batch = batchOf(columns, () => batchForms[random(batchForms.length)])
    const { csv, lineBreaksReplaced } = encode([batch], dialect)
    expect(csv.length).toBeGreaterThan(2 * KEPT_BYTES)
    expect(csv === oracle(columns, dialect)).toBe(true)
    expect(lineBreaksReplaced).toBe(lineBreaksOf(columns, dialect))
    expect(openWasmModule().memory.buffer.byteLength).toBe(KEPT_BYTES)
  })

  it('takes a record that is longer than its memory, and gives the memory back', () => {
    const texts = ['a', `"\n${'x'.repeat(5_000_000)}`, null, '"\n'.repeat(1_000_000), 'é', 'y'.repeat(3_000_000)]
    const columns: Columns = {
      breaks: ['text', texts.map((_, row) => '\n'.repeat(row))],
      text: ['text', texts],
      code: ['dictionary', texts],
    }
    const { csv, lineBreaksReplaced } = encode([batchOf(columns)], dialect)
    expect(csv === oracle(columns, dialect)).toBe(true)
    expect(lineBreaksReplaced).toBe(lineBreaksOf(columns, dialect))
    expect(openWasmModule().memory.buffer.byteLength).toBe(KEPT_BYTES)
  })

  it('takes many columns', () => {
    const columns = randomColumns(randomOf(firstSeed), 3000, 20)
    expect(csvOf([batchOf(columns)], dialect)).toBe(oracle(columns, dialect))
  })
})

it('takes a text of 64 MiB', () => {
  const text = `"${'x'.repeat(64 * 1024 * 1024)}`
  const batch = batchOf({ a: ['text', ['b', text, 'c']] })
  const bytes = Buffer.from(new CsvEncoder(batch.schema, { dialect: 'rfc4180' }).encode(batch))
  expect(bytes.length).toBe(text.length + 3 + 3 * 2 + 2)
  expect(bytes.equals(Buffer.from(`b\r\n"""${text.slice(1)}"\r\nc\r\n`))).toBe(true)
})

it('gives memory back when there is none left', () => {
  const large = batchOf({ a: ['text', ['x'.repeat(10_000_000)]] })
  const encoder = new CsvEncoder(large.schema, { dialect: 'glue' })
  const grow = Reflect.get(WebAssembly.Memory.prototype, 'grow') as (this: WebAssembly.Memory, by: number) => number
  const spy = vi.spyOn(WebAssembly.Memory.prototype, 'grow').mockImplementation(function (
    this: WebAssembly.Memory,
    by,
  ) {
    if (this.buffer.byteLength > 2 * KEPT_BYTES) throw new RangeError('WebAssembly.Memory.grow(): no memory')
    return grow.call(this, by)
  })
  expect(() => encoder.encode(large)).toThrow(new RangeError('WebAssembly.Memory.grow(): no memory'))
  spy.mockRestore()
  expect(openWasmModule().memory.buffer.byteLength).toBe(KEPT_BYTES)
  expect(Buffer.from(encoder.encode(batchOf({ a: ['text', ['b']] }))).toString()).toBe('b\n')
})

it('takes batches without rows, and rows without columns', () => {
  const none = batchOf({ a: ['text', []], b: ['dictionary', []], c: ['bool', []], d: ['double', []] })
  expect(csvOf([none], 'glue')).toBe('a,b,c,d\n')
  const struct = makeData({ type: new Struct([]), length: 3, nullCount: 0, children: [] })
  expect(csvOf([new RecordBatch(new Schema([]), struct)], 'rfc4180')).toBe('\r\n'.repeat(4))
})

it.each([
  ['fewer rows than entries', 2],
  ['more rows than entries', 20],
])('takes a dictionary in pieces, with nulls: %s', (_, rows) => {
  const pieces = [['a', null], [], ['b"', null, 'c'], [null]].map((texts) => vectorFromArray(texts, new Utf8()).data[0])
  const numbers = Array.from({ length: rows }, (_, row) => (4 - row + rows) % 6)
  const dictionary = new Vector(pieces) as Vector<Utf8>
  const type = new Dictionary(new Utf8(), new Int32())
  const data = makeData({ type, length: rows, nullCount: 0, data: Int32Array.from(numbers), dictionary })
  const fields = [new Field('code', type, true)]
  const struct = makeData({ type: new Struct(fields), length: rows, nullCount: 0, children: [data] })
  const expected = numbers.map((number) => ['a', null, 'b"', null, 'c', null][number])
  expect(csvOf([new RecordBatch(new Schema(fields), struct)], 'athena-opencsv')).toBe(
    oracle({ code: ['text', expected] }, 'athena-opencsv'),
  )
})

/** Texts that are quoted, folded and escaped, at lengths where no border comes twice. */
function longTexts(random: Random, rows: number, lengthMax: number): Value[] {
  return Array.from({ length: rows }, () => {
    const piece = ['"', '\n', 'x', '\\', 'é', ' '][random(6)]
    return random(10) === 0 ? null : piece.repeat(random(lengthMax))
  })
}
