import { createHash } from 'node:crypto'
import { environmentError, FletchingError, internal } from '@fletching/columns/errors'
import { plural } from '@fletching/columns/plural'
import { footerByteLength, openParquetDecoder, type ParquetDecoder, readFooter } from '@fletching/parquet'
import { type ObjectInfo, parseLocation, type Store } from '@fletching/storage'
import type { RecordBatch, Schema } from 'apache-arrow'
import { ANEW } from './earlier-columns.ts'
import type { OutputInfo } from './report.ts'

/**
 * The rows of a file of a table that an earlier run has written, a batch for each of its row groups.
 *
 * The file is read once, and its hash taken while it is: what does not hold is known when its last byte has come. Rows that were given before
 * that are those of a run that fails, and nobody sees them.
 *
 * - Memory: a row group, as stored and as it is read.
 * - Errors: TABLE_CHANGED (environment) when the file is gone, or is not what its run wrote, whatever that makes of its rows;
 *   BAD_PARQUET, OTHER_COLUMNS (environment) when it is, and cannot be read.
 */
export async function* earlierFile(
  store: Store,
  output: OutputInfo,
  schema: Schema,
  columns: readonly string[],
): AsyncGenerator<RecordBatch> {
  const object = await store.stat(parseLocation(output.name))
  if (object === undefined) throw tableChanged(output, 'the file is gone')
  if (object.size !== output.bytes) {
    throw tableChanged(output, `the file has ${object.size} bytes, and had ${output.bytes}`)
  }
  const end = await readEnd(store, object)
  const reader = new Reader(end, object.size, schema, columns)
  const hash = createHash('sha256')
  let rows = 0
  for await (const bytes of end.length === object.size ? [end] : store.read(object)) {
    hash.update(bytes)
    for (const batch of await reader.push(bytes)) {
      rows += batch.numRows
      yield batch
    }
  }
  if (hash.digest('hex') !== output.sha256) throw tableChanged(output, 'its bytes are others')
  reader.flush(output.name)
  if (rows !== output.rows)
    throw tableChanged(output, `the file has ${rows} ${plural(rows, 'row')}, and had ${output.rows}`)
}

/** Reads a file's rows as long as it can; why it could not is told at the end. */
class Reader {
  readonly #open: () => Promise<ParquetDecoder>
  #decoder: ParquetDecoder | undefined
  #failure: FletchingError | undefined

  constructor(end: Uint8Array, byteLength: number, schema: Schema, columns: readonly string[]) {
    this.#open = async () => openParquetDecoder(schema, columns, readFooter(end, byteLength, schema))
  }

  async push(bytes: Uint8Array): Promise<readonly RecordBatch[]> {
    if (this.#failure !== undefined) return []
    try {
      this.#decoder ??= await this.#open()
      return this.#decoder.push(bytes)
    } catch (error) {
      if (!(error instanceof FletchingError) || error.kind !== 'environment') throw error
      this.#failure = error
      return []
    }
  }

  flush(name: string): void {
    if (this.#failure !== undefined) {
      const { code, what, help, cause } = this.#failure
      throw environmentError(code, what, { at: name, help: [...help, ANEW], cause })
    }
    this.#decoder?.flush()
  }
}

/** The last bytes of a file, its footer among them where it has one; all of a small file. */
async function readEnd(store: Store, object: ObjectInfo): Promise<Uint8Array> {
  const end = await readFrom(store, object, Math.max(0, object.size - END_BYTES))
  const byteLength = footerLength(end)
  return byteLength <= end.length ? end : readFrom(store, object, Math.max(0, object.size - byteLength))
}

/** 0 for what is no Parquet file, which is found out when its rows are wanted. */
function footerLength(end: Uint8Array): number {
  try {
    return footerByteLength(end)
  } catch {
    return 0
  }
}

async function readFrom(store: Store, object: ObjectInfo, start: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(object.size - start)
  let at = 0
  if (store.readSync !== undefined) {
    for (const piece of store.readSync(object, start, () => bytes.subarray(at))) at += piece.length
    return bytes
  }
  if (store.readPart === undefined) throw internal(`the store of ${object.name} reads whole objects alone`)
  for await (const piece of store.readPart(object, start, object.size)) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

function tableChanged({ name, run }: OutputInfo, why: string): FletchingError {
  return environmentError('TABLE_CHANGED', `the table no longer holds what run ${run} wrote: ${why}`, {
    at: name,
    help: ['nothing was written; bring the file back', ANEW],
  })
}

/** One request for the whole of a small file, and for the footer of most others. */
const END_BYTES = 256 * 1024
