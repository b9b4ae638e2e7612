import { internal } from '@fletching/columns/errors'
import type { Schema } from 'apache-arrow'
import { type FileMetaData, type ParquetParsers, parquetMetadata, type RowGroup as RowGroupMetadata } from 'hyparquet'
import type { RowGroup } from './row-group.ts'
import { leavesOf, schemaElements } from './schema-elements.ts'
import { schemaNodes } from './schema-nodes.ts'

/**
 * Takes a file of one row group apart into its pages and what its footer says about them.
 *
 * Page indexes are left out: they hold offsets of their own, which a file of many row groups would have to rewrite.
 *
 * - Errors: internal when the file holds other rows, row groups or columns than were given to its writer, which is how a writer's
 *   silent failure shows.
 */
export function splitFile(file: Uint8Array, schema: Schema, rows: number): RowGroup {
  const metadata: FileMetaData = parquetMetadata(file, { parsers: RAW_STATISTICS })
  const [group] = metadata.row_groups
  if (Number(metadata.num_rows) !== rows || metadata.row_groups.length !== 1 || Number(group.num_rows) !== rows) {
    throw internal(
      `${rows} rows were given to the Parquet writer, but ${metadata.num_rows} are in its ${metadata.row_groups.length} row groups`,
    )
  }
  const [, ...wanted] = schemaElements(schema)
  const [, ...written] = metadata.schema
  for (const [index, { name, type, repetition_type, num_children }] of wanted.entries()) {
    const element = written[index]
    if (
      element?.type !== type ||
      element?.repetition_type !== repetition_type ||
      element?.num_children !== num_children
    ) {
      throw internal(`column ${name} was written with another type or nullability than the schema's`)
    }
  }
  // A writer may have been given names of its own.
  const leaves = leavesOf(schemaNodes(schema))
  const columns = group.columns.map((column, index) => {
    if (column.meta_data === undefined) throw internal('a column chunk has no metadata')
    return { ...column, meta_data: { ...column.meta_data, path_in_schema: [...leaves[index].path] } }
  })
  const end = Math.max(
    ...group.columns.map((column) => chunkStart(column) + Number(column.meta_data?.total_compressed_size ?? 0)),
  )
  return { rows, bytes: file.slice(MAGIC_BYTES, end), footer: shiftRowGroup({ ...group, columns }, -MAGIC_BYTES) }
}

type ColumnChunk = RowGroupMetadata['columns'][number]

/** What the footer says about a row group whose pages begin so many bytes later. */
export function shiftRowGroup(group: RowGroupMetadata, bytes: number): RowGroupMetadata {
  const by = BigInt(bytes)
  const columns = group.columns.map((column): ColumnChunk => {
    const { meta_data } = column
    if (meta_data === undefined) throw internal('a column chunk has no metadata')
    const {
      data_page_offset,
      dictionary_page_offset,
      index_page_offset: _index,
      bloom_filter_offset: _bloom,
      ...rest
    } = meta_data
    return {
      file_offset: 0n,
      meta_data: {
        ...rest,
        data_page_offset: data_page_offset + by,
        ...(dictionary_page_offset === undefined ? {} : { dictionary_page_offset: dictionary_page_offset + by }),
      },
    }
  })
  const { total_byte_size, num_rows, total_compressed_size } = group
  const start = Math.min(...columns.map(chunkStart))
  return {
    columns,
    total_byte_size,
    num_rows,
    file_offset: BigInt(start),
    ...(total_compressed_size === undefined ? {} : { total_compressed_size }),
  }
}

function chunkStart({ meta_data }: ColumnChunk): number {
  return Number(meta_data?.dictionary_page_offset ?? meta_data?.data_page_offset)
}

/** Minima and maxima stay as they are stored: decoding could change a text, and a Date has fewer moments. */
export const RAW_STATISTICS = {
  stringFromBytes: (bytes: Uint8Array) => bytes?.slice(),
  timestampFromMilliseconds: (milliseconds: bigint) => milliseconds,
  dateFromDays: (days: number) => days,
} as unknown as ParquetParsers
const MAGIC_BYTES = 4
