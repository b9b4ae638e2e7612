import { batchOf, Int64Builder, internal } from '@fletching/columns'
import { Field, type RecordBatch, Schema } from 'apache-arrow'
import { allWriters, type ColumnWriter, openColumnWriter } from './column-writer.ts'
import { addMany, addOne, type LineCounts, newCounts, newRemarks, newTally, type Remarks, sortTally } from './counts.ts'
import { type LineLimits, lineLimits } from './line-limits.ts'
import { isBlank } from './line-splitter.ts'
import { codeOf, type MalformedCode } from './malformed-code.ts'
import { countValue, openStep, type Step } from './predicate.ts'
import { BUFFER_BYTES, type LineReader, type Scanner, type ScannerKind } from './scanner.ts'
import type { Slots } from './slots.ts'
import type { ScanSpec } from './spec.ts'
import { TsScanner } from './ts-scanner.ts'
import { type Fault, faultOf, type UnfitCode, type ValueState } from './value-state.ts'
import type { FilledColumn } from './wasm-rooms.ts'
import { openWasmScanner } from './wasm-scanner.ts'

/** A row whose line holds a value that does not fit. */
export interface Unfit {
  /** In the batch. */
  readonly row: number
  /** Objects that had ended before, counted from the start of the batch. */
  readonly object: number
  /** Counted from 1, in the object. */
  readonly line: number
  /** Of the line's first byte, in the uncompressed object. */
  readonly byteOffset: number
  /** The first value, in the order of the specification, that does not fit: a column, or a dotted path within one such as `properties.products[].price`. */
  readonly column: string
  readonly code: UnfitCode
  /** The whole line. */
  readonly text: Uint8Array
}

/** A line that is not JSON by the rules. */
export interface Malformed {
  /** Objects that had ended before, counted from the start of the batch. */
  readonly object: number
  readonly line: number
  readonly byteOffset: number
  /** Where in the line it cannot go on. */
  readonly errorOffset: number
  readonly lineBytes: number
  readonly code: MalformedCode
  /** The whole line; undefined when it was longer than the limit. */
  readonly text: Uint8Array | undefined
}

/** Rows, and what is to be said of lines in their neighbourhood. */
export interface DecodedBatch {
  readonly batch: RecordBatch
  /** In ascending order of `row`. */
  readonly unfit: readonly Unfit[]
  readonly malformed: readonly Malformed[]
  /** For each object that ended in the batch, the row behind its last. */
  readonly objectEnds: readonly number[]
}

export interface DecoderOptions extends Partial<LineLimits> {
  /** Rows after which a batch ends. Default 16,384. */
  readonly batchRows?: number
  /** Bytes after which a batch ends: of the lines of its rows and of those that wait with it. Default 32 MiB. */
  readonly batchBytesMax?: number
  /** Malformed lines after which a batch ends, so that a file of nothing else stays within bounds. Default 1024. */
  readonly malformedMax?: number
  /**
   * Who reads the lines: the scanner in WebAssembly, several times faster, or the one in TypeScript; all else is the same. Default
   * `wasm`, which is `ts` where there is no SIMD and for more columns or values than the fast scanner takes.
   */
  readonly scanner?: ScannerKind | undefined
}

/**
 * NDJSON bytes in, record batches out, synchronously and without IO.
 *
 * Every line is validated whole. The first that applies counts it: blank, malformed, refused by a step, or else a row. Where a batch
 * ends depends on the lines alone, never on how the bytes were cut.
 *
 * - Nulls: a missing key and a JSON null are null.
 * - Memory: one line, and one batch with the lines that wait beside it, which both have a bound in bytes.
 * - Order: rows come in the order of the lines.
 *
 * @example
 * ```ts
 * const decoder = new NdjsonDecoder({
 *   columns: [{ name: 'userId', path: ['userId'], type: { kind: 'utf8', numbers: 'text', lineBreaks: 'keep', empty: 'null' }, required: false, unfit: 'setAside', output: true }],
 *   steps: [],
 * })
 * const [{ batch }] = [...decoder.push(new TextEncoder().encode('{"userId":7}\n')), ...decoder.flush()]
 * assert.deepEqual(batch.getChild('userId').toJSON(), ['7'])
 * ```
 */
export class NdjsonDecoder {
  readonly schema: Schema
  readonly #scanner: Scanner
  readonly #columns: readonly ColumnWriter[]
  readonly #outputs: readonly ColumnWriter[]
  /** The outputs and the writers within them. */
  readonly #writers: readonly ColumnWriter[]
  readonly #places: readonly { readonly name: string; readonly of: 'line' | 'offset'; readonly builder: Int64Builder }[]
  readonly #steps: readonly Step[]
  /** Of the line at hand, for each column. */
  readonly #states: ValueState[]
  readonly #batchRows: number
  readonly #batchBytesMax: number
  readonly #malformedMax: number
  /** For each step, the lines that it refused. */
  readonly #refused: number[]
  #counts = newCounts()
  #remarks = newRemarks()
  #done: DecodedBatch[] = []
  #unfit: Unfit[] = []
  #malformed: Malformed[] = []
  #objectEnds: number[] = []
  #rows = 0
  #bytes = 0
  /** Of the rows that the scanner has not told of yet, those of objects that have ended, which are counted. */
  #countedRows = 0

