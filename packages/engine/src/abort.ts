/** What is waited for, or the signal's reason once that is given; what is waited for goes on and is not heard of again. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  const aborted = abortPromise(signal)
  if (aborted === undefined) return work
  work.catch(() => {})
  try {
    signal?.throwIfAborted()
    return await Promise.race([work, aborted.promise])
  } finally {
    aborted.release()
  }
}

/** A promise that rejects with the signal's reason, and the way to stop listening. */
export function abortPromise(signal: AbortSignal | undefined) {
  if (signal === undefined) return undefined
  const { promise, reject } = withResolvers()
  const listener = () => reject(signal.reason)
  signal.addEventListener('abort', listener, { once: true })
  promise.catch(() => {})
  return { promise, release: () => signal.removeEventListener('abort', listener) }
}

/** `Promise.withResolvers`, which Node has from version 22 on. */
function withResolvers() {
  let reject: (reason: unknown) => void = () => {}
  const promise = new Promise<never>((_, rejectPromise) => {
    reject = rejectPromise
  })
  return { promise, reject }
}
