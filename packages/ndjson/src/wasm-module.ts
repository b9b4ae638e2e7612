import { SCANNER_WASM } from './scanner-wasm.generated.ts'

/** What the module of assembly/ gives; addresses are of its memory. */
export interface WasmModule {
  readonly memory: WebAssembly.Memory
  /** The longest line that may go on from one chunk to the next within the memory, in bytes. */
  readonly LINE_BYTES_MAX: WebAssembly.Global<'i32'>
  readonly CHUNK: WebAssembly.Global<'i32'>
  readonly CHUNK_BYTES: WebAssembly.Global<'i32'>
  readonly COLUMNS: WebAssembly.Global<'i32'>
  readonly COLUMN_BYTES: WebAssembly.Global<'i32'>
  readonly COLUMN_ROWS_MAX: WebAssembly.Global<'i32'>
  readonly COLUMN_TEXTS: WebAssembly.Global<'i32'>
  readonly COLUMN_TEXT_BYTES: WebAssembly.Global<'i32'>
  readonly COLUMN_VALUES: WebAssembly.Global<'i32'>
  readonly COUNTS: WebAssembly.Global<'i32'>
  readonly FILLED: WebAssembly.Global<'i32'>
  readonly PLAN: WebAssembly.Global<'i32'>
  readonly PLAN_BYTES: WebAssembly.Global<'i32'>
  readonly RECORDS: WebAssembly.Global<'i32'>
  readonly STEPS_MAX: WebAssembly.Global<'i32'>
  /** The tables of known texts: refused values, by step, and words of dictionaries, by column. */
  readonly TALLIES: WebAssembly.Global<'i32'>
  readonly WORDS: WebAssembly.Global<'i32'>
  /** Scans whole lines; see assembly/scan.ts. */
  scan(from: number, limit: number): number
  /** Writes rows of records into the columns; see assembly/columns.ts. */
  fillColumns(first: number, end: number, rowsMax: number, bytesMax: number): number
  /** Makes a text known with a word of its owner, and gives its number or -1. */
  learn(table: number, owner: number, start: number, length: number, word: number): number
  /** The word of a known text: of a refused value, how often it was refused. */
  wordAt(table: number, number: number): number
  forget(table: number): void
}

/** A module of its own, with its own memory; undefined where WebAssembly has no SIMD. */
export function openWasmModule(): WasmModule | undefined {
  compiled ??= compile()
  if (compiled === null) return undefined
  return new WebAssembly.Instance(compiled).exports as unknown as WasmModule
}

function compile(): WebAssembly.Module | null {
  const bytes = Uint8Array.from(atob(SCANNER_WASM), (character) => character.charCodeAt(0))
  return WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : null
}

/** Null when it cannot be compiled here. */
let compiled: WebAssembly.Module | null | undefined
