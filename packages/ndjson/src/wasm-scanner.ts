import type { LineLimits } from './line-limits.ts'
import { LineSplitter } from './line-splitter.ts'
import type { LineReader, Scanner, ScannerCounts, ScannerRemarks } from './scanner.ts'
import { NUMBER, SLOT_SIZE, type Slots, STRING } from './slots.ts'
import type { ScanSpec } from './spec.ts'
import { StrictScanner } from './strict-scanner.ts'
import { openWasmModule, type WasmModule } from './wasm-module.ts'
import { writePlan } from './wasm-plan.ts'
import { type FilledColumn, fitsMemory, growMemory, layOutRooms, type Rooms, viewRoom } from './wasm-rooms.ts'
import { openShapes, type Shapes, unfilledShapes } from './wasm-shape.ts'

/**
 * Scans whole chunks in WebAssembly, as assembly/scan.ts tells, and looks at what that gives back: records of lines that a reader must know of.
 * Lines that the fast scanner is not sure of go to the strict one, which reads them where they stand.
 *
 * Rows stay in the module's columns until these are full, one has to be written in JavaScript, or the batch ends, since taking few of them costs as much as taking many.
 *
 * Bytes lie in the module's memory. Behind the last whole line stands the beginning of the next, which is moved in front of the chunk when
 * room is needed; when it grows longer than the fast scanner takes, it goes to the splitter, which gathers it.
 */
export class WasmScanner implements Scanner {
  readonly kind = 'wasm'
  readonly nodes: readonly number[]
  readonly #module: WasmModule
  readonly #reader: LineReader
  readonly #strict: StrictScanner
  readonly #splitter: LineSplitter
  readonly #bytes: Uint8Array
  readonly #words: Int32Array
  /** For each record that there was, its slots. */
  readonly #slots: Slots[] = []
  readonly #tallyNodes: readonly number[]
  readonly #columns: readonly FilledColumn[]
  readonly #chunk: number
  readonly #chunkEnd: number
  readonly #carryBytesMax: number
  /** The first byte that belongs to no line yet, and the first that is free. */
  #from: number
  #filled: number
  /** Of the chunk: lines of the object before it, and the offset of its first byte. */
  #linesBefore = 0
  #offsetBefore = 0
  #lines = 0
  #blank = 0
  #slowLines = 0
  readonly #refused: number[]
  #values: { step: number; name: string }[] = []