  constructor(spec: ScanSpec, options: DecoderOptions = {}) {
    const { batchRows = 16_384, batchBytesMax = 32 * MIB, malformedMax = 1024 } = options
    const { scanner = 'wasm' } = options
    const limits = lineLimits(options)
    this.#places = (spec.places ?? []).map((place) => ({ ...place, builder: new Int64Builder() }))
    const reader: LineReader = {
      valid: (bytes, start, end, slots, step) => this.#valid(bytes, start, end, slots, step),
      refused: (bytes, slots, step) => this.#refuse(step, bytes, slots),
      invalid: (bytes, start, end, verdict, errorOffset) => this.#invalid(bytes, start, end, verdict, errorOffset),
      tooLong: (lineBytes) => this.#reject('LINE_TOO_LONG', 0, lineBytes, undefined),
      rowsLeft: () => this.#batchRows - this.#rows,
      bytesLeft: () => this.#batchBytesMax - this.#bytes,
      place: this.#places.length === 0 ? undefined : (number, offset) => this.#place(number, offset),
      filled: (rows, lineBytes, columns) => this.#fill(rows, lineBytes, columns),
      numberOf: (column, bytes, start, end) => this.#writers[column].numberOf?.(bytes, start, end) ?? -1,
    }
    this.#scanner =
      (scanner === 'wasm' ? openWasmScanner(spec, limits, reader) : undefined) ?? new TsScanner(spec, limits, reader)
    const { nodes } = this.#scanner
    this.#columns = spec.columns.map((column, number) => openColumnWriter(column, nodes[number]))
    this.#outputs = this.#columns.filter(({ column }) => column.output)
    this.#writers = allWriters(this.#outputs)
    this.#steps = spec.steps.map((step) => openStep(step, this.#columns))
    this.#refused = spec.steps.map(() => 0)
    this.#states = this.#outputs.map(() => 'absent')
    this.#batchRows = batchRows
    this.#batchBytesMax = batchBytesMax
    this.#malformedMax = malformedMax
    this.schema = new Schema([
      ...this.#outputs.map(({ column, builder }) => new Field(column.name, builder.type, true)),
      ...this.#places.map(({ name, builder }) => new Field(name, builder.type, true)),
    ])
  }

  /** Who reads the lines here. */
  get scanner(): ScannerKind {
    return this.#scanner.kind
  }

  /**
   * Begins in the middle of an object, before its first byte is pushed: a line begins at this offset. Line numbers count from there.
   */
  skipTo(byteOffset: number): void {
    this.#scanner.skipTo(byteOffset)
  }

  /** Takes the next bytes of the object; they may be used again afterwards. Gives the batches that are full. */
  push(bytes: Uint8Array): DecodedBatch[] {
    this.#counts.bytes += bytes.length
    this.#scanner.push(bytes)
    return this.#takeDone()
  }

  /**
   * Memory for the next bytes of the object, at least `byteLength` of up to 512 KiB: who reads or inflates into it spares a copy.
   * It is good until the next call of the decoder.
   */
  buffer(byteLength = 1): Uint8Array {
    if (byteLength > BUFFER_BYTES) throw internal(`buffer got ${byteLength}; a decoder has ${BUFFER_BYTES} bytes`)
    return this.#scanner.buffer(byteLength)
  }

  /** Takes the first `byteLength` bytes of what `buffer` gave, as `push` does. */
  commit(byteLength: number): DecodedBatch[] {
    this.#counts.bytes += byteLength
    this.#scanner.commit(byteLength)
    return this.#takeDone()
  }

  /**
   * Ends the object, with its last line if that has no line end: the next bytes are those of another, whose rows may share the batch. Many
   * small objects make few batches so.
   */
  endObject(): void {
    this.#scanner.flush()
    // To take rows of each object costs more than to count them.
    const { rowsWaiting } = this.#scanner
    this.#countRows(rowsWaiting - this.#countedRows)
    this.#countedRows = rowsWaiting
    this.#objectEnds.push(this.#rows + rowsWaiting)
  }

