import { readFile } from 'node:fs/promises'
import { parquetReadObjects } from 'hyparquet'

/** The rows of a Parquet file as hyparquet reads them, which leaves out structs and lists that are null. */
export async function parquetRows(file: string): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file: new Uint8Array(await readFile(file)).buffer })
}
