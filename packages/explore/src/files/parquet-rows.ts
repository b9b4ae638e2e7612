import { dataError, FletchingError } from '@fletching/columns/errors'
import { hiveValue } from '@fletching/parquet'
import { asFolder, globFolder, isGlob, keyOf, parseLocation } from '@fletching/storage'
import { type FileMetaData, parquetMetadataAsync, parquetRead, parquetSchema } from 'hyparquet'
import { keptName, withTrueNames } from './odd-names.ts'
import type { OpenedParquet } from './open-input.ts'

/** - Errors: BAD_PARQUET (data). */
export async function parquetFooter({ file, object }: OpenedParquet): Promise<FileMetaData> {
  return reading(object.name, () => parquetMetadataAsync(file))
}

/**
 * The first rows of a Parquet file, with the values in the order of its columns.
 *
 * - Memory: the columns of the row groups that hold them.
 * - Errors: BAD_PARQUET (data).
 */
export async function parquetRows(
  { file, object }: OpenedParquet,
  rowsMax: number,
): Promise<{ readonly names: readonly string[]; readonly rows: readonly (readonly unknown[])[] }> {
  return reading(object.name, async () => {
    const metadata = await parquetMetadataAsync(file)
    const names = parquetSchema(metadata).children.map(({ element }) => element.name)
    const rows = await readRows<unknown[]>({ file, metadata, rowEnd: Math.min(rowsMax, Number(metadata.num_rows)) })
    return { names, rows }
  })
}

/** Rows as `hyparquet` gives them, with members of every name. */
export async function readRows<Row>({ metadata, columns, ...options }: RowsWanted): Promise<Row[]> {
  const { compressors } = await import('hyparquet-compressors')
  const isOdd = metadata.schema.some(({ name }) => keptName(name) !== name)
  let rows: Row[] = []
  await parquetRead({
    ...options,
    ...(columns === undefined ? {} : { columns: columns.map(keptName) }),
    metadata: isOdd ? withKeptNames(metadata) : metadata,
    compressors,
    onComplete: (read: unknown[]) => {
      rows = read as Row[]
    },
  })
  return isOdd ? (withTrueNames(rows) as Row[]) : rows
}

type RowsWanted = Omit<Parameters<typeof parquetRead>[0], 'metadata' | 'compressors' | 'onComplete'> & {
  readonly metadata: FileMetaData
}

function withKeptNames(metadata: FileMetaData): FileMetaData {
  return {
    ...metadata,
    schema: metadata.schema.map((element) => ({ ...element, name: keptName(element.name) })),
    row_groups: metadata.row_groups.map((group) => ({
      ...group,
      columns: group.columns.map(({ meta_data, ...chunk }) => ({
        ...chunk,
        ...(meta_data && { meta_data: { ...meta_data, path_in_schema: meta_data.path_in_schema.map(keptName) } }),
      })),
    })),
  }
}

/** What the folders between an input's own and one of its objects say, as `dt=2019-05-18`. */
export function folderValues(location: string, key: string): ReadonlyMap<string, string | null> {
  const parsed = parseLocation(location)
  const folder = isGlob(location) ? globFolder(keyOf(parsed)) : keyOf(asFolder(parsed))
  if (!key.startsWith(folder)) return new Map()
  const between = key.slice(folder.length).split('/').slice(0, -1)
  return new Map(
    between.flatMap((name) => {
      const column = /^([^=]+)=/.exec(name)?.[1]
      return column === undefined ? [] : [[column, hiveValue(column, name)] as const]
    }),
  )
}

/** Says of whatever goes wrong in reading a file that it is no good Parquet. */
export async function reading<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof FletchingError) throw error
    throw dataError('BAD_PARQUET', 'the file begins as Parquet and cannot be read as such', {
      at: name,
      help: 'it may be cut, damaged, encrypted or in a compression that is not known; write it again',
      cause: error,
    })
  }
}
