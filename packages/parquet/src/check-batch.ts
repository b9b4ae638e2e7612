import { internal } from '@fletching/columns/errors'
import type { RecordBatch, Schema } from 'apache-arrow'

/**
 * Refuses a batch that cannot be a row group.
 *
 * - Errors: internal when it has another schema, no rows, or a null in a column that has none.
 */
export function checkBatch(schema: Schema, batch: RecordBatch): void {
  const [wanted, given] = [schema, batch.schema].map(textOf)
  if (given !== wanted) throw internal(`a row group of ${wanted} was given a batch of ${given}`)
  for (const [column, { name, nullable }] of schema.fields.entries()) {
    const { nullCount } = batch.data.children[column]
    if (!nullable && nullCount > 0) throw internal(`column ${name} has no nulls, but a batch came with ${nullCount}`)
  }
  if (batch.numRows === 0) throw internal('a row group without rows cannot be encoded')
}

function textOf(schema: Schema): string {
  return schema.fields.map(({ name, type }) => `${name} ${String(type)}`).join(', ')
}
