import { environmentError } from '@fletching/columns/errors'
import type { Schema } from 'apache-arrow'
import { type CompressionCodec, type FileMetaData, parquetMetadata, type SchemaElement } from 'hyparquet'
import { badParquet, reading } from './bad-parquet.ts'
import { leavesOf, schemaElements } from './schema-elements.ts'
import { type LeafNode, schemaNodes } from './schema-nodes.ts'
import { RAW_STATISTICS } from './split-file.ts'

/** Where the rows of a file lie, as its end says. */
export interface ParquetFooter {
  readonly rows: number
  /** In the order in which they stand in the file. */
  readonly groups: readonly RowGroupPlace[]
}

export interface RowGroupPlace {
  readonly rows: number
  /** One for each leaf of the schema, each behind the one before it. */
  readonly chunks: readonly ChunkPlace[]
}

/** The bytes from `start` to before `end` of a file, which hold one leaf of a row group. */
interface ChunkPlace {
  readonly start: number
  readonly end: number
  readonly codec: CompressionCodec
}

/**
 * How many bytes the footer takes at the end of a file, of which `end` are the last ones, eight at least.
 *
 * - Errors: BAD_PARQUET (environment) when the file does not end as Parquet does.
 */
export function footerByteLength(end: Uint8Array): number {
  const at = end.length - TRAILER_BYTES
  if (at < 0 || MAGIC.some((byte, index) => end[at + 4 + index] !== byte)) {
    throw badParquet('it does not end with PAR1')
  }
  return new DataView(end.buffer, end.byteOffset + at).getUint32(0, true) + TRAILER_BYTES
}

/**
 * Reads the footer of a file of `fileBytes` bytes, of which `end` are the last ones: `footerByteLength` at least.
 *
 * - Errors: BAD_PARQUET (environment) for what is no footer, or one that cannot be true of the file; OTHER_COLUMNS (environment) when the
 *   file's columns are not those of `schema`.
 */
export function readFooter(end: Uint8Array, fileBytes: number, schema: Schema): ParquetFooter {
  const byteLength = footerByteLength(end)
  if (byteLength > end.length) throw badParquet(`its footer takes ${byteLength} bytes, and there are ${end.length}`)
  const metadata = reading('its footer', () => parquetMetadata(end, { parsers: RAW_STATISTICS, geoparquet: false }))
  assertColumns(metadata.schema.slice(1), schemaElements(schema).slice(1))
  const groups = reading('its footer', () => placesOf(metadata, leavesOf(schemaNodes(schema)), fileBytes - byteLength))
  const rows = groups.reduce((sum, group) => sum + group.rows, 0)
  if (BigInt(rows) !== metadata.num_rows) throw badParquet('its row groups do not have the rows that it says it has')
  return { rows, groups }
}

function assertColumns(found: readonly SchemaElement[], expected: readonly SchemaElement[]): void {
  const [given, wanted] = [found, expected].map((elements) => elements.map(formatColumn).join(', '))
  if (given === wanted) return
  throw environmentError('OTHER_COLUMNS', 'the Parquet file has other columns than the table', {
    help: [`it has: ${given}`, `expected: ${wanted}`],
  })
}

function formatColumn({ name, type, repetition_type, converted_type, num_children }: SchemaElement): string {
  const kind = type ?? `group of ${num_children ?? 0}`
  return `${name} ${repetition_type?.toLowerCase()} ${kind}${converted_type === undefined ? '' : ` ${converted_type}`}`
}

/** - `dataEnd`: where the footer begins. */
function placesOf({ row_groups }: FileMetaData, leaves: readonly LeafNode[], dataEnd: number): RowGroupPlace[] {
  let at = MAGIC.length
  return row_groups.map((group): RowGroupPlace => {
    if (group.columns.length !== leaves.length) throw new Error('a row group has other columns than the file')
    const rows = whole(group.num_rows)
    const chunks = group.columns.map(({ meta_data }, index): ChunkPlace => {
      if (meta_data === undefined) throw new Error('a column chunk has no metadata')
      const { path_in_schema, type, num_values, codec, dictionary_page_offset, data_page_offset } = meta_data
      const { path, element, depth } = leaves[index]
      const isColumn = path_in_schema.join('.') === path.join('.') && type === element.type
      const values = whole(num_values)
      // In lists there are at least as many as rows.
      if (!isColumn || (depth === 0 ? values !== rows : values < rows))
        throw new Error('a column chunk is not of its row group')
      const start = whole(dictionary_page_offset ?? data_page_offset)
      const end = start + whole(meta_data.total_compressed_size)
      if (start < at || end > dataEnd) throw new Error('a column chunk lies where it cannot be')
      at = end
      return { start, end, codec }
    })
    return { rows, chunks }
  })
}

/** A number that is a length or a place; whatever else stands there is none. */
function whole(value: bigint): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number) || number < 0) throw new Error('a length is no length')
  return number
}

const MAGIC = new TextEncoder().encode('PAR1')
/** The length of the footer, and the magic bytes. */
const TRAILER_BYTES = 8
