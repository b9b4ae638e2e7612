import { Worker } from 'node:worker_threads'
import { type ObjectInfo, Spill, type Store } from '@fletching/storage'
import { OrderedWindow } from './ordered-window.ts'
import type { PhysicalPlan } from './physical.ts'
import type { Split, Unit } from './split.ts'
import { onDeath } from './worker-death.ts'
import {
  type FromWorker,
  packError,
  type ScannedMessage,
  Shared,
  type ToWorker,
  type WorkerSetup,
} from './worker-messages.ts'

export interface WorkersOptions {
  readonly plan: PhysicalPlan
  readonly store: Store
  readonly objects: readonly ObjectInfo[]
  readonly units: readonly Unit[]
  readonly workerCount: number
  /** Bytes that may wait in memory for the turn of their units. */
  readonly windowBytes: number
  /** A folder for what has to wait beyond that. */
  readonly tmp: string | undefined
  /** The stored bytes of a split, for stores that are not read by the workers; it tells the progress by itself. */
  readonly chunks: (split: Split) => AsyncIterable<Uint8Array>
  /** More stored bytes have been read by workers. */
  readonly onRead: (bytes: number) => void
  /** How a worker is started. Default: with the code beside this file. */
  readonly openWorker?: (setup: WorkerSetup) => Worker
}

/**
 * Scans units on several threads, and gives what comes out in the order of the units.
 *
 * - Order: as if one thread had done it.
 * - Memory: the window, and for each worker what it may have on its way.
 * - Errors: those of a worker, when it is their turn; WORKER_OUT_OF_MEMORY (environment) and internal with the object's name, at once, when a
 *   worker dies in whatever way.
 */
export async function* scanWithWorkers(options: WorkersOptions): AsyncGenerator<ScannedMessage> {
  const spill = new Spill(options.tmp)
  const window = new OrderedWindow<ScannedMessage>(options.units.length, options.windowBytes, spill)
  const crew = new Crew(options, window)
  try {
    for (let message = await window.next(); message !== undefined; message = await window.next()) yield message
  } finally {
    await crew.dismiss()
    await spill.close()
  }
}

interface Lane {
  readonly worker: Worker
  readonly numbers: Int32Array
  /** Units that it was given and has not ended. */
  open: number
  /** KiB of the read bytes that have been told. */
  toldKib: number
}

/** The workers of a run. */
class Crew {
  readonly #options: WorkersOptions
  readonly #window: OrderedWindow<ScannedMessage>
  readonly #lanes: Lane[]
  /** For units whose bytes are given: what has been given and not been used. */
  readonly #feeds = new Map<number, Feed>()
  readonly #telling: NodeJS.Timeout
  #nextUnit = 0
  #isDismissed = false

