import { internal } from '@fletching/columns/errors'
import { checkParquet, ParquetFile, type RowGroup, type RowGroupEncoder } from '@fletching/parquet'
import { formatLocation, joinLocation, type Location, type ObjectWriter, type Store } from '@fletching/storage'
import type { Schema } from 'apache-arrow'
import { ArrivingRows } from './arriving-rows.ts'
import { HeldRows } from './held-rows.ts'
import { mapSome, preparedAtOnce } from './map-some.ts'
import { fileSchema } from './operators.ts'
import type { ParquetSinkPlan } from './physical.ts'
import type { PreparedOutput } from './report.ts'
import { rowsIn } from './row-ranges.ts'
import { openTableEncoder } from './table-encoder.ts'
import type { TablePart } from './table-part.ts'

/** Where the files of a table are, and what each is called in its folder or that of its partition. */
export interface TableTarget {
  readonly folder: Location
  readonly partFile: string
}

/** One partition on its way: rows that wait for a row group, and the file once it has its first. */
interface Partition {
  readonly folder: string
  readonly waiting: HeldRows
  /** Those of the batch at hand, of which the first `arrived` wait too. */
  arriving: ArrivingRows | undefined
  arrived: number
  /** Rows that have arrived before those. */
  rows: number
  /** Resolves when the row groups before are in the file. */
  appended: Promise<void>
  file: { readonly parquet: ParquetFile; readonly writer: ObjectWriter } | undefined
}

/** A row group on its way into its file. */
interface EncodingGroup {
  readonly rows: number
  readonly encoded: Promise<RowGroup>
}

/**
 * A folder of Parquet files, one a partition.
 *
 * Where a row group ends depends on the rows and on three constants only: a partition is written out when it holds
 * `rowGroupRows`, and the largest one when all together hold more than `openRows`, which is looked at after every so many rows wherever
 * batches end, or more than `openBytes`. So memory has a bound however many partitions there are and however long their values, and
 * the bytes do not depend on timing.
 */
export class ParquetSink {
  readonly #store: Pick<Store, 'create'>
  readonly #target: TableTarget
  readonly #plan: ParquetSinkPlan
  readonly #fileSchema: Schema
  readonly #encoder: RowGroupEncoder
  readonly #partitions = new Map<string, Partition>()
  #waitingRows = 0
  #waitingBytes = 0
  #rows = 0
  /** Rows of row groups that are not yet in their files, and when those are. */
  #encodingRows = 0
  readonly #encoding: Promise<void>[] = []
  readonly #encodedAhead: number
  /** Files that are being made. */
  readonly #making = new Set<Promise<ObjectWriter>>()
  #isGivenUp = false

  private constructor(
    store: Pick<Store, 'create'>,
    target: TableTarget,
    fileSchema: Schema,
    encoder: RowGroupEncoder,
    encodedAhead: number,
    plan: ParquetSinkPlan,
  ) {
    this.#store = store
    this.#target = target
    this.#fileSchema = fileSchema
    this.#encoder = encoder
    this.#encodedAhead = encodedAhead
    this.#plan = plan
  }

  /** - `encoder`: who encodes the row groups; this thread by default. */
  static async open(
    store: Pick<Store, 'create'>,
    target: TableTarget,
    schema: Schema,
    plan: ParquetSinkPlan,
    encoder?: RowGroupEncoder,
  ): Promise<ParquetSink> {
    const inFiles = fileSchema(schema, plan)
    checkParquet(inFiles, plan)
    if (encoder !== undefined) return new ParquetSink(store, target, inFiles, encoder, WRITTEN_AHEAD, plan)
    return new ParquetSink(store, target, inFiles, await openTableEncoder(inFiles, plan), 0, plan)
  }

