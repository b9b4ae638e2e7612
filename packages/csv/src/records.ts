import type { Column } from './column.ts'
import type { DialectRules } from './dialect.ts'
import { aligned, type Input, putBits } from './input.ts'
import { closeWasmModule, openWasmModule, type WasmModule } from './wasm-module.ts'

/** The records of a batch, and the line breaks in them that became blanks. */
export interface Records {
  readonly bytes: Uint8Array
  readonly lineBreaksReplaced: number
}

/**
 * Encodes rows of columns in the module, as many at a time as go into its memory.
 *
 * - Memory: the module's grows only for a record that is too long for it, and is then given back.
 */
export function encodeRecords(columns: readonly Column[], rows: number, rules: DialectRules): Records {
  const module = openWasmModule()
  const pieces: Uint8Array[] = []
  let lineBreaksReplaced = 0
  try {
    for (let from = 0; from < rows; ) {
      const to = sliceEnd(columns, from, rows)
      lineBreaksReplaced += encodeSlice(module, columns, from, to, rules, pieces)
      from = to
    }
  } finally {
    if (module.memory.buffer.byteLength > MEMORY_BYTES_KEPT) closeWasmModule()
  }
  return { bytes: joined(pieces), lineBreaksReplaced }
}

/** Where the next slice ends: it has at least one row. */
function sliceEnd(columns: readonly Column[], from: number, rows: number): number {
  let count = rows - from
  while (count > 1 && byteLengthOf(columns, from, from + count) > SLICE_BYTES) count = Math.ceil(count / 2)
  return from + count
}

function byteLengthOf(columns: readonly Column[], from: number, to: number): number {
  return columns.reduce((sum, { rows }) => sum + rows.byteLength(from, to), 0)
}

/** Appends the records of the rows from `from` to `to` to `pieces`, and gives the number of line breaks that became blanks. */
function encodeSlice(
  module: WasmModule,
  columns: readonly Column[],
  from: number,
  to: number,
  rules: DialectRules,
  pieces: Uint8Array[],
): number {
  const { memory } = module
  const start = putSlice(module, columns, from, to, rules)
  let lineBreaksReplaced = 0
  for (let row = 0; row < to - from; ) {
    const limit = memory.buffer.byteLength - SLACK_BYTES
    const reached = module.encode(columns.length, row, to - from, start, limit)
    const [end, folded] = new Uint32Array(memory.buffer, module.RESULT.value, 2)
    if (reached === row) growTo(memory, 2 * memory.buffer.byteLength)
    else pieces.push(new Uint8Array(memory.buffer).slice(start, end))
    lineBreaksReplaced += folded
    row = reached
  }
  return lineBreaksReplaced
}

/** Copies what the module needs for some rows, and gives the address of the room behind it. */
function putSlice(
  module: WasmModule,
  columns: readonly Column[],
  from: number,
  to: number,
  rules: DialectRules,
): number {
  const { memory } = module
  const table = module.COLUMNS.value
  const needed = columns.reduce(
    (sum, { rows, validity }) =>
      sum +
      rows.byteLength(from, to) +
      rows.sharedBytes +
      (validity?.length ?? 0) +
      COLUMN_BYTES +
      COLUMN_PADDING_BYTES,
    table + OUTPUT_BYTES_MIN,
  )
  growTo(memory, needed)
  putRules(module, rules)
  const input: Input = { bytes: new Uint8Array(memory.buffer), end: aligned(table + columns.length * COLUMN_BYTES) }
  const words = new Int32Array(memory.buffer, table, (columns.length * COLUMN_BYTES) / 4)
  for (const [index, { kind, detail, validity, rows }] of columns.entries()) {
    const valid = validity === undefined ? 0 : putBits(input, validity, from, to)
    const { values, texts, entries } = rows.put(input, from, to)
    words.set([kind, detail, valid, from & 7, values, texts, entries], (index * COLUMN_BYTES) / 4)
  }
  return input.end
}

/** As assembly/text.ts reads them. */
function putRules({ memory, CLASSES, RULES }: WasmModule, rules: DialectRules): void {
  const { quotesFrom, quotesAllText, lineEnd, classes } = rules
  const lineEndBytes = lineEnd.charCodeAt(0) + (lineEnd.length > 1 ? lineEnd.charCodeAt(1) << 8 : 0)
  const words = [quotesFrom, rules.escape.charCodeAt(0), quotesAllText ? 1 : 0, lineEndBytes, lineEnd.length]
  new Uint32Array(memory.buffer, RULES.value, words.length).set(words)
  new Uint8Array(memory.buffer, CLASSES.value, classes.length).set(classes)
}

/** Doubles a memory until it has so many bytes. */
function growTo(memory: WebAssembly.Memory, byteLength: number): void {
  while (memory.buffer.byteLength < byteLength) memory.grow(memory.buffer.byteLength / PAGE_BYTES)
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

const PAGE_BYTES = 65_536
/** What the module begins with; scripts/build-wasm.js says so. */
const MEMORY_BYTES_KEPT = 64 * PAGE_BYTES
const SLICE_BYTES = 2 * 1024 * 1024
const OUTPUT_BYTES_MIN = PAGE_BYTES
/** A word beyond the last text, and the limit of the largest memory stays a number of 32 bits. */
const SLACK_BYTES = 16
const COLUMN_BYTES = 32
/** What the buffers of one column are moved on by to lie as they should. */
const COLUMN_PADDING_BYTES = 32
