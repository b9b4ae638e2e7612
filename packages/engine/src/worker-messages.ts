import { deserialize, serialize } from 'node:v8'
import { ownsMemory, type PackedBatch, packBatch, packedByteLength, transfersOf, unpackBatch } from '@fletching/columns'
import { type ErrorKind, FletchingError } from '@fletching/columns/errors'
import type { BatchRows, RowGroup } from '@fletching/parquet'
import type { RecordBatch, Schema } from 'apache-arrow'
import { joinRows } from './batch-rows.ts'
import type { Measured } from './meter.ts'
import type { CsvPart, Ended, MorselBody, Reject, Undecided } from './morsel.ts'
import type { SpillForm } from './ordered-window.ts'
import type { PhysicalPlan } from './physical.ts'
import { takeRanges } from './row-ranges.ts'
import type { Unit } from './split.ts'
import { rowsOfPart, type TablePart } from './table-part.ts'

/** The first message to a worker of a crew. */
export interface WorkerSetup {
  readonly kind: 'scan'
  readonly plan: PhysicalPlan
  /** Whether the worker reads by itself, or is given the stored bytes. */
  readonly readsFiles: boolean
  /** Whether to tell what every operator does. */
  readonly measures: boolean
  /** Three numbers that both sides see; see `Shared`. */
  readonly shared: SharedArrayBuffer
}

/** What each number of the shared memory means. */
export const Shared = {
  /** Bytes that the worker has sent and that have not been admitted. */
  sentBytes: 0,
  /** KiB of stored bytes that it has read. */
  readKib: 1,
  /** The place in the input's order of the object that it reads, for what is said when it dies. */
  object: 2,
  size: 3,
} as const

export type ToWorker =
  | { readonly kind: 'unit'; readonly unit: Unit }
  /** The next stored bytes of a unit's split, and whether they are its last. */
  | { readonly kind: 'chunks'; readonly unit: number; readonly chunks: readonly Uint8Array[]; readonly isLast: boolean }
  /** No unit is wanted any more. */
  | { readonly kind: 'stop' }
  /** Row groups will come soon; what encodes them is to be loaded. */
  | { readonly kind: 'open' }
  /** Rows of a table that are to be one row group. */
  | { readonly kind: 'encode'; readonly id: number; readonly sink: number; readonly rows: readonly PackedRows[] }

export type FromWorker =
  | FromScan
  | { readonly kind: 'encoded'; readonly id: number; readonly group: RowGroup }
  | { readonly kind: 'notEncoded'; readonly id: number; readonly error: PackedError }
  /** What was done since this was last told. */
  | { readonly kind: 'measured'; readonly measured: Measured }

export type FromScan =
  | ScannedMessage
  | { readonly kind: 'end'; readonly unit: number }
  /** Chunks have been used. */
  | { readonly kind: 'used'; readonly unit: number; readonly byteLength: number }

/** What the coordinator takes in order. */
export type ScannedMessage =
  | {
      readonly kind: 'morsel'
      readonly unit: number
      readonly index: number
      readonly parts: readonly PackedPart[]
      readonly rejects: readonly Reject[]
      readonly undecided: PackedUndecided | undefined
      readonly byteLength: number
    }
  | { readonly kind: 'ended'; readonly unit: number; readonly ended: Ended }
  | { readonly kind: 'failed'; readonly unit: number; readonly error: PackedError }

export type PackedPart = CsvPart | { readonly format: 'parquet'; readonly parts: readonly PackedTablePart[] }

interface PackedTablePart extends Omit<TablePart, 'content'> {
  readonly content: PackedBatch | Uint8Array
}

export interface PackedUndecided extends Omit<Undecided, 'batch'> {
  readonly batch: PackedBatch
}

/** Rows of a batch; see `BatchRows`. */
export interface PackedRows {
  readonly batch: PackedBatch
  readonly ranges: Int32Array | undefined
}

export interface PackedError {
  readonly kind: ErrorKind
  readonly code: string
  readonly what: string
  readonly at: readonly string[]
  readonly help: readonly string[]
  readonly details: Readonly<Record<string, unknown>>
  readonly stack: string | undefined
}

/** A morsel's body for the way, its weight, and the memory that moves with it. */
export function packBody({ parts, rejects, undecided }: MorselBody) {
  const transfer: ArrayBuffer[] = []
  let byteLength = 0
  const addBatch = (batch: PackedBatch) => {
    transfer.push(...transfersOf(batch))
    byteLength += packedByteLength(batch)
  }
  const packedParts = parts.map((part): PackedPart => {
    if (part.format === 'csv') {
      transfer.push(part.bytes.buffer as ArrayBuffer)
      byteLength += part.bytes.byteLength
      return part
    }
    const parts = part.parts.map(packTablePart)
    for (const { content } of parts) {
      if (!(content instanceof Uint8Array)) addBatch(content)
      else {
        transfer.push(content.buffer as ArrayBuffer)
        byteLength += content.byteLength
      }
    }
    return { format: 'parquet', parts }
  })
  const rest = undecided && packUndecided(undecided)
  if (rest !== undefined) addBatch(rest.batch)
  for (const { text } of [...rejects, ...(rest?.unfit ?? []), ...(rest?.malformed ?? [])]) {
    byteLength += 200 + (text?.byteLength ?? 0)
  }
  return { parts: packedParts, rejects, undecided: rest, byteLength, transfer: [...new Set(transfer)] }
}