  /** Ends the last object, and the batch. */
  flush(): DecodedBatch[] {
    this.#scanner.flush()
    this.#scanner.giveRows()
    if (this.#rows > 0 || this.#malformed.length > 0) this.#endBatch()
    this.#objectEnds = []
    return this.#takeDone()
  }

  /** The counts since they were last taken; to be called when an object has ended. */
  takeCounts(): LineCounts {
    const counts = this.#counts
    const { lines, blank, refused } = this.#scanner.takeCounts()
    counts.lines += lines
    counts.blank += blank
    for (let step = 0; step < this.#steps.length; step++) {
      const count = this.#refused[step] + (refused[step] ?? 0)
      if (count > 0) addMany(counts.filtered, this.#steps[step].reason, count)
    }
    this.#refused.fill(0)
    this.#counts = newCounts()
    return counts
  }

  /**
   * What is worth telling of the lines since this was last asked; to be called when an object has ended. Values that are told of once are
   * cheap to count from then on: who reads many small objects asks after some of them.
   */
  takeRemarks(): Remarks {
    this.#scanner.giveRows()
    const remarks = this.#remarks
    const { values, slowLines } = this.#scanner.takeRemarks()
    remarks.slowLines += slowLines
    for (const { step, name, count } of values) addMany(remarks.tallies[this.#steps[step].reason], name, count)
    this.#remarks = newRemarks()
    // By name: which comes first depends on how many rows were written at once.
    return { ...remarks, converted: sortTally(remarks.converted) }
  }

  #valid(bytes: Uint8Array, start: number, end: number, slots: Slots, from: number): void {
    for (let step = from; step < this.#steps.length; step++) {
      if (this.#steps[step].test(bytes, slots)) continue
      this.#refuse(step, bytes, slots)
      return
    }
    this.#countRows(1)
    this.#row(bytes, start, end, slots)
  }

  #refuse(step: number, bytes: Uint8Array, slots: Slots): string | undefined {
    this.#counts.lines++
    this.#refused[step]++
    return countValue(this.#steps[step], bytes, slots, this.#remarks)
  }

  #invalid(bytes: Uint8Array, start: number, end: number, verdict: number, errorOffset: number): void {
    if (isBlank(bytes, start, end)) {
      this.#counts.lines++
      this.#counts.blank++
    } else {
      const text = bytes.slice(start, end)
      this.#reject(codeOf(verdict, text), errorOffset, text.length, text)
    }
  }

  #row(bytes: Uint8Array, start: number, end: number, slots: Slots): void {
    const columns = this.#outputs
    const states = this.#states
    let fault: Fault | undefined
    for (let i = 0; i < columns.length; i++) {
      states[i] = columns[i].stateOf(bytes, slots)
      fault ??= faultOf(columns[i].column, states[i])
    }
    // What was changed in a line that will be set aside is no row's, and is not counted.
    const converted = fault === undefined ? this.#remarks.converted : newTally()
    for (let i = 0; i < columns.length; i++) columns[i].write(bytes, slots, states[i], converted)
    if (this.#places.length > 0) this.#place(this.#scanner.lineNumber, this.#scanner.lineOffset)
    if (fault !== undefined) {
      this.#unfit.push({
        row: this.#rows,
        object: this.#objectEnds.length,
        line: this.#scanner.lineNumber,
        byteOffset: this.#scanner.lineOffset,
        column: fault.column,
        code: fault.code,
        text: bytes.slice(start, end),
      })
    }
    this.#addRows(1, end - start)
  }

  #place(lineNumber: number, lineOffset: number): void {
    for (const { of, builder } of this.#places) builder.append(BigInt(of === 'line' ? lineNumber : lineOffset))
  }

  #fill(rows: number, lineBytes: number, columns: readonly FilledColumn[]): void {
    const outputs = this.#outputs
    for (let i = 0; i < outputs.length; i++) outputs[i].append(rows, columns[i], this.#remarks.converted)
    this.#countRows(rows - this.#countedRows)
    this.#countedRows = 0
    this.#addRows(rows, lineBytes)
  }

  /** Counts rows for the object at hand. */
  #countRows(rows: number): void {
    this.#counts.lines += rows
    this.#counts.rows += rows
  }

  #addRows(rows: number, lineBytes: number): void {
    this.#rows += rows
    this.#bytes += lineBytes
    if (this.#rows === this.#batchRows || this.#bytes >= this.#batchBytesMax) this.#endBatch()
  }

  #reject(code: MalformedCode, errorOffset: number, lineBytes: number, text: Uint8Array | undefined): void {
    this.#counts.lines++
    addOne(this.#counts.malformed, code)
    const { lineNumber: line, lineOffset: byteOffset } = this.#scanner
    const object = this.#objectEnds.length
    this.#malformed.push({ object, line, byteOffset, errorOffset, lineBytes, code, text })
    this.#bytes += text?.length ?? 0
    if (this.#malformed.length === this.#malformedMax || this.#bytes >= this.#batchBytesMax) this.#endBatch()
  }

  #endBatch(): void {
    const children = [...this.#outputs, ...this.#places].map(({ builder }) => builder.finish())
    this.#done.push({
      batch: batchOf(this.schema, this.#rows, children),
      unfit: this.#unfit,
      malformed: this.#malformed,
      objectEnds: this.#objectEnds,
    })
    this.#unfit = []
    this.#malformed = []
    this.#objectEnds = []
    this.#rows = 0
    this.#bytes = 0
  }

  #takeDone(): DecodedBatch[] {
    const done = this.#done
    this.#done = []
    return done
  }
}

const MIB = 1024 * 1024
