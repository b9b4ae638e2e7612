/*
 * A count of bytes in shared memory, by which a thread that sends without waiting for answers learns how much of it has not been taken.
 */

/** Counts bytes that were sent, and stops this thread while more than `bytesMax` have not been taken. */
export function countSent(counts: Int32Array, index: number, byteLength: number, bytesMax: number): void {
  let sent = Atomics.add(counts, index, byteLength) + byteLength
  while (sent > bytesMax) {
    Atomics.wait(counts, index, sent)
    sent = Atomics.load(counts, index)
  }
}

/** Counts bytes that were taken, and lets their sender go on. */
export function countTaken(counts: Int32Array, index: number, byteLength: number): void {
  Atomics.sub(counts, index, byteLength)
  Atomics.notify(counts, index)
}
