import { getBit, viewOf } from '@fletching/columns'
import type { Rows, Runs } from './runs.ts'

/** Texts, or other bytes, one behind the other, and where each begins, behind the last where that ends. */
interface TextBuffers {
  readonly bytes: Uint8Array
  readonly offsets: Int32Array
}

/** The texts of some rows; a null, of which `validity` tells, takes no bytes. */
export function takeTexts(
  { bytes, offsets }: TextBuffers,
  rows: Rows,
  runs: Runs,
  validity: Uint8Array | null,
): TextBuffers {
  const ends = runs && takeOffsetRuns(offsets, rows, runs, validity)
  if (runs && ends) return { bytes: copyRuns(bytes, offsets, rows, runs, ends), offsets: ends }
  const taken = takeEachOffset(offsets, rows, validity)
  return { bytes: copyEach(bytes, offsets, rows, taken), offsets: taken }
}

/** Where the values of some rows begin, and behind the last where it ends; a null, of which `validity` tells, takes no room. */
export function takeOffsets(offsets: Int32Array, rows: Rows, runs: Runs, validity: Uint8Array | null): Int32Array {
  return (runs && takeOffsetRuns(offsets, rows, runs, validity)) ?? takeEachOffset(offsets, rows, validity)
}

function takeEachOffset(offsets: Int32Array, rows: Rows, validity: Uint8Array | null): Int32Array {
  const taken = new Int32Array(rows.length + 1)
  if (validity === null) putOffsets(offsets, rows, taken)
  else putValidOffsets(offsets, rows, validity, taken)
  return taken
}

function putOffsets(offsets: Int32Array, rows: Rows, taken: Int32Array): void {
  let end = 0
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]
    end += offsets[row + 1] - offsets[row]
    taken[i + 1] = end
  }
}

function putValidOffsets(offsets: Int32Array, rows: Rows, validity: Uint8Array, taken: Int32Array): void {
  let end = 0
  for (let i = 0; i < rows.length; i++) {
    const row = Math.max(rows[i], 0)
    // Without a branch, since nulls follow no pattern.
    const all = -((validity[i >> 3] >> (i & 7)) & 1)
    end += (offsets[row + 1] - offsets[row]) & all
    taken[i + 1] = end
  }
}

/** As `takeEachOffset`; undefined when something lies under a null, which is left behind only row by row. */
function takeOffsetRuns(
  offsets: Int32Array,
  rows: Rows,
  runs: Int32Array,
  validity: Uint8Array | null,
): Int32Array | undefined {
  const taken = new Int32Array(rows.length + 1)
  for (let run = 0; run < runs.length - 1; run++) {
    const from = runs[run]
    const to = runs[run + 1]
    const row = rows[from] - from
    const ahead = taken[from] - offsets[row + from]
    for (let i = from + 1; i <= to; i++) taken[i] = offsets[row + i] + ahead
  }
  return validity !== null && hidesValues(taken, validity) ? undefined : taken
}

/** Whether something lies under a null. */
function hidesValues(offsets: Int32Array, validity: Uint8Array): boolean {
  const { length } = offsets
  for (let byte = 0, row = 0; byte < validity.length; byte++, row += 8) {
    const end = Math.min(row + 8, length - 1)
    if (validity[byte] === 0xff || offsets[row] === offsets[end]) continue
    for (let i = row; i < end; i++) if (offsets[i] !== offsets[i + 1] && !getBit(validity, i)) return true
  }
  return false
}

function copyRuns(bytes: Uint8Array, offsets: Int32Array, rows: Rows, runs: Int32Array, taken: Int32Array): Uint8Array {
  const target = new Uint8Array(taken[rows.length])
  const from = viewOf(bytes)
  const to = viewOf(target)
  for (let run = 0; run < runs.length - 1; run++) {
    const at = taken[runs[run]]
    copyBytes(from, offsets[rows[runs[run]]], taken[runs[run + 1]] - at, to, at)
  }
  return target
}

function copyEach(bytes: Uint8Array, offsets: Int32Array, rows: Rows, taken: Int32Array): Uint8Array {
  const target = new Uint8Array(taken[rows.length])
  const from = viewOf(bytes)
  const to = viewOf(target)
  for (let i = 0; i < rows.length; i++) {
    const at = taken[i]
    const count = taken[i + 1] - at
    if (count > 0) copyBytes(from, offsets[rows[i]], count, to, at)
  }
  return target
}

/** Words of four bytes, the last of which may begin within the one before; 64 bits would be a bigint, or, as a float, lose some of a NaN. */
function copyBytes(source: DataView, from: number, count: number, target: DataView, to: number): void {
  if (count > LONG_BYTES) bytesOf(target, to, count).set(bytesOf(source, from, count))
  else if (count < 4) for (let i = 0; i < count; i++) target.setInt8(to + i, source.getInt8(from + i))
  else {
    const last = count - 4
    for (let i = 0; i < last; i += 4) target.setInt32(to + i, source.getInt32(from + i, true), true)
    target.setInt32(to + last, source.getInt32(from + last, true), true)
  }
}

function bytesOf({ buffer, byteOffset }: DataView, from: number, count: number): Uint8Array {
  return new Uint8Array(buffer, byteOffset + from, count)
}

/** More than so many bytes are copied by a call. */
const LONG_BYTES = 256
