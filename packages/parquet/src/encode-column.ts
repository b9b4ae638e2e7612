import type { ColumnMetaData } from 'hyparquet'
import { type Column, openColumn } from './column.ts'
import { columnStatistics } from './column-statistics.ts'
import type { LeafRows } from './leaf-rows.ts'
import { nextPage, type PageBounds, pageEntriesMax } from './page-bounds.ts'
import { bitWidth, hybridBytesMax, type PageValues, pageValues, WORD_BYTES } from './page-values.ts'
import { type PageCodec, PageWriter } from './page-writer.ts'
import type { LeafNode } from './schema-nodes.ts'
import type { WasmModule } from './wasm-module.ts'

/** The pages of a column, and what a footer says about them. */
export interface EncodedColumn {
  readonly pieces: readonly Uint8Array[]
  readonly meta: ColumnMetaData
}

/**
 * Encodes the entries of a leaf as pages. The result is a function of the values alone, in whatever form they came.
 *
 * - Errors: internal for a null in a leaf that is REQUIRED.
 */
export function encodeColumn(
  module: WasmModule,
  leafRows: LeafRows,
  codec: PageCodec,
  /** Where the first page will be, from the start of the row group. */
  offset: number,
): EncodedColumn {
  const { leaf, entries } = leafRows
  const { type } = leaf.element
  const column = openColumn(module, leafRows)
  const pageEntries = pageEntriesMax(entries)
  const pages = new PageWriter(module, column.room, codec)
  const values = pageValues(column, type, pageEntries)
  const { encoding, dictionary } = values
  if (dictionary !== undefined) pages.writeDictionary(dictionary.count, dictionary.byteLength, dictionary.put)
  const dictionaryPageBytes = pages.compressedBytes
  const count = writeDataPages(column, leaf, values, pages, pageEntries)
  return {
    pieces: pages.pieces,
    meta: {
      type,
      encodings: dictionary === undefined ? ['PLAIN', 'RLE'] : ['PLAIN', 'RLE', 'RLE_DICTIONARY'],
      path_in_schema: [...leaf.path],
      codec: codec === 'none' ? 'UNCOMPRESSED' : 'SNAPPY',
      num_values: BigInt(entries.count),
      total_uncompressed_size: BigInt(pages.uncompressedBytes),
      total_compressed_size: BigInt(pages.compressedBytes),
      data_page_offset: BigInt(offset + dictionaryPageBytes),
      ...(dictionary === undefined ? {} : { dictionary_page_offset: BigInt(offset) }),
      statistics: columnStatistics(column, leaf.element),
      encoding_stats: [
        ...(dictionary === undefined ? [] : [{ page_type: 'DICTIONARY_PAGE', encoding: 'PLAIN', count: 1 } as const]),
        { page_type: 'DATA_PAGE', encoding, count },
      ],
    },
  }
}

/** @returns how many there are. */
function writeDataPages(
  column: Column,
  leaf: LeafNode,
  values: PageValues,
  pages: PageWriter,
  pageEntries: number,
): number {
  const { entries, room, slots } = column
  // Without levels nothing needs it.
  const scratch = leaf.level > 0 ? room.take(pageEntries) : 0
  const levels = pageLevels(column, leaf, scratch)
  let count = 0
  let page: PageBounds = { from: 0, to: 0, slotFrom: 0, slotTo: 0 }
  for (; page.to < entries.count; count++) {
    const { from, to, slotFrom, slotTo } = nextPage(entries, slots, values, page)
    page = { from, to, slotFrom, slotTo }
    const bytesMax = levels.bytesMax(to - from) + values.bytesMax(to - from)
    pages.writeData(to - from, values.encoding, bytesMax, (out) => values.put(slotFrom, slotTo, levels.put(page, out)))
  }
  return count
}

/** What stands in a page before its values. */
interface PageLevels {
  /** Bytes that those of so many entries may take. */
  readonly bytesMax: (entries: number) => number
  readonly put: (page: PageBounds, out: number) => number
}

/** - `scratch`: room for a byte for each entry of a page. */
function pageLevels({ module }: Column, { isOptional, level, depth }: LeafNode, scratch: number): PageLevels {
  const nullable = isOptional ? 1 : 0
  const widths = [bitWidth(depth), bitWidth(level)]
  const [repetitionWidth, definitionWidth] = widths
  return {
    bytesMax: (entries) =>
      widths.reduce((sum, width) => sum + (width === 0 ? 0 : WORD_BYTES + hybridBytesMax(entries, width)), 0),
    put: ({ from, to, slotFrom }, out) => {
      let at = out
      if (depth > 0) at = module.putRepetitions(from, to, repetitionWidth, at)
      if (level > 0) at = module.putDefinitions(from, to, slotFrom, nullable, definitionWidth, scratch, at)
      return at
    },
  }
}
