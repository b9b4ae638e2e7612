import { concatBatches } from '@fletching/kernels/concat'
import { openRowGroupEncoder, type ParquetOptions, type RowGroup, type RowGroupEncoder } from '@fletching/parquet'
import type { RecordBatch, Schema } from 'apache-arrow'

/** Who makes the row groups of a table; several can be asked for at once. */
export interface TableEncoder {
  encode(batches: readonly RecordBatch[]): Promise<RowGroup>
}

/** One that works on this thread; `within` may look at what goes through the encoder of row groups. */
export async function openTableEncoder(
  schema: Schema,
  options: ParquetOptions,
  within: (encoder: RowGroupEncoder) => RowGroupEncoder = (encoder) => encoder,
): Promise<TableEncoder> {
  const encoder = within(await openRowGroupEncoder(schema, options))
  return { encode: async (batches) => encoder.encode(concatBatches(batches)) }
}
