/**
 * What is waited for, or the signal's reason once that is given; what is waited for goes on and is not heard of again.
 *
 * - Memory: each wait listens for itself. A race against one promise that outlives them all would keep every value ever waited for.
 */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
