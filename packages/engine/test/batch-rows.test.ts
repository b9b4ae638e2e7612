import { sliceBatch } from '@fletching/columns'
import type { BatchRows, ParquetWriterName } from '@fletching/parquet'
import { type RecordBatch, tableFromArrays } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { joinRows } from '../src/batch-rows.ts'
import { openTableEncoder } from '../src/table-encoder.ts'
import { packRows, unpackRows } from '../src/worker-messages.ts'

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, row) => from + row)

function batchOf(from: number, count: number): RecordBatch {
  const rows = numbers(from, count)
  return tableFromArrays({ n: Int32Array.from(rows), t: rows.map((row) => `text ${row}`) }).batches[0]
}

const numbersOf = (batch: RecordBatch) => [...(batch.getChild('n') ?? [])]

describe('rows of batches', () => {
  it('become one batch', () => {
    const rows = [
      { batch: batchOf(0, 10), ranges: Int32Array.of(1, 3, 3, 4, 9, 10) },
      { batch: batchOf(10, 2) },
      { batch: sliceBatch(batchOf(20, 10), 5, 9), ranges: Int32Array.of(0, 0, 1, 3) },
    ]
    expect(numbersOf(joinRows(rows))).toEqual([1, 2, 3, 9, 10, 11, 26, 27])
    expect(() => joinRows([])).toThrow(/^INTERNAL: concat got no batch/)
  })

  it.each<ParquetWriterName>(['parquet-wasm', 'parquetjs-lite'])('are joined for %s', async (writer) => {
    const whole = batchOf(0, 30)
    const encoder = await openTableEncoder(whole.schema, { writer, compression: 'snappy' })
    const ranges = Int32Array.of(0, 5, 7, 20)
    const rows = [{ batch: whole, ranges }, { batch: sliceBatch(whole, 20, 30) }]
    const wanted = await encoder.encode([{ batch: joinRows(rows) }])
    expect(await encoder.encode(rows)).toEqual(wanted)
    expect(wanted.rows).toBe(28)
  })

  it('move to another thread, unless they are a part of others', () => {
    const sliced = batchOf(0, 10)
    const here: BatchRows[] = [
      { batch: batchOf(0, 3), ranges: Int32Array.of(1, 2) },
      { batch: sliceBatch(sliced, 0, 4) },
      { batch: sliceBatch(sliced, 4, 10), ranges: Int32Array.of(1, 3) },
    ]
    const { rows, transfer } = packRows(here)
    const there = unpackRows(structuredClone(rows, { transfer }), here[0].batch.schema)
    expect(numbersOf(joinRows(there))).toEqual([1, 0, 1, 2, 3, 5, 6])
    expect(here.map(({ batch }) => batch.data.children[0].values.length)).toEqual([0, 4, 6])
  })
})
