import { INFLATE_WASM } from './inflate-wasm.generated.ts'

/** What the module of assembly/ gives; addresses are of its memory. */
export interface WasmModule {
  readonly memory: WebAssembly.Memory
  readonly INPUT: WebAssembly.Global<'i32'>
  readonly INPUT_BYTES: WebAssembly.Global<'i32'>
  readonly WINDOW: WebAssembly.Global<'i32'>
  /** Begins a new stream of data. */
  readonly reset: () => void
  /** Inflates so many bytes of input; see assembly/inflate.ts. */
  readonly inflate: (byteLength: number) => number
  /** How much of the input was used. */
  readonly consumed: () => number
  /** Where the content ends that is in the window. */
  readonly produced: () => number
  /** Moves the history to the window's start. */
  readonly slide: () => void
}

/** A module of its own, with its own memory of 256 kB. */
export function openWasmModule(): WasmModule {
  compiled ??= new WebAssembly.Module(Buffer.from(INFLATE_WASM, 'base64'))
  return new WebAssembly.Instance(compiled).exports as unknown as WasmModule
}

let compiled: WebAssembly.Module | undefined
