import { randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { writtenSchema } from '../src/operators.ts'
import { Pipeline } from '../src/pipeline.ts'
import { rowsIn } from '../src/row-ranges.ts'
import { partsOf } from '../src/table-part.ts'
import { packBody, type ScannedMessage, spillForm, unpackBody } from '../src/worker-messages.ts'
import { clickLines, clicksPlan } from './clicks.ts'
import {
  batchOfPart,
  memoryOf,
  numberedBatch,
  numberedRows,
  numberedSchema,
  randomNumberedRows,
} from './table-parts.ts'

describe('a message', () => {
  it.each(Array.from({ length: 20 }, (_, i) => testSeed + i))(
    'comes back from a file with the same rows, each part with its own memory (FLETCHING_SEED=%i)',
    (seed) => {
      const random = randomFrom(seed)
      const batch = numberedBatch(randomNumberedRows(random, 1 + random.below(300), random.pick([2, 200])))
      const parts = partsOf(batch, ['day'], false)
      const csv = { format: 'csv', bytes: Buffer.from('a,b\n'), rows: 1, lineBreaksReplaced: 0 } as const
      const { transfer: _, ...packed } = packBody({ parts: [csv, { format: 'parquet', parts }], rejects: [] })
      const message: ScannedMessage = { kind: 'morsel', unit: 0, index: 0, ...packed }
      const schemas = [numberedSchema, numberedSchema]
      const form = spillForm(schemas)
      const read = form.read(form.write(message)) as typeof message
      const [line, table] = unpackBody(read, { sinks: schemas, undecided: undefined }).parts
      expect(line).toEqual(csv)
      const found = table.format === 'parquet' ? table.parts : []
      const rowsOf = (part: (typeof parts)[number]) => numberedRows(batchOfPart(part, numberedSchema))
      expect(found.map(rowsOf)).toEqual(parts.map(rowsOf))
      const told = ({ folder, ranges, byteLength }: (typeof parts)[number]) => ({ folder, ranges, byteLength })
      expect(found.map(told)).toEqual(parts.map(told))
      for (const { content, ranges } of found) {
        if (content instanceof Uint8Array) expect(content.byteLength).toBe(content.buffer.byteLength)
        else expect(content.numRows).toBe(rowsIn(ranges))
      }
      const memory = found.flatMap(memoryOf)
      expect(new Set(memory).size).toBe(memory.length)
    },
  )

  it('without rows comes back from a file as it was', () => {
    const form = spillForm([])
    const message: ScannedMessage = { kind: 'ended', unit: 3, ended: { objects: [], remarks: {} as never } }
    expect(form.read(form.write(message))).toEqual(message)
  })

  it('moves to another thread with all of its memory, of which no two tables have the same', () => {
    const clicks = clicksPlan()
    const plan = { ...clicks, sinks: [clicks.sinks[1], clicks.sinks[0], clicks.sinks[1]] }
    const schemas = { sinks: plan.sinks.map(writtenSchema), undecided: undefined }
    const pipeline = new Pipeline(plan)
    pipeline.start(0, 'a')
    const bodies = pipeline.push(Buffer.from(clickLines(3000)))
    pipeline.end(0)
    bodies.push(...pipeline.flush())
    for (const body of bodies) {
      const tables = body.parts.map((part) => (part.format === 'parquet' ? part.parts : []))
      const memory = tables.flat().flatMap(memoryOf)
      expect(new Set(memory).size).toBe(memory.length)
      const rowsOf = (sink: number) => (part: (typeof tables)[number][number]) =>
        batchOfPart(part, schemas.sinks[sink]).toArray().map(String)
      const expected = tables[0].map(rowsOf(0))
      const { transfer, ...packed } = packBody(body)
      const moved = unpackBody(structuredClone(packed, { transfer }), schemas)
      for (const sink of [0, 2]) {
        const part = moved.parts[sink]
        expect(part.format === 'parquet' ? part.parts.map(rowsOf(sink)) : []).toEqual(expected)
      }
      expect(memory.every(({ byteLength }) => byteLength === 0)).toBe(true)
    }
  })
})