/**
 * Rows for the way, and the memory that moves with them: nobody may look at them any longer.
 *
 * - Memory: copies those of a slice of a larger batch, of which a clone would copy all.
 */
export function packRows(rows: readonly BatchRows[]): { rows: PackedRows[]; transfer: ArrayBuffer[] } {
  const packed = rows.map((part): PackedRows => {
    const batch = packBatch(part.batch)
    return ownsMemory(batch)
      ? { batch, ranges: part.ranges }
      : { batch: packBatch(joinRows([part])), ranges: undefined }
  })
  return { rows: packed, transfer: [...new Set(packed.flatMap(({ batch }) => transfersOf(batch)))] }
}

export function unpackRows(rows: readonly PackedRows[], schema: Schema): BatchRows[] {
  return rows.map(({ batch, ranges }) => ({ batch: unpackBatch(schema, batch), ranges }))
}

function packTablePart({ content, ...rest }: TablePart): PackedTablePart {
  return { ...rest, content: content instanceof Uint8Array ? content : packBatch(content) }
}

function unpackTablePart({ content, ...rest }: PackedTablePart, schema: Schema): TablePart {
  return { ...rest, content: content instanceof Uint8Array ? content : unpackBatch(schema, content) }
}

/** How messages lie in a file: of each part the rows alone. What is read back has memory of its own, not all of it that of the message. */
export function spillForm(sinks: readonly Schema[]): SpillForm<ScannedMessage> {
  return {
    write: (message) =>
      serialize(withBatches(message, sinks, ({ batch, ranges }) => (ranges ? takeRanges(batch, ranges) : batch))),
    read: (bytes) => withBatches(deserialize(bytes) as ScannedMessage, sinks, ({ batch }) => joinRows([{ batch }])),
  }
}

/** The message with other batches in its parts, and bytes that are copied. */
function withBatches(
  message: ScannedMessage,
  sinks: readonly Schema[],
  change: (rows: BatchRows) => RecordBatch,
): ScannedMessage {
  if (message.kind !== 'morsel') return message
  const changed = (part: PackedTablePart, schema: Schema): PackedTablePart =>
    part.content instanceof Uint8Array
      ? { ...part, content: part.content.slice() }
      : { ...part, content: packBatch(change(rowsOfPart(unpackTablePart(part, schema), schema))) }
  const parts = message.parts.map((part, sink) =>
    part.format === 'csv' ? part : { ...part, parts: part.parts.map((rows) => changed(rows, sinks[sink])) },
  )
  return { ...message, parts }
}

export function packUndecided({ batch, ...rest }: Undecided): PackedUndecided {
  return { ...rest, batch: packBatch(batch) }
}

export function unpackUndecided({ batch, ...rest }: PackedUndecided, schema: Schema): Undecided {
  return { ...rest, batch: unpackBatch(schema, batch) }
}

/** - `schemas`: of what each sink writes, and of rows that are undecided. */
export function unpackBody(
  { parts, rejects, undecided }: Pick<Extract<ScannedMessage, { kind: 'morsel' }>, 'parts' | 'rejects' | 'undecided'>,
  schemas: { readonly sinks: readonly Schema[]; readonly undecided: Schema | undefined },
): MorselBody {
  return {
    parts: parts.map((part, index) =>
      part.format === 'csv'
        ? part
        : { format: 'parquet', parts: part.parts.map((rows) => unpackTablePart(rows, schemas.sinks[index])) },
    ),
    rejects,
    ...(undecided === undefined || schemas.undecided === undefined
      ? {}
      : { undecided: unpackUndecided(undecided, schemas.undecided) }),
  }
}

/** An error for the way; one that is not ours is a bug of ours. */
export function packError(error: unknown): PackedError {
  const { kind, code, what, at, help, details, stack } =
    error instanceof FletchingError
      ? error
      : new FletchingError('internal', 'INTERNAL', error instanceof Error ? error.message : String(error), {
          cause: error,
        })
  return { kind, code, what, at, help, details, stack: error instanceof Error ? error.stack : stack }
}

export function unpackError({ kind, code, what, at, help, details, stack }: PackedError): FletchingError {
  const error = new FletchingError(kind, code, what, { at, help, details })
  if (stack !== undefined) error.stack = stack
  return error
}
