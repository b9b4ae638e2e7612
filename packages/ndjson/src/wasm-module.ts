import { bytesOfBase64 } from '@fletching/columns'
import { SCANNER_WASM } from './scanner-wasm.generated.ts'

/** What the module of assembly/ does, on addresses of its memory. */
interface Functions {
  /** Scans whole lines; see assembly/scan.ts. */
  readonly scan: (from: number, limit: number) => number
  /** Writes rows of records into the columns; see assembly/columns.ts. */
  readonly fillColumns: (first: number, end: number, rowsMax: number, bytesMax: number) => number
  /** Tells in the slots of a record where their objects and arrays end. */
  readonly endContainers: (record: number) => void
  /** Ends the rows in the columns, and counts what is in them. */
  readonly endColumns: () => void
  /** Makes a text known with a word of its owner, and gives its number or -1. */
  readonly learn: (table: number, owner: number, start: number, length: number, word: number) => number
  /** The word of a known text: of a refused value, how often it was refused. */
  readonly wordAt: (table: number, number: number) => number
  readonly forget: (table: number) => void
}

/** Its numbers, as assembly/memory.ts tells them. */
const NUMBERS = [
  'CHUNK',
  'CHUNK_BYTES',
  'COLUMNS',
  'COUNTS',
  'FILLED',
  'LACKED',
  'LINE_BYTES_MAX',
  'PLAN',
  'PLAN_BYTES',
  'RECORDS',
  'STEPS_MAX',
  'TALLIES',
  'WORDS',
] as const
type NumberName = (typeof NUMBERS)[number]

export type WasmModule = Functions & Readonly<Record<NumberName, number>> & { readonly memory: WebAssembly.Memory }

/** A module of its own, with its own memory; undefined where WebAssembly has no SIMD. */
export function openWasmModule(): WasmModule | undefined {
  compiled ??= compile()
  if (compiled === null) return undefined
  const { exports } = new WebAssembly.Instance(compiled)
  const { memory, scan, endContainers, fillColumns, endColumns, learn, wordAt, forget } =
    exports as unknown as WasmModule
  // Asking a global for its value takes longer than any of the functions.
  const numbers = NUMBERS.map((name) => [name, (exports[name] as WebAssembly.Global<'i32'>).value])
  return { memory, scan, endContainers, fillColumns, endColumns, learn, wordAt, forget, ...Object.fromEntries(numbers) }
}

function compile(): WebAssembly.Module | null {
  const bytes = bytesOfBase64(SCANNER_WASM)
  return WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : null
}

/** Null when it cannot be compiled here. */
let compiled: WebAssembly.Module | null | undefined
