/**
 * What is waited for, or the signal's reason once that is given; what is waited for goes on and is not heard of again.
 *
 * - `graceMs`: how long it may still take then, before it is left alone. What writes needs a moment, so that what it has begun is known, and can
 *   be taken away. Default 0.
 * - Memory: each wait listens for itself. A race against one promise that outlives them all would keep every value ever waited for.
 */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined, graceMs = 0): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    const leave = () => reject(signal.reason)
    const abort = () => {
      if (graceMs === 0) leave()
      else timer = setTimeout(leave, graceMs)
    }
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort)
      clearTimeout(timer)
    })
  })
}

/**
 * Passes things through, and ends with the signal's reason once that is given, also while a thing is waited for.
 *
 * - Memory: listens once for all of them, and keeps the last wait alone.
 */
export async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal | undefined): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]()
  let leave = (_reason: unknown) => {}
  const abort = () => leave(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  try {
    while (true) {
      signal?.throwIfAborted()
      const next = await new Promise<IteratorResult<T>>((resolve, reject) => {
        leave = reject
        iterator.next().then(resolve, reject)
      })
      if (next.done === true) return
      yield next.value
    }
  } finally {
    signal?.removeEventListener('abort', abort)
    // A read that hangs must not keep a run from ending.
    void iterator.return?.().catch(() => {})
  }
}

/** What a write that is under way may still take after a signal. A store on this machine answers at once, and one that does not will not. */
export const WRITE_GRACE_MS = 500

/** How long a run tidies up after a signal. What it cannot take away in that time is left to the next. */
export const TIDY_GRACE_MS = 2000
