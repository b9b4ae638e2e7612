import { packBatch, transfersOf } from '@fletching/columns'
import { concatBatches } from '@fletching/kernels/concat'
import { dictionaryEncode } from '@fletching/kernels/dictionary'
import type { BatchRows } from '@fletching/parquet'
import type { Random } from '@fletching/testing'
import { Field, Int32, makeData, RecordBatch, Schema, Struct, Utf8, vectorFromArray } from 'apache-arrow'
import { takeRanges } from '../src/row-ranges.ts'
import { type LooseRows, rowsOfPart, type TablePart } from '../src/table-part.ts'

/** Rows as a batch of their own. */
export function batchOfRows({ batch, ranges }: BatchRows): RecordBatch {
  return ranges === undefined ? batch : takeRanges(batch, ranges)
}

/** The rows of a part as a batch of their own. */
export function batchOfPart(part: TablePart, schema: Schema): RecordBatch {
  return batchOfRows(rowsOfPart(part, schema))
}

/** A row of a table: its number, two texts, of which one is held in a dictionary, and what parts it. */
export type NumberedRow = readonly [n: number, text: string | null, kind: string | null, day: string | null]

const fields = [
  new Field('day', new Utf8(), true),
  new Field('n', new Int32(), true),
  new Field('text', new Utf8(), true),
  new Field('kind', dictionaryEncode(vectorFromArray(['a'], new Utf8())).type, true),
]

/** Rows with neighbours of the same day, and texts of about so many bytes. */
export function randomNumberedRows(random: Random, length: number, textBytes: number): NumberedRow[] {
  const days = ['b', 'a', null, '', 'c'].slice(0, 1 + random.below(5))
  const often = random.pick([0, 1, 20])
  let day = days[0]
  return Array.from({ length }, (_, n) => {
    if (random.below(4) === 0) day = random.below(often + 1) === 0 ? random.pick(days) : days[0]
    const text = random.pick([null, '', `${n}`.padEnd(random.below(2 * textBytes), '.')])
    return [n, text, random.pick(['x', 'y', `${n}`, null]), day]
  })
}

/** The batch of such rows, with the column that parts them in front, and memory of its own. */
export function numberedBatch(rows: readonly NumberedRow[]): RecordBatch {
  const texts = [1, 2, 3].map((at) =>
    vectorFromArray(
      rows.map((row) => row[at] as string | null),
      new Utf8(),
    ),
  )
  const numbers = vectorFromArray(
    rows.map(([n]) => n),
    new Int32(),
  )
  const children = [texts[2], numbers, texts[0], dictionaryEncode(texts[1])].map(({ data }) => data[0])
  const data = makeData({ type: new Struct(fields), length: rows.length, nullCount: 0, children })
  return concatBatches([new RecordBatch(new Schema(fields), data)])
}

/** The schema of such rows without what parts them. */
export const numberedSchema = new Schema(fields.slice(1))

/** What `numberedBatch` was made of, without what parts the rows. */
export function numberedRows(batch: RecordBatch): readonly (readonly [number, string | null, string | null])[] {
  return batch.toArray().map((row) => [row.n, row.text, row.kind] as const)
}

/** The memory of loose rows that may move to another thread. */
export function memoryOf({ content }: LooseRows): ArrayBuffer[] {
  return content instanceof Uint8Array ? [content.buffer as ArrayBuffer] : memoryOfBatch(content)
}

export function memoryOfBatch(batch: RecordBatch): ArrayBuffer[] {
  return transfersOf(packBatch(batch)).filter(({ byteLength }) => byteLength > 0)
}