  constructor(
    module: WasmModule,
    spec: ScanSpec,
    { trie, nodes }: Shapes,
    rooms: Rooms,
    limits: LineLimits,
    reader: LineReader,
  ) {
    this.nodes = nodes
    this.#module = module
    this.#reader = reader
    this.#strict = new StrictScanner(trie, limits.depthMax)
    this.#splitter = new LineSplitter(limits.lineBytesMax, {
      line: (bytes, start, end) => this.#scanSlowly(bytes, start, end),
      tooLong: (lineBytes) => {
        this.giveRows()
        this.#slowLines++
        reader.tooLong(lineBytes)
      },
    })
    growMemory(module, rooms)
    const { buffer } = module.memory
    this.#columns = rooms.columns.map((room) => viewRoom(buffer, room))
    this.#bytes = new Uint8Array(buffer)
    this.#words = new Int32Array(buffer)
    this.#tallyNodes = spec.steps.map(({ tallyColumn }) => (tallyColumn === undefined ? 0 : nodes[tallyColumn]))
    this.#refused = spec.steps.map(() => 0)
    this.#chunk = module.CHUNK
    this.#chunkEnd = this.#chunk + module.CHUNK_BYTES
    this.#carryBytesMax = module.LINE_BYTES_MAX
    this.#from = this.#chunk
    this.#filled = this.#chunk
  }

  get lineNumber(): number {
    return this.#splitter.lineNumber
  }

  get lineOffset(): number {
    return this.#splitter.lineOffset
  }

  skipTo(byteOffset: number): void {
    this.#splitter.skipTo(byteOffset)
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const target = this.buffer(Math.min(bytes.length - at, this.#chunkEnd - this.#chunk))
      const piece = bytes.subarray(at, at + target.length)
      target.set(piece)
      this.commit(piece.length)
      at += piece.length
    }
  }

  buffer(byteLength: number): Uint8Array {
    if (this.#chunkEnd - this.#filled < byteLength) {
      const carried = this.#filled - this.#from
      this.#bytes.copyWithin(this.#chunk - carried, this.#from, this.#filled)
      this.#from = this.#chunk - carried
      this.#filled = this.#chunk
    }
    return this.#bytes.subarray(this.#filled, this.#chunkEnd)
  }

  commit(byteLength: number): void {
    const fresh = this.#filled
    this.#filled += byteLength
    const splitter = this.#splitter
    if (splitter.isAtStart) this.#from += splitter.skipMark(this.#bytes.subarray(this.#from, this.#filled))
    if (splitter.isGathering) {
      const end = this.#bytes.subarray(this.#from, this.#filled).indexOf(LF)
      this.#split(end < 0 ? this.#filled : this.#from + end + 1)
    }
    const searched = Math.max(fresh, this.#from)
    const last = this.#bytes.subarray(searched, this.#filled).lastIndexOf(LF)
    if (last >= 0) this.#scan(searched + last + 1)
    this.#keepRest()
  }

  flush(): void {
    if (this.#from < this.#filled) {
      this.#bytes[this.#filled] = LF
      this.#scan(this.#filled + 1)
    }
    this.#from = this.#chunk
    this.#filled = this.#chunk
    this.#splitter.flush()
  }

  /** Rows in the module's columns. */
  get rowsWaiting(): number {
    return this.#words[this.#module.FILLED / 4]
  }

  /** Hands on the rows in the module's columns, which come before whatever the reader is told next. */
  giveRows(): void {
    const rows = this.rowsWaiting
    const bytes = this.#rowBytes
    if (rows === 0) return
    this.#module.endColumns()
    this.#reader.filled(rows, bytes, this.#columns)
  }

  takeCounts(): ScannerCounts {
    const counts = { lines: this.#lines, blank: this.#blank, refused: [...this.#refused] }
    this.#lines = 0
    this.#blank = 0
    this.#refused.fill(0)
    return counts
  }

  takeRemarks(): ScannerRemarks {
    const { wordAt, forget, TALLIES } = this.#module
    const values = this.#values.map(({ step, name }, number) => ({ step, name, count: wordAt(TALLIES, number) }))
    const remarks = { values: values.filter(({ count }) => count > 0), slowLines: this.#slowLines }
    this.#slowLines = 0
    this.#values = []
    forget(TALLIES)
    return remarks
  }

  /** Keeps what stands behind the last whole line, unless it is too long for the memory. */
  #keepRest(): void {
    if (this.#filled - this.#from > this.#carryBytesMax) this.#split(this.#filled)
    if (this.#from < this.#filled) return
    this.#from = this.#chunk
    this.#filled = this.#chunk
  }

  /** Leaves the bytes up to `to` to the splitter. */
  #split(to: number): void {
    this.#splitter.push(this.#bytes.subarray(this.#from, to))
    this.#from = to
  }

  /** Scans the lines up to `limit`. */
  #scan(limit: number): void {
    while (this.#from < limit) {
      const end = this.#module.scan(this.#from, limit)
      this.#readRecords(end)
      this.#from = end
    }
  }

  #readRecords(to: number): void {
    const words = this.#words
    const splitter = this.#splitter
    const counts = this.#module.COUNTS / 4
    const lines = words[counts]
    const records = words[counts + 2]
    this.#lines += lines - records
    this.#blank += words[counts + 1]
    for (let step = 0; step < this.#refused.length; step++) this.#refused[step] += words[counts + 4 + step]
    const recordWords = RECORD_WORDS + this.#strict.slots.length
    let nextLine = 0
    let nextByte = this.#from
    this.#linesBefore = splitter.lineNumber
    this.#offsetBefore = splitter.nextOffset
    for (let record = this.#fill(0, records); record < records; record = this.#fill(record + 1, records)) {
      const at = this.#module.RECORDS / 4 + record * recordWords
      const line = words[at]
      const start = words[at + 1]
      const end = words[at + 2]
      splitter.pass(line - nextLine, start - nextByte)
      nextLine = line + 1
      nextByte = end + 1
      this.#slots[record] ??= words.subarray(at + RECORD_WORDS, at + recordWords)
      this.#readRecord(record, start, end, words[at + 3], this.#slots[record])
    }
    splitter.pass(lines - nextLine, to - nextByte)
  }

  /**
   * Writes the rows that need nobody's look, from a record on.
   *
   * @returns the next record that must be looked at.
   */
  #fill(first: number, records: number): number {
    if (this.#columns.length === 0) return first
    let next = first
    while (next < records && this.#stateOf(next) < REFUSED_BY) {
      const from = next
      const isEmpty = this.rowsWaiting === 0
      const rowsMax = this.#reader.rowsLeft()
      const bytesMax = this.#reader.bytesLeft()
      next = this.#module.fillColumns(from, records, rowsMax, bytesMax)
      if (this.#reader.place !== undefined) this.#tellPlaces(from, next, this.#reader.place)
      if (isEmpty && next === from) break
      if (next < records || this.rowsWaiting === rowsMax || this.#rowBytes >= bytesMax) this.giveRows()
    }
    return next
  }

  /** Bytes of the lines of the rows in the module's columns. */
  get #rowBytes(): number {
    return this.#words[this.#module.FILLED / 4 + 1]
  }

  #stateOf(record: number): number {
    return this.#words[this.#module.RECORDS / 4 + record * (RECORD_WORDS + this.#strict.slots.length) + 3]
  }

  /** Tells where the lines of some records stand. */
  #tellPlaces(from: number, to: number, place: (lineNumber: number, lineOffset: number) => void): void {
    const recordWords = RECORD_WORDS + this.#strict.slots.length
    for (let record = from; record < to; record++) {
      const at = this.#module.RECORDS / 4 + record * recordWords
      place(this.#linesBefore + this.#words[at] + 1, this.#offsetBefore + this.#words[at + 1] - this.#from)
    }
  }

  #readRecord(record: number, start: number, end: number, state: number, slots: Slots): void {
    if (state < 0) {
      this.#splitter.emit(this.#bytes, start, end, 1)
      return
    }
    this.#module.endContainers(record)
    this.#splitter.begin(end + 1 - start)
    if (state < REFUSED_BY) {
      this.giveRows()
      this.#reader.valid(this.#bytes, start, end, slots, state)
      this.#learnWords()
    } else this.#learn(state - REFUSED_BY, slots)
  }

  /** Makes the texts known that dictionaries lacked for the row, so that the next rows that have them are written in WebAssembly. */
  #learnWords(): void {
    const { learn, LACKED, WORDS } = this.#module
    const words = this.#words
    const end = LACKED / 4 + 1 + 3 * words[LACKED / 4]
    for (let at = LACKED / 4 + 1; at < end; at += 3) {
      const column = words[at]
      const start = words[at + 1]
      const length = words[at + 2]
      const number = this.#reader.numberOf(column, this.#bytes, start, start + length)
      if (number >= 0) learn(WORDS, column, start, length, number)
    }
  }

  /** Hands a refused line on, and makes its value known, so that the next lines that have it are counted in WebAssembly. */
  #learn(step: number, slots: Slots): void {
    const name = this.#reader.refused(this.#bytes, slots, step)
    const at = this.#tallyNodes[step] * SLOT_SIZE
    if (name === undefined || (slots[at] !== STRING && slots[at] !== NUMBER)) return
    const number = this.#module.learn(this.#module.TALLIES, step, slots[at + 1], slots[at + 2] - slots[at + 1], 0)
    if (number >= 0) this.#values[number] = { step, name }
  }

  #scanSlowly(bytes: Uint8Array, start: number, end: number): void {
    this.giveRows()
    this.#slowLines++
    const verdict = this.#strict.scan(bytes, start, end)
    if (verdict === 0) this.#reader.valid(bytes, start, end, this.#strict.slots, 0)
    else this.#reader.invalid(bytes, start, end, verdict, this.#strict.errorOffset)
  }
}

/** A scanner in WebAssembly; undefined where there is no SIMD, or when more is wanted than it takes. */
export function openWasmScanner(spec: ScanSpec, limits: LineLimits, reader: LineReader): WasmScanner | undefined {
  const module = openWasmModule()
  if (module === undefined || spec.steps.length > module.STEPS_MAX) return undefined
  // When all columns are more than it can fill, it may still find them.
  for (const shapes of [openShapes(spec), unfilledShapes(spec)]) {
    const rooms = layOutRooms(shapes.columns, module.COLUMNS)
    if (fitsMemory(rooms) && writePlan(module, spec, shapes, rooms, limits))
      return new WasmScanner(module, spec, shapes, rooms, limits, reader)
  }
  return undefined
}

const LF = 0x0a
/** Words of a record before its slots: line, start, end, state. */
const RECORD_WORDS = 4
/** A state from here on is a step that has refused the line for a value that was not known. */
const REFUSED_BY = 0x1000
