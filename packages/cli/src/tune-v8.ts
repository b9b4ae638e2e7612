import { setFlagsFromString } from 'node:v8'

/**
 * V8's default was 67584. What is worth optimizing in a short job is in WebAssembly, and every thread would compile the rest once more, on CPUs
 * that have work.
 */
const INTERRUPT_BUDGET = 540_672
/**
 * By how much the heap may grow before it is searched for garbage. V8 counts the columns of batches, which lie outside, with its heap, which is small: by
 * default it searches after every few batches, and finds little.
 */
const HEAP_GROWING_PERCENT = 200

let isTuned = false

/**
 * Tells V8 what it cannot know of a batch job: to optimize functions later, and to look for garbage less often.
 *
 * To be called when code has been loaded: what was compiled before, of Node's own modules as well, is not taken under other flags than those it was
 * compiled under. Other versions of V8 do not know all of the flags, and would say so.
 */
export function tuneV8(): void {
  if (isTuned || !process.versions.v8.startsWith('11.3.')) return
  setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`)
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`)
  isTuned = true
}
