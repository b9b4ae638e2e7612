/*
 * The words of a plan, one behind the other in the module's memory.
 */

/** How a plan is written: one number after the other, and texts. */
export interface Plan {
  readonly address: number
  readonly bytes: Uint8Array
  readonly words: Int32Array
  /** Bytes that are taken. */
  length: number
}

/** Writes some words, and gives their address. */
export function put(plan: Plan, words: readonly number[]): number {
  const at = take(plan, words.length * 4)
  writeWords(plan, at, words)
  return at
}

/** A text, with room behind it for what a comparison of 16 bytes reads too much. */
export function putText(plan: Plan, text: Uint8Array): number {
  const at = take(plan, text.length + 16)
  plan.bytes.set(text, at - plan.address)
  return at
}

export function writeWords(plan: Plan, at: number, words: readonly number[]): void {
  plan.words.set(words, (at - plan.address) / 4)
}

/** The address of so many bytes, of which nothing is used yet; always at a word. */
export function take(plan: Plan, byteLength: number): number {
  const at = plan.address + plan.length
  plan.length = (plan.length + byteLength + 3) & ~3
  return at
}
