import type { Worker } from 'node:worker_threads'
import { environmentError, type FletchingError, internal } from '@fletching/columns/errors'

/**
 * Tells of a worker's death, whatever it died of: what it threw, no memory left, or an exit before it was dismissed, which may come
 * with code 0 and no other sign.
 *
 * - `object`: the name of what it was reading.
 */
export function onDeath(worker: Worker, object: () => string, tell: (error: FletchingError) => void): void {
  const died = (error: Error) => tell(deathOf(error, object()))
  worker.on('error', died)
  worker.on('messageerror', died)
  worker.on('exit', (code) => {
    tell(internal(`a worker ended before its work was done, with exit code ${code}`, { at: object() }))
  })
}

function deathOf(error: Error, object: string): FletchingError {
  if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return environmentError('WORKER_OUT_OF_MEMORY', 'a worker ran out of memory', {
      at: object,
      help: 'nothing was written; give it more memory, or fewer workers with --workers',
      cause: error,
    })
  }
  return internal(`a worker died: ${error.message}`, { at: object, cause: error })
}
