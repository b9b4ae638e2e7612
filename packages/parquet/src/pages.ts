import type { PageHeader } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'
import type { Decompress } from './decompress.ts'

/** A page, decompressed. */
export interface Page {
  readonly kind: 'dictionary' | 'values'
  /** Rows, or entries of the dictionary. */
  readonly count: number
  /** `PLAIN` or `RLE_DICTIONARY`. */
  readonly encoding: string
  readonly bytes: Uint8Array
}

/**
 * The pages of a column chunk, in order; its bytes are theirs, to the last.
 *
 * - Memory: one page at a time.
 * - Errors: a plain Error for what is not a chain of pages of version 1.
 */
export function* pagesOf(chunk: Uint8Array, decompress: Decompress): Generator<Page> {
  const reader = { view: new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength), offset: 0 }
  while (reader.offset < chunk.length) {
    const header = parquetHeader(reader)
    const { kind, count, encoding } = shapeOf(header)
    const end = reader.offset + header.compressed_page_size
    if (!(header.compressed_page_size >= 0) || !(end <= chunk.length)) throw new Error('a page ends behind its chunk')
    const stored = chunk.subarray(reader.offset, end)
    reader.offset = end
    if (!(header.uncompressed_page_size >= 0) || !(count >= 0)) throw new Error('a page has no size')
    const bytes = decompress(stored, header.uncompressed_page_size)
    if (bytes.length !== header.uncompressed_page_size) throw new Error('a page is not as long as it says')
    yield { kind, count, encoding, bytes }
  }
}

function shapeOf({ type, dictionary_page_header, data_page_header }: PageHeader): Omit<Page, 'bytes'> {
  if (type === 'DICTIONARY_PAGE' && dictionary_page_header !== undefined) {
    const { num_values, encoding } = dictionary_page_header
    return { kind: 'dictionary', count: num_values, encoding }
  }
  if (type === 'DATA_PAGE' && data_page_header !== undefined) {
    const { num_values, encoding, definition_level_encoding } = data_page_header
    if (definition_level_encoding !== 'RLE') throw new Error(`levels are encoded as ${definition_level_encoding}`)
    return { kind: 'values', count: num_values, encoding }
  }
  throw new Error(`a page of the kind ${String(type)} is not one of ours`)
}
