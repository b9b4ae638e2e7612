import { openRowGroupEncoder, type ParquetOptions, type RowGroupEncoder } from '@fletching/parquet'
import type { Schema } from 'apache-arrow'
import { joinRows } from './batch-rows.ts'

/** The encoder of a table; writers of others want one batch, which is made for them here. */
export async function openTableEncoder(schema: Schema, options: ParquetOptions): Promise<RowGroupEncoder> {
  const encoder = await openRowGroupEncoder(schema, options)
  if (options.writer === 'fletching') return encoder
  return { encode: async (rows) => encoder.encode([{ batch: joinRows(rows) }]) }
}