  /** Those that are in the files, those of row groups on their way there, and those that wait for one. */
  get rows(): number {
    let rows = this.#encodingRows
    for (const { waiting, file } of this.#partitions.values()) rows += waiting.rows + (file?.parquet.rows ?? 0)
    return rows
  }

  /** Takes the parts of a batch, all of them. */
  async write(parts: readonly TablePart[]): Promise<void> {
    const rows = parts.reduce((sum, { ranges }) => sum + rowsIn(ranges), 0)
    const arriving = parts.map((part) => this.#arriving(part))
    // Often enough that what waits stays near its bound, and counted from the first row, not from that of a batch.
    const lookRows = Math.ceil(this.#plan.openRows / 32)
    // Where all of the batch may wait there is nothing to look at.
    const looks = this.#waitingRows + rows > this.#plan.openRows
    for (let start = 0; start < rows; ) {
      const end = looks ? Math.min(rows, start + lookRows - (this.#rows % lookRows)) : rows
      for (const partition of arriving) await this.#admit(partition, end)
      this.#rows += end - start
      start = end
      if (!looks || this.#rows % lookRows > 0) continue
      while (this.#waitingRows > this.#plan.openRows) await this.#writeRowGroup(this.#largest(rowsOf))
    }
    for (const partition of arriving) {
      this.#hold(partition)
      partition.arriving = undefined
    }
    while (this.#waitingBytes > this.#plan.openBytes) await this.#writeRowGroup(this.#largest(bytesOf))
  }

  /** Writes what waits and every footer, without showing any file. */
  async prepare(): Promise<PreparedOutput[]> {
    if (this.#partitions.size === 0 && this.#plan.partitionBy.length === 0) this.#partition('')
    const partitions = [...this.#partitions.values()]
    const groups: (EncodingGroup | undefined)[] = []
    return mapSome([...partitions.entries()], preparedAtOnce(this.#target.folder), ([at, partition]) => {
      // Some are given to the encoder before they are to be written, so that other threads encode while this one writes.
      for (const next of partitions.slice(groups.length, at + ENCODED_AHEAD)) {
        groups.push(this.#encodeWaiting(next))
      }
      const group = groups[at]
      // Not held any longer than until it is written.
      groups[at] = undefined
      return this.#finish(partition, group)
    })
  }

  async #finish(partition: Partition, group: EncodingGroup | undefined): Promise<PreparedOutput> {
    await partition.appended
    // Begun while the row group is encoded, many of them in one record of the run.
    const { parquet, writer } = await this.#file(partition)
    if (group !== undefined) await this.#append(partition, group)
    if (parquet.rows !== partition.rows)
      throw internal(`a file of "${partition.folder}" has ${parquet.rows} rows, but was given ${partition.rows}`)
    await writer.write(parquet.finish())
    return { ...(await writer.prepare()), format: 'parquet', rows: parquet.rows, bytes: parquet.bytes }
  }

  /**
   * Takes every file away, and makes no more: a signal leaves `prepare` to itself, which would go on.
   *
   * - Errors: the first of them, when all writers have been asked.
   */
  async abort(): Promise<void> {
    this.#isGivenUp = true
    const failed: unknown[] = []
    const abort = (writer: ObjectWriter) => writer.abort().catch((error: unknown) => failed.push(error))
    for (const { file } of this.#partitions.values()) if (file !== undefined) await abort(file.writer)
    // One that cannot be made tells those who make it.
    await Promise.all(Array.from(this.#making, (making) => making.then(abort, () => {})))
    if (failed.length > 0) throw failed[0]
  }

  #arriving(part: TablePart): Partition {
    const partition = this.#partition(part.folder)
    partition.arriving = new ArrivingRows(part, this.#fileSchema)
    return partition
  }

  /** Lets in what stood before this row of the batch. */
  async #admit(partition: Partition, row: number): Promise<void> {
    const { rowGroupRows } = this.#plan
    let rows = partition.arriving?.rowsBefore(row) ?? 0
    while (rowsOf(partition) + rows >= rowGroupRows) {
      const last = rowGroupRows - rowsOf(partition)
      this.#arrive(partition, last)
      rows -= last
      await this.#writeRowGroup(partition)
    }
    this.#arrive(partition, rows)
  }

  #arrive(partition: Partition, rows: number): void {
    partition.arrived += rows
    this.#waitingRows += rows
  }

  #partition(folder: string): Partition {
    const known = this.#partitions.get(folder)
    if (known !== undefined) return known
    const waiting = new HeldRows(this.#fileSchema)
    const appended = Promise.resolve()
    const partition: Partition = {
      folder,
      waiting,
      arriving: undefined,
      arrived: 0,
      rows: 0,
      appended,
      file: undefined,
    }
    this.#partitions.set(folder, partition)
    return partition
  }

  /** Puts those that have arrived to the others: only here is a batch cut, so that nothing is that goes on as a whole. */
  #hold(partition: Partition): void {
    const { waiting, arriving, arrived } = partition
    if (arriving === undefined || arrived === 0) return
    const before = waiting.byteLength
    waiting.add(arriving.take(arrived))
    partition.rows += arrived
    partition.arrived = 0
    this.#waitingBytes += waiting.byteLength - before
  }

  /** Of equals the first by name: which was met first depends on where batches end. */
  #largest(measure: (partition: Partition) => number): Partition {
    const [first, ...others] = this.#partitions.values()
    return others.reduce((largest, partition) => {
      const more = measure(partition) - measure(largest)
      return more > 0 || (more === 0 && partition.folder < largest.folder) ? partition : largest
    }, first)
  }

  /** Writes a row group of what waits, now or, where others encode it, while the next rows come. */
  async #writeRowGroup(partition: Partition): Promise<void> {
    const group = this.#encodeWaiting(partition)
    if (group === undefined) return
    partition.appended = partition.appended.then(() => this.#append(partition, group))
    // What fails is told where it is waited for.
    partition.appended.catch(() => {})
    this.#encoding.push(partition.appended)
    while (this.#encoding.length > this.#encodedAhead) await this.#encoding.shift()
  }

  /** Begins to encode what waits; undefined when nothing does. */
  #encodeWaiting(partition: Partition): EncodingGroup | undefined {
    this.#hold(partition)
    const { waiting } = partition
    const { rows, byteLength } = waiting
    if (rows === 0) return undefined
    this.#waitingRows -= rows
    this.#waitingBytes -= byteLength
    this.#encodingRows += rows
    const encoded = this.#encoder.encode(waiting.take())
    // What fails is told where it is waited for, unless the row group before it has failed.
    encoded.catch(() => {})
    return { rows, encoded }
  }

  async #append(partition: Partition, { rows, encoded }: EncodingGroup): Promise<void> {
    const group = await encoded
    const { parquet, writer } = await this.#file(partition)
    // Of what went on its way, not of what the file says it got: what is lost there must be missed.
    this.#encodingRows -= rows
    await writer.write(parquet.append(group))
  }

  async #file(partition: Partition) {
    if (partition.file === undefined) {
      const { folder, partFile } = this.#target
      const name = partition.folder === '' ? partFile : `${partition.folder}/${partFile}`
      const writer = await this.#make(joinLocation(folder, name))
      const parquet = new ParquetFile(this.#fileSchema)
      partition.file = { parquet, writer }
      await writer.write(parquet.start())
    }
    return partition.file
  }

  async #make(location: Location): Promise<ObjectWriter> {
    if (this.#isGivenUp) throw internal(`${formatLocation(location)} is begun after the end of its table`)
    const making = this.#store.create(location)
    this.#making.add(making)
    try {
      return await making
    } finally {
      this.#making.delete(making)
    }
  }
}

function rowsOf({ waiting, arrived }: Partition): number {
  return waiting.rows + arrived
}

function bytesOf({ waiting }: Partition): number {
  return waiting.byteLength
}

/** Row groups that others encode while the next rows come: with none, those who scan would soon wait for the one who encodes. Each lies in memory until it is written. */
const WRITTEN_AHEAD = 1
/** Row groups that are encoded at the end before it is their turn: enough for every thread, and few, since each lies in memory until then. */
const ENCODED_AHEAD = 16
