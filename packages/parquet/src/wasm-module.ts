import { bytesOfBase64 } from '@fletching/columns'
import { ENCODER_WASM } from './encoder-wasm.generated.ts'

/** Writes something of the rows from `from` to `to` to an address, and gives that of its end. */
export type PutRows = (from: number, to: number, out: number) => number

/** What the module of assembly/ gives; addresses are of its memory, and 0 stands for nothing. */
export interface WasmModule {
  readonly memory: WebAssembly.Memory
  readonly ROOM: WebAssembly.Global<'i32'>
  /** Takes a column in hand; see assembly/column.ts. */
  readonly openColumn: (validity: number, values: number, texts: number, numbers: number) => void
  /** Bring the rows of chunks together; see assembly/rows.ts. */
  readonly keepValues: (at: number, byteLength: number, ranges: number, count: number) => void
  readonly keepTexts: (starts: number, texts: number, end: number, ranges: number, count: number) => number
  readonly addToNumbers: (at: number, count: number, more: number) => void
  readonly appendBits: (
    bits: number,
    at: number,
    chunk: number,
    offset: number,
    ranges: number,
    count: number,
  ) => number
  readonly intersectBits: (bits: number, others: number, count: number) => void
  readonly countOnes: (bits: number, count: number) => number
  readonly putInts: PutRows
  readonly putLongs: PutRows
  readonly putDoubles: PutRows
  readonly putTruths: PutRows
  readonly putTexts: PutRows
  /** The row where a page of texts ends, which has `textsBytes`. */
  readonly textsEnd: (from: number, to: number, bytesMax: number) => number
  readonly textsBytes: WebAssembly.Global<'i32'>
  /** Takes the levels of the column in hand, and writes those of entries; see assembly/levels.ts. */
  readonly openLevels: (definitions: number, repetitions: number, live: number, level: number) => void
  readonly putDefinitions: (
    from: number,
    to: number,
    slot: number,
    nullable: number,
    width: number,
    scratch: number,
    out: number,
  ) => number
  readonly putRepetitions: (from: number, to: number, width: number, out: number) => number
  /** The number of distinct texts, which as a dictionary have `dictionaryBytes`; see assembly/dictionary.ts. */
  readonly findDistinct: (
    rows: number,
    most: number,
    known: number,
    table: number,
    mask: number,
    entries: number,
    codes: number,
  ) => number
  readonly dictionaryBytes: WebAssembly.Global<'i32'>
  readonly putDictionary: (entries: number, count: number, out: number) => number
  readonly putCodes: (codes: number, from: number, to: number, width: number, scratch: number, out: number) => number
  readonly compress: (start: number, byteLength: number, out: number) => number
  /** The bounds of the values that were written since the column was opened; see assembly/bounds.ts. */
  readonly leastWhole: WebAssembly.Global<'i64'>
  readonly greatestWhole: WebAssembly.Global<'i64'>
  readonly leastReal: WebAssembly.Global<'f64'>
  readonly greatestReal: WebAssembly.Global<'f64'>
  readonly hasNaN: WebAssembly.Global<'i32'>
  readonly leastText: WebAssembly.Global<'i32'>
  readonly leastTextBytes: WebAssembly.Global<'i32'>
  readonly greatestText: WebAssembly.Global<'i32'>
  readonly greatestTextBytes: WebAssembly.Global<'i32'>
}

/** The module, one for a thread: a column leaves nothing in it that the next one looks at. */
export function openWasmModule(): WasmModule {
  compiled ??= new WebAssembly.Module(bytesOfBase64(ENCODER_WASM))
  opened ??= new WebAssembly.Instance(compiled).exports as unknown as WasmModule
  return opened
}

/** Gives its memory back; the next call opens one of the first size. */
export function closeWasmModule(): void {
  opened = undefined
}

let compiled: WebAssembly.Module | undefined
let opened: WasmModule | undefined
