import type { Encoding, PageHeader } from 'hyparquet'
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js'
import { writePageHeader } from 'hyparquet-writer/src/datapage.js'
import type { Room } from './room.ts'
import type { WasmModule } from './wasm-module.ts'

/** How pages are compressed here. */
export type PageCodec = 'snappy' | 'none'

/** Writes what comes into a page to an address, and gives its end. */
type Put = (out: number) => number

/**
 * Writes the pages of a column: a header, and what follows it, compressed.
 *
 * - Memory: what it gives is copied out of the room.
 */
export class PageWriter {
  readonly pieces: Uint8Array[] = []
  /** With the headers. */
  compressedBytes = 0
  uncompressedBytes = 0
  readonly #module: WasmModule
  readonly #room: Room
  readonly #codec: PageCodec

  constructor(module: WasmModule, room: Room, codec: PageCodec) {
    this.#module = module
    this.#room = room
    this.#codec = codec
  }

  /** - `bytesMax`: more than `put` will write. */
  writeDictionary(entries: number, bytesMax: number, put: Put): void {
    const header = { num_values: entries, encoding: 'PLAIN' as const }
    this.#write({ type: 'DICTIONARY_PAGE', dictionary_page_header: header }, bytesMax, put)
  }

  /** - `bytesMax`: more than `put` will write. */
  writeData(rows: number, encoding: Encoding, bytesMax: number, put: Put): void {
    const levels = { definition_level_encoding: 'RLE', repetition_level_encoding: 'RLE' } as const
    this.#write({ type: 'DATA_PAGE', data_page_header: { num_values: rows, encoding, ...levels } }, bytesMax, put)
  }

  #write(header: Omit<PageHeader, 'compressed_page_size' | 'uncompressed_page_size'>, bytesMax: number, put: Put) {
    const start = this.#room.take(bytesMax)
    const end = put(start) >>> 0
    const stored = this.#codec === 'none' ? this.#room.bytes.slice(start, end) : this.#compress(start, end)
    this.#room.free(start)
    const sizes = { uncompressed_page_size: end - start, compressed_page_size: stored.length }
    const head = headerBytes({ ...header, ...sizes })
    this.pieces.push(head, stored)
    this.compressedBytes += head.length + stored.length
    this.uncompressedBytes += head.length + end - start
  }

  #compress(start: number, end: number): Uint8Array {
    const target = this.#room.take(compressedBytesMax(end - start))
    const targetEnd = this.#module.compress(start, end - start, target) >>> 0
    return this.#room.bytes.slice(target, targetEnd)
  }
}

function headerBytes(header: PageHeader): Uint8Array {
  const writer = new ByteWriter(64)
  writePageHeader(writer, header)
  return writer.getBytes()
}

/** As google/snappy has it. */
function compressedBytesMax(byteLength: number): number {
  return 32 + byteLength + Math.ceil(byteLength / 6)
}
