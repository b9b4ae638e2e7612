/*
 * A count in shared memory, of bytes or of pieces, by which a thread that sends without waiting for answers learns how much of it has not been
 * taken.
 */

/** Counts what was sent, and stops this thread while more than `most` has not been taken. */
export function countSent(counts: Int32Array, index: number, count: number, most: number): void {
  let sent = Atomics.add(counts, index, count) + count
  while (sent > most) {
    Atomics.wait(counts, index, sent)
    sent = Atomics.load(counts, index)
  }
}

/** As `countSent`, but this thread does meanwhile what else it is asked for. */
export async function countSentAsync(counts: Int32Array, index: number, count: number, most: number): Promise<void> {
  let sent = Atomics.add(counts, index, count) + count
  while (sent > most) {
    await Atomics.waitAsync(counts, index, sent).value
    sent = Atomics.load(counts, index)
  }
}

/** Counts what was taken, and lets its sender go on. */
export function countTaken(counts: Int32Array, index: number, count: number): void {
  Atomics.sub(counts, index, count)
  Atomics.notify(counts, index)
}

/** Lets a sender go on as if all had been taken. */
export function countAllTaken(counts: Int32Array, index: number): void {
  Atomics.store(counts, index, 0)
  Atomics.notify(counts, index)
}
