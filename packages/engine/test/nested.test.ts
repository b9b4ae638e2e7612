import { deserialize, serialize } from 'node:v8'
import { sliceBatch } from '@fletching/columns'
import { takeBatch } from '@fletching/kernels/take'
import { NdjsonDecoder } from '@fletching/ndjson'
import {
  bool,
  category,
  float64,
  int64,
  json,
  list,
  optimize,
  scanNdjson,
  schema,
  struct,
  text,
  timestamp,
  writeParquet,
} from '@fletching/plan'
import { type Random, randomFrom, testSeed } from '@fletching/testing'
import { DateDay, type RecordBatch, Utf8, vectorFromArray } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { HeldRows } from '../src/held-rows.ts'
import { jsonText } from '../src/json-text.ts'
import type { Undecided } from '../src/morsel.ts'
import { project, sinkSchema } from '../src/operators.ts'
import { lower } from '../src/physical.ts'
import { looseRows } from '../src/table-part.ts'
import { packUndecided, unpackUndecided } from '../src/worker-messages.ts'
import { batchOfRows } from './table-parts.ts'

const logs = schema('logs', {
  id: int64(),
  event: category(),
  p: struct({
    word: category(),
    at: timestamp(),
    yes: bool(),
    n: int64(),
    x: float64(),
    raw: json(),
    inner: struct({ tags: list(text()), deep: list(list(int64())) }),
    items: list(struct({ sku: text(), price: float64() })),
  }),
})
const frame = scanNdjson('in/', logs)

// biome-ignore lint/suspicious/noExplicitAny: rows of any columns
function planOf(rows: any) {
  const sink = writeParquet(rows, { to: 'out/' })
  return lower(optimize(sink === undefined ? [] : [sink]), {})
}

/** What a plan makes of lines, as its sink gets it. */
function projected(rows: unknown, lines: readonly string[]): RecordBatch {
  const plan = planOf(rows)
  const [{ columns }] = plan.sinks
  return project(scanned(rows, lines).batch, columns, sinkSchema(columns))
}

function scanned(rows: unknown, lines: readonly string[]) {
  const decoder = new NdjsonDecoder(planOf(rows).scan)
  const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''))
  const [batch] = [...decoder.push(bytes), ...decoder.flush()]
  return batch
}

/** The rows of a batch as JSON, by column. */
function rowsOf(batch: RecordBatch): string[] {
  return Array.from({ length: batch.numRows }, (_, row) => {
    const members = batch.data.children.map(
      (data, column) => `${batch.schema.fields[column].name} ${jsonText(data, row)}`,
    )
    return members.join(' ')
  })
}

const FULL =
  '{"id":1,"event":"e","p":{"word":"w","at":"2019-05-18T20:13:05.123Z","yes":true,"n":-9223372036854775808,"x":1.5,"raw":{"a": 1},"inner":{"tags":["ü\\n",null],"deep":[[1],[],null]},"items":[{"sku":"s"},null,{}]}}'

describe('a nested value', () => {
  it('is told as JSON', () => {
    const [row] = rowsOf(projected(frame, [FULL]))
    expect(row).toBe(
      'id 1 event "e" p {"word":"w","at":"2019-05-18T20:13:05.123Z","yes":true,"n":-9223372036854775808,"x":1.5,"raw":"{\\"a\\": 1}","inner":{"tags":["ü\\n",null],"deep":[[1],[],null]},"items":[{"sku":"s","price":null},null,{"sku":null,"price":null}]}',
    )
    expect(rowsOf(projected(frame, ['{}', '{"p":{}}']))).toEqual([
      'id null event null p null',
      'id null event null p {"word":null,"at":null,"yes":null,"n":null,"x":null,"raw":null,"inner":null,"items":null}',
    ])
    expect(jsonText(vectorFromArray([new Date('2019-05-18')], new DateDay()).data[0], 0)).toBe('"2019-05-18"')
    expect(jsonText(vectorFromArray(['\ufeffx'], new Utf8()).data[0], 0)).toBe('"\ufeffx"')
  })

  it('comes without the fields that were dropped, also where a filter looks at them', () => {
    const dropped = frame
      .filter((col) => col('p').isNotNull())
      .filter((col) => col('p.word').ne('no'))
      .dropFields('p.word', 'p.inner.deep', 'p.items', 'p.raw', 'event')
    expect(rowsOf(projected(dropped, [FULL, '{"p":{"word":"x","inner":{}}}']))).toEqual([
      'id 1 p {"at":"2019-05-18T20:13:05.123Z","yes":true,"n":-9223372036854775808,"x":1.5,"inner":{"tags":["ü\\n",null]}}',
      'id null p {"at":null,"yes":null,"n":null,"x":null,"inner":{"tags":null}}',
    ])
  })
})

describe('nested rows', () => {
  it.each(Array.from({ length: 10 }, (_, index) => testSeed + index))(
    'are the same after they were cut, taken, held, spilled and sent (FLETCHING_SEED=%i)',
    (seed) => {
      const random = randomFrom(seed)
      const lines = Array.from({ length: 1 + random.below(400) }, (_, id) => randomLine(random, id))
      const whole = projected(frame, lines)
      const rows = rowsOf(whole)

      const [start, end] = [random.below(whole.numRows), whole.numRows - random.below(2)].sort((a, b) => a - b)
      const cut = sliceBatch(sliceBatch(whole, start, whole.numRows), 0, end - start)
      expect(rowsOf(cut)).toEqual(rows.slice(start, end))
      const odd = Int32Array.from([...rows.keys()].filter((row) => row % 2 === 1))
      expect(rowsOf(takeBatch(whole, odd))).toEqual(rows.filter((_, row) => row % 2 === 1))

      const held = new HeldRows(whole.schema)
      for (let at = 0; at < whole.numRows; ) {
        const next = Math.min(whole.numRows, at + 1 + random.below(60))
        held.add({ rows: next - at, ...looseRows(sliceBatch(whole, at, next)) })
        at = next
      }
      expect(held.byteLength).toBeGreaterThan(0)
      expect(held.take().map(batchOfRows).flatMap(rowsOf)).toEqual(rows)

      const scan = scanned(frame, lines)
      const undecided: Undecided = { ...scan, objects: [{ index: 0, name: 'a' }] }
      const sent = unpackUndecided(deserialize(serialize(packUndecided(undecided))), scan.batch.schema)
      expect(rowsOf(sent.batch)).toEqual(rowsOf(scan.batch))
    },
  )
})

function randomLine(random: Random, id: number): string {
  const maybe = <T>(value: () => T) => (random.below(4) === 0 ? random.pick([null, undefined]) : value())
  const listOf = <T>(value: () => T) => Array.from({ length: random.below(4) }, () => maybe(value) ?? null)
  const word = () => random.pick(['', 'a', 'größe', 'POISON'])
  const p = () => ({
    word: maybe(word),
    at: maybe(() => '2019-05-18T20:13:05.123Z'),
    yes: maybe(() => random.below(2) === 0),
    n: maybe(() => random.below(1000)),
    x: maybe(() => random.below(1000) / 8),
    raw: maybe(() => ({ a: [random.below(9)] })),
    inner: maybe(() => ({
      tags: maybe(() => listOf(word)),
      deep: maybe(() => listOf(() => listOf(() => random.below(9)))),
    })),
    items: maybe(() => listOf(() => ({ sku: maybe(word), price: maybe(() => random.below(99) / 4) }))),
  })
  return JSON.stringify({ id, event: maybe(word), p: maybe(p) })
}
