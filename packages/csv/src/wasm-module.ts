import { bytesOfBase64 } from '@fletching/columns'
import { ENCODER_WASM } from './encoder-wasm.generated.ts'

/** What the module of assembly/ gives; addresses are of its memory. */
export interface WasmModule {
  readonly memory: WebAssembly.Memory
  readonly CLASSES: WebAssembly.Global<'i32'>
  readonly COLUMNS: WebAssembly.Global<'i32'>
  readonly RESULT: WebAssembly.Global<'i32'>
  readonly RULES: WebAssembly.Global<'i32'>
  /** Writes records; see assembly/encode.ts. */
  encode(columnCount: number, from: number, to: number, start: number, limit: number): number
}

/** The module, one for a thread: a call leaves nothing in it that the next one looks at, but for the text of a day. */
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
