import { addPlace } from '@fletching/columns/errors'
import { CsvDecoder } from '@fletching/csv'
import type { RecordBatch } from 'apache-arrow'
import type { InputOptions, OpenedText } from './open-input.ts'

/**
 * The records of a CSV as batches of texts, with the names of its columns as far as they have come.
 *
 * - Errors: BAD_CSV_RECORD (data), with the object and the line.
 */
export async function* csvBatches(
  { object, pieces }: OpenedText,
  { csvEscape = '\\' }: InputOptions,
): AsyncGenerator<{ readonly names: readonly string[]; readonly batches: readonly RecordBatch[] }> {
  const decoder = new CsvDecoder({ escape: csvEscape })
  const read = (batchesOf: () => readonly RecordBatch[]) => {
    try {
      const batches = batchesOf()
      return { names: decoder.schema?.fields.map(({ name }) => name) ?? [], batches }
    } catch (error) {
      throw addPlace(error, object.name)
    }
  }
  for await (const piece of pieces) yield read(() => decoder.push(piece))
  yield read(() => decoder.flush())
}
