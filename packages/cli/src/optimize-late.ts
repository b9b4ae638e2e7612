import { setFlagsFromString } from 'node:v8'

let isSet = false

/**
 * Lets V8 optimize functions that have run this many bytes of bytecode, eight times its default: what is worth it in a short job is in
 * WebAssembly, and every thread would compile the rest once more, on CPUs that have work.
 *
 * To be called when code has been loaded: what was compiled before, of Node's own modules as well, is not taken under other flags than those it was
 * compiled under. Other versions of V8 do not know the flag, and would say so.
 */
export function optimizeLate(): void {
  if (isSet || !process.versions.v8.startsWith('11.3.')) return
  setFlagsFromString('--interrupt-budget=540672')
  isSet = true
}