  constructor(options: WorkersOptions, window: OrderedWindow<ScannedMessage>) {
    this.#options = options
    this.#window = window
    this.#lanes = Array.from({ length: options.workerCount }, () => this.#openLane())
    this.#telling = setInterval(() => this.#tellRead(), TELL_MS)
    for (const lane of this.#lanes) this.#assign(lane)
  }

  async dismiss(): Promise<void> {
    this.#isDismissed = true
    clearInterval(this.#telling)
    this.#tellRead()
    for (const feed of this.#feeds.values()) feed.stop()
    await Promise.all(this.#lanes.map(({ worker }) => worker.terminate()))
  }

  get #readsFiles(): boolean {
    return this.#options.store.readSync !== undefined
  }

  #openLane(): Lane {
    const shared = new SharedArrayBuffer(Shared.size * Int32Array.BYTES_PER_ELEMENT)
    const setup: WorkerSetup = { plan: this.#options.plan, readsFiles: this.#readsFiles, shared }
    const worker = (this.#options.openWorker ?? openWorker)(setup)
    const lane: Lane = { worker, numbers: new Int32Array(shared), open: 0, toldKib: 0 }
    worker.on('message', (message: FromWorker) => this.#take(lane, message))
    onDeath(
      worker,
      () => this.#objectOf(lane),
      (error) => {
        if (!this.#isDismissed) this.#window.fail(error)
      },
    )
    return lane
  }

  #take(lane: Lane, message: FromWorker): void {
    switch (message.kind) {
      case 'end':
        lane.open--
        this.#window.end(message.unit)
        this.#assign(lane)
        break
      case 'used':
        this.#feeds.get(message.unit)?.used(message.byteLength)
        break
      case 'morsel':
        this.#window.admit(message.unit, message, message.byteLength).then(
          () => {
            Atomics.sub(lane.numbers, Shared.sentBytes, message.byteLength)
            Atomics.notify(lane.numbers, Shared.sentBytes)
          },
          (error: unknown) => this.#window.fail(error),
        )
        break
      default:
        this.#window.admit(message.unit, message, 0).catch((error: unknown) => this.#window.fail(error))
    }
  }

  /** Gives a worker units ahead, so that it need not wait for this thread, but few when few are left, so that all end together. */
  #assign(lane: Lane): void {
    const { units, workerCount } = this.#options
    const left = units.length - this.#nextUnit
    const ahead = Math.min(Math.max(1, Math.floor(left / (2 * workerCount))), this.#readsFiles ? 4 : 2)
    while (lane.open < ahead && this.#nextUnit < units.length) {
      const unit = units[this.#nextUnit++]
      lane.open++
      post(lane.worker, { kind: 'unit', unit })
      if (!this.#readsFiles) void this.#feed(lane.worker, unit)
    }
  }

  async #feed(worker: Worker, unit: Unit): Promise<void> {
    const feed = new Feed()
    this.#feeds.set(unit.number, feed)
    try {
      for (const split of unit.splits) {
        for await (const bytes of this.#options.chunks(split)) {
          const own = bytes.slice()
          post(worker, { kind: 'chunk', unit: unit.number, bytes: own }, [own.buffer])
          if (!(await feed.given(own.byteLength))) return
        }
        post(worker, { kind: 'chunk', unit: unit.number, bytes: undefined })
      }
    } catch (error) {
      await this.#window.admit(unit.number, { kind: 'failed', unit: unit.number, error: packError(error) }, 0)
    } finally {
      this.#feeds.delete(unit.number)
    }
  }

  #tellRead(): void {
    for (const lane of this.#lanes) {
      const kib = Atomics.load(lane.numbers, Shared.readKib)
      if (kib > lane.toldKib) this.#options.onRead((kib - lane.toldKib) * 1024)
      lane.toldKib = kib
    }
  }

  #objectOf({ numbers }: Lane): string {
    const { objects } = this.#options
    return objects[Math.min(Atomics.load(numbers, Shared.object), objects.length - 1)].name
  }
}

/** Counts the bytes that were given to a worker and not yet used. */
class Feed {
  #waiting = 0
  #isStopped = false
  #wake = () => {}

  /** Resolves when more may be given; false when nobody wants more. */
  async given(byteLength: number): Promise<boolean> {
    this.#waiting += byteLength
    while (this.#waiting > FEED_BYTES_MAX && !this.#isStopped) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return !this.#isStopped
  }

  used(byteLength: number): void {
    this.#waiting -= byteLength
    this.#wake()
  }

  stop(): void {
    this.#isStopped = true
    this.#wake()
  }
}

/** The same path from the sources and from what is built of them; a worker runs what is built, however this process was started. */
function openWorker(setup: WorkerSetup): Worker {
  return new Worker(new URL('../dist/worker.js', import.meta.url), { workerData: setup, execArgv: [] })
}

function post(worker: Worker, message: ToWorker, transfer: ArrayBuffer[] = []): void {
  worker.postMessage(message, transfer)
}

/** How often the progress of workers is told. */
const TELL_MS = 100
const FEED_BYTES_MAX = 4 * 1024 * 1024
