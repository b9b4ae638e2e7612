import { internal } from '@fletching/columns/errors'
import type { Schema } from 'apache-arrow'
import { parquetMetadata, type RowGroup as RowGroupMetadata, type SchemaElement } from 'hyparquet'
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js'
import { writeMetadata } from 'hyparquet-writer/src/metadata.js'
import { STATISTICS_BYTES } from './column-statistics.ts'
import type { RowGroup } from './row-group.ts'
import { leavesOf, schemaElements } from './schema-elements.ts'
import { type LeafNode, schemaNodes } from './schema-nodes.ts'
import { RAW_STATISTICS, shiftRowGroup } from './split-file.ts'

/**
 * A Parquet file in pieces: what `start`, `append` and `finish` give, in that order, are its bytes.
 *
 * - Memory: what the footer says about each row group, as the bytes of a footer, which take a tenth of what they say as objects: a table may
 *   have a file for each of thousands of partitions. The pages are handed on.
 * - Order: row groups in the order in which they are appended.
 *
 * Without row groups the file is valid and has no rows.
 */
export class ParquetFile {
  readonly #schema: SchemaElement[]
  readonly #leaves: readonly LeafNode[]
  /** The footer of each row group, as if it were alone. */
  #groups: Uint8Array[] = []
  #state: 'new' | 'open' | 'finished' = 'new'
  #rows = 0
  #bytes = 0

  constructor(schema: Schema) {
    this.#schema = schemaElements(schema)
    this.#leaves = leavesOf(schemaNodes(schema))
  }

  get rows(): number {
    return this.#rows
  }

  /** Bytes given so far. */
  get bytes(): number {
    return this.#bytes
  }

  start(): Uint8Array {
    this.#expect('new')
    this.#state = 'open'
    return this.#give(MAGIC.slice())
  }

  append(group: RowGroup): Uint8Array {
    this.#expect('open')
    const { columns } = group.footer
    for (const [index, { path, label, element }] of this.#leaves.entries()) {
      const meta = columns[index]?.meta_data
      const isOther = meta?.path_in_schema.join('.') !== path.join('.') || meta.type !== element.type
      if (isOther || columns.length !== this.#leaves.length) {
        throw internal(`a row group of other columns was appended to a file with column ${label}`)
      }
    }
    this.#groups.push(footerBytes(this.#schema, [shiftRowGroup(group.footer, this.#bytes)]))
    this.#rows += group.rows
    return this.#give(group.bytes)
  }

  finish(): Uint8Array {
    this.#expect('open')
    this.#state = 'finished'
    const groups = this.#groups.map(readGroup)
    this.#groups = []
    return this.#give(footerBytes(this.#schema, groups))
  }

  #expect(state: 'new' | 'open'): void {
    if (this.#state !== state) throw internal(`a Parquet file that is ${this.#state} was used as if it were ${state}`)
  }

  #give(bytes: Uint8Array): Uint8Array {
    this.#bytes += bytes.length
    return bytes
  }
}

function footerBytes(schema: SchemaElement[], groups: RowGroupMetadata[]): Uint8Array {
  const writer = new ByteWriter()
  writeMetadata(
    writer,
    {
      version: 1,
      schema,
      num_rows: groups.reduce((sum, { num_rows }) => sum + num_rows, 0n),
      row_groups: groups,
      created_by: 'fletching version 0.1.0 (build parquet)',
      metadata_length: 0,
    },
    STATISTICS_BYTES,
  )
  writer.appendBytes(MAGIC)
  return writer.getBytes().slice()
}

function readGroup(footer: Uint8Array): RowGroupMetadata {
  return parquetMetadata(footer, { parsers: RAW_STATISTICS, geoparquet: false }).row_groups[0]
}

const MAGIC = new TextEncoder().encode('PAR1')
