import { internal } from '@fletching/columns/errors'
import type { RecordBatch, Schema } from 'apache-arrow'

/**
 * Counts the rows of batches that are to be one row group.
 *
 * - Errors: internal when a batch has another schema, or a null in a column that has none.
 */
export function checkBatches(schema: Schema, batches: readonly RecordBatch[]): number {
  const wanted = textOf(schema)
  let rows = 0
  for (const batch of batches) {
    const given = textOf(batch.schema)
    if (given !== wanted) throw internal(`a row group of ${wanted} was given a batch of ${given}`)
    for (const [column, { name, nullable }] of schema.fields.entries()) {
      const { nullCount } = batch.data.children[column]
      if (!nullable && nullCount > 0) throw internal(`column ${name} has no nulls, but a batch came with ${nullCount}`)
    }
    rows += batch.numRows
  }
  if (rows === 0) throw internal('a row group without rows cannot be encoded')
  return rows
}

function textOf(schema: Schema): string {
  return schema.fields.map(({ name, type }) => `${name} ${String(type)}`).join(', ')
}
