import { deserialize, serialize } from 'node:v8'
import { batchOf, type PackedBatch, packBatch, packedByteLength, unpackBatch } from '@fletching/columns'
import { concatBatches } from '@fletching/kernels/concat'
import { dictionaryDecode, dictionaryEncode } from '@fletching/kernels/dictionary'
import { DataType, type Dictionary, type RecordBatch, Schema, type Utf8, Vector } from 'apache-arrow'

/** Rows that wait: as a batch, or where they are few as bytes, since what stands around a few rows takes many times what they do. */
interface Held {
  readonly rows: number
  readonly byteLength: number
  readonly content: RecordBatch | Uint8Array
}

/**
 * Rows of a partition that wait for a row group.
 *
 * - Memory: of many partitions each gets few rows of a batch, so neighbours of like size are joined; each row is copied once for every
 *   doubling of the rows that it waits with.
 */
export class HeldRows {
  #held: Held[] = []
  #rows = 0
  #byteLength = 0

  get rows(): number {
    return this.#rows
  }

  /** What they take in memory, or so. */
  get byteLength(): number {
    return this.#byteLength
  }

  /** - `asBytes`: few rows become bytes, which pays where there are many partitions. */
  add(batch: RecordBatch, asBytes: boolean): void {
    this.#rows += batch.numRows
    let joined = batch
    for (let last = this.#held.at(-1); last !== undefined && mayJoin(last, joined); last = this.#held.at(-1)) {
      this.#byteLength -= last.byteLength
      joined = concatBatches(inOneForm([heldBatch(last, batch.schema), joined]))
      this.#held.pop()
    }
    const held = hold(joined, asBytes)
    this.#byteLength += held.byteLength
    this.#held.push(held)
  }

  /** Gives up all of them, under the schema that they came with. */
  take(schema: Schema): RecordBatch[] {
    const batches = inOneForm(this.#held.map((held) => heldBatch(held, schema)))
    this.#held = []
    this.#rows = 0
    this.#byteLength = 0
    return batches.every(({ schema }) => hasDictionaries(schema)) || !hasDictionaries(schema)
      ? batches
      : [withDictionaries(concatBatches(batches), schema)]
  }
}

function hold(batch: RecordBatch, asBytes: boolean): Held {
  const rows = batch.numRows
  if (!asBytes || rows >= SMALL_ROWS) {
    return { rows, byteLength: packedByteLength(packBatch(batch)) + BATCH_BYTES, content: batch }
  }
  // A copy, since what `serialize` gives may lie in more memory than it takes.
  const content = new Uint8Array(serialize(packBatch(withoutDictionaries(batch))))
  return { rows, byteLength: content.length + BYTES_BYTES, content }
}

/** - `schema`: that of the rows, with or without dictionaries. */
function heldBatch({ content }: Held, schema: Schema): RecordBatch {
  if (!(content instanceof Uint8Array)) return content
  return unpackBatch(schemaWithoutDictionaries(schema), deserialize(content) as PackedBatch)
}

/** All with dictionaries, or none: only then can they be joined. */
function inOneForm(batches: readonly RecordBatch[]): RecordBatch[] {
  const [first, ...others] = batches.map(({ schema }) => hasDictionaries(schema))
  return others.every((has) => has === first) ? [...batches] : batches.map(withoutDictionaries)
}

function hasDictionaries({ fields }: Schema): boolean {
  return fields.some(({ type }) => DataType.isDictionary(type))
}

function withoutDictionaries(batch: RecordBatch): RecordBatch {
  if (!hasDictionaries(batch.schema)) return batch
  const schema = schemaWithoutDictionaries(batch.schema)
  return mapColumns(batch, schema, (column) => dictionaryDecode(column))
}

function withDictionaries(batch: RecordBatch, schema: Schema): RecordBatch {
  return mapColumns(batch, schema, (column, type) =>
    DataType.isDictionary(type) ? dictionaryEncode(column as Vector<Utf8>) : column,
  )
}

function mapColumns(batch: RecordBatch, schema: Schema, map: (column: Vector, type: DataType) => Vector): RecordBatch {
  const children = batch.data.children.map((data, index) => map(new Vector([data]), schema.fields[index].type).data[0])
  return batchOf(schema, batch.numRows, children)
}

function schemaWithoutDictionaries(schema: Schema): Schema {
  if (!hasDictionaries(schema)) return schema
  const plain = (type: DataType) => (DataType.isDictionary(type) ? (type as Dictionary).dictionary : type)
  return new Schema(schema.fields.map((field) => field.clone({ type: plain(field.type) })))
}

function mayJoin(last: Held, next: RecordBatch): boolean {
  return last.rows <= next.numRows && next.numRows < JOINED_ROWS
}

/** From here on a batch takes little beside its rows. */
const JOINED_ROWS = 1024
/** Up to here it takes more beside its rows than they do. */
const SMALL_ROWS = 128
/** Measured: a batch of the main job's columns takes 5 kB beside its bytes, and what stands around it some more. */
const BATCH_BYTES = 8 * 1024
/** What stands around bytes. */
const BYTES_BYTES = 512
