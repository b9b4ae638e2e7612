import { internal } from '@fletching/columns/errors'
import type { RecordBatch, Schema } from 'apache-arrow'
import type { BatchRows } from './row-group.ts'

/**
 * The batch of which a writer that takes one alone makes a row group.
 *
 * - Errors: internal when it has another schema, no rows, or a null in a column that has none, or when there are several, or ranges of one.
 */
export function oneBatch(schema: Schema, [rows, ...others]: readonly BatchRows[]): RecordBatch {
  if (rows === undefined) throw noRows()
  const { batch, ranges } = rows
  if (others.length > 0 || ranges !== undefined) throw internal('a writer that takes one whole batch was given others')
  checkSchema(schema, batch)
  for (const [column, { name, nullable }] of schema.fields.entries()) {
    const { nullCount } = batch.data.children[column]
    if (!nullable && nullCount > 0) throw internal(`column ${name} has no nulls, but a batch came with ${nullCount}`)
  }
  if (batch.numRows === 0) throw noRows()
  return batch
}

/** - Errors: internal for a batch of another schema. */
export function checkSchema(schema: Schema, batch: RecordBatch): void {
  if (batch.schema === schema) return
  const [wanted, given] = [schema, batch.schema].map(textOf)
  if (given !== wanted) throw internal(`a row group of ${wanted} was given a batch of ${given}`)
}

export function noRows(): Error {
  return internal('a row group without rows cannot be encoded')
}

function textOf(schema: Schema): string {
  return schema.fields.map(({ name, type }) => `${name} ${String(type)}`).join(', ')
}
