import { internal } from '@fletching/columns/errors'
import type { Data } from 'apache-arrow'
import type { ColumnMetaData } from 'hyparquet'
import { type Column, openColumn } from './column.ts'
import { columnStatistics } from './column-statistics.ts'
import { hybridBytesMax, PAGE_ROWS_MAX, type PageValues, pageValues, WORD_BYTES } from './page-values.ts'
import { type PageCodec, PageWriter } from './page-writer.ts'
import type { ColumnElement } from './schema-elements.ts'
import type { WasmModule } from './wasm-module.ts'

/** The pages of a column, and what a footer says about them. */
export interface EncodedColumn {
  readonly pieces: readonly Uint8Array[]
  readonly meta: ColumnMetaData
}

/**
 * Encodes the rows of a column as pages. The result is a function of the values alone, in whatever form they came.
 *
 * - Errors: internal for a null in a column that is REQUIRED.
 */
export function encodeColumn(
  module: WasmModule,
  data: Data,
  element: ColumnElement,
  codec: PageCodec,
  /** Where the first page will be, from the start of the row group. */
  offset: number,
): EncodedColumn {
  const { name, type } = element
  const isOptional = element.repetition_type === 'OPTIONAL'
  const column = openColumn(module, data)
  if (!isOptional && column.nullCount > 0) {
    throw internal(`column ${name} has no nulls, but a batch came with ${column.nullCount}`)
  }
  const pages = new PageWriter(module, column.room, codec)
  const values = pageValues(column, type)
  const { encoding, dictionary } = values
  if (dictionary !== undefined) pages.writeDictionary(dictionary.count, dictionary.byteLength, dictionary.put)
  const dictionaryPageBytes = pages.compressedBytes
  const count = writeDataPages(column, values, pages, isOptional)
  return {
    pieces: pages.pieces,
    meta: {
      type,
      encodings: dictionary === undefined ? ['PLAIN', 'RLE'] : ['PLAIN', 'RLE', 'RLE_DICTIONARY'],
      path_in_schema: [name],
      codec: codec === 'none' ? 'UNCOMPRESSED' : 'SNAPPY',
      num_values: BigInt(column.rows),
      total_uncompressed_size: BigInt(pages.uncompressedBytes),
      total_compressed_size: BigInt(pages.compressedBytes),
      data_page_offset: BigInt(offset + dictionaryPageBytes),
      ...(dictionary === undefined ? {} : { dictionary_page_offset: BigInt(offset) }),
      statistics: columnStatistics(column, element),
      encoding_stats: [
        ...(dictionary === undefined ? [] : [{ page_type: 'DICTIONARY_PAGE', encoding: 'PLAIN', count: 1 } as const]),
        { page_type: 'DATA_PAGE', encoding, count },
      ],
    },
  }
}

/** @returns how many there are. */
function writeDataPages(
  { module, room, rows }: Column,
  values: PageValues,
  pages: PageWriter,
  isOptional: boolean,
): number {
  const scratch = isOptional ? room.take(WORD_BYTES * PAGE_ROWS_MAX) : 0
  let count = 0
  for (let from = 0, end = 0; from < rows; from = end, count++) {
    const start = from
    end = values.end(start, Math.min(rows, start + PAGE_ROWS_MAX))
    const pageRows = end - start
    const levelBytesMax = isOptional ? WORD_BYTES + hybridBytesMax(pageRows, 1) : 0
    pages.writeData(pageRows, values.encoding, levelBytesMax + values.bytesMax(pageRows), (out) =>
      values.put(start, start + pageRows, isOptional ? module.putLevels(start, start + pageRows, scratch, out) : out),
    )
  }
  return count
}
