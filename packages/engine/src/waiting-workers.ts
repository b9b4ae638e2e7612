import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { RunOptions } from './options.ts'
import { chooseThreads } from './threads.ts'

/**
 * Starts as many threads as a run with these options asks for and may have beside this one; none where their number hangs on the size of the input.
 *
 * - Cost: some milliseconds of this thread for each. They load their code while it plans the run, which takes as long.
 */
export function startWorkers(options: Pick<RunOptions, 'workers' | 'cpus' | 'memoryBytesMax'>): WaitingWorkers {
  const { cpus = availableParallelism() } = options
  const count = Math.min(chooseThreads([], options).count, cpus)
  return new WaitingWorkers(count - 1)
}

/**
 * Threads that have been started and do not know yet what they are to do. They keep no process from ending.
 *
 * One that dies while it waits is passed over: whatever it died of shows again in the one that is started in its place.
 */
export class WaitingWorkers {
  readonly #workers = new Set<Worker>()
  readonly #open: () => Worker

  constructor(count: number, open = openWorker) {
    this.#open = open
    for (let number = 0; number < count; number++) this.#add(open())
  }

  get count(): number {
    return this.#workers.size
  }

  /** One of them, or a new one where none is left. */
  take(): Worker {
    for (const worker of this.#workers) {
      this.#workers.delete(worker)
      worker.ref()
      return worker
    }
    return this.#open()
  }

  /** Ends those that were not taken. */
  async dismiss(): Promise<void> {
    await Promise.all(Array.from(this.#workers, (worker) => worker.terminate()))
  }

  #add(worker: Worker): void {
    worker.unref()
    const pass = () => this.#workers.delete(worker)
    worker.once('error', pass)
    worker.once('exit', pass)
    this.#workers.add(worker)
  }
}

/** The same path from the sources and from what is built of them; a worker runs what is built, however this process was started. */
export function openWorker(): Worker {
  return new Worker(new URL('../dist/worker.js', import.meta.url), {
    execArgv: [],
    // Nearly all that a worker allocates lies outside of V8's heap; with the default, two of them cost 50 MB more for nothing.
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  })
}
