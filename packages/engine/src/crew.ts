import type { Worker } from 'node:worker_threads'
import { type FletchingError, internal } from '@fletching/columns/errors'
import type { BatchRows, RowGroup, RowGroupEncoder } from '@fletching/parquet'
import { type Objects, Spill } from '@fletching/storage'
import type { Schema } from 'apache-arrow'
import { CHUNKS_BYTES, Feed, Gathered } from './feed.ts'
import type { Meter } from './meter.ts'
import { writtenSchema } from './operators.ts'
import { OrderedWindow } from './ordered-window.ts'
import type { PhysicalPlan } from './physical.ts'
import { countTaken } from './sent-count.ts'
import type { Split, Unit, Units } from './split.ts'
import { openWorker } from './waiting-workers.ts'
import { type Hand, workHere } from './work-here.ts'
import { onDeath } from './worker-death.ts'
import {
  type FromScan,
  type FromWorker,
  packError,
  packRows,
  type ScannedMessage,
  Shared,
  spillForm,
  type ToWorker,
  unpackError,
  type WorkerSetup,
} from './worker-messages.ts'

export interface CrewOptions {
  readonly plan: PhysicalPlan
  /** Whether the workers read the input by themselves, or are given the stored bytes. */
  readonly readsFiles: boolean
  /** Threads that are started. */
  readonly workerCount: number
  /** Whether this thread does a worker's work beside its own; only where workers read by themselves. */
  readonly worksHere?: boolean
  /** Is told what every operator of every worker does. */
  readonly meter?: Meter | undefined
  /** Where a worker comes from. Default: one is started, with the code beside this file. */
  readonly openWorker?: (() => Worker) | undefined
}

/** What a crew is to scan. */
export interface CrewWork {
  readonly objects: Objects
  readonly units: Units
}

/** A scan whose messages are taken. */
export interface CrewScan extends CrewWork {
  /** Bytes that may wait in memory for the turn of their units. */
  readonly windowBytes: number
  /** A folder for what has to wait beyond that. */
  readonly tmp: string | undefined
  /** The stored bytes of a split, for stores that are not read by the workers; it tells the progress by itself. */
  readonly chunks: (split: Split) => AsyncIterable<Uint8Array>
  /** More stored bytes have been read by workers. */
  readonly onRead: (bytes: number) => void
}

interface Lane {
  readonly hand: Hand
  readonly numbers: Int32Array
  /** Units that it was given and has not ended. */
  units: number
  /** Row groups that it was given and has not encoded. */
  encodings: number
  /** KiB of the read bytes that have been told. */
  toldKib: number
}

/** Units that are handed out. */
interface HandedOut extends CrewWork {
  next: number
}

/** A scan that goes on. */
interface Scanning extends CrewScan {
  readonly window: OrderedWindow<ScannedMessage>
  /** For units whose bytes are given: what has been given and not been used. */
  readonly feeds: Map<number, Feed>
}

/** Rows that wait until a worker can make a row group of them. */
interface WaitingRows {
  readonly sink: number
  readonly rows: readonly BatchRows[]
  readonly encoding: Encoding
}

/** A row group that a worker encodes. */
interface Encoded {
  readonly lane: Lane
  readonly encoding: Encoding
}

/** Who asked for a row group. */
interface Encoding {
  readonly resolve: (group: RowGroup) => void
  readonly reject: (error: unknown) => void
}

/**
 * The threads of a run: they scan the units of the input, and encode the row groups of its tables.
 *
 * - Memory: for each worker what it may have on its way.
 * - Errors: those of a worker, when it is their turn; WORKER_OUT_OF_MEMORY (environment) and internal with the object's name, at once, when a
 *   worker dies in whatever way.
 */
export class Crew {
  readonly #options: CrewOptions
  /** This thread's own. */
  readonly #here: Lane | undefined
  readonly #threads: readonly Lane[]
  /** All of them, this thread's first, since it begins first. */
  readonly #lanes: readonly Lane[]
  /** The schemas of what each sink writes. */
  readonly #written: readonly Schema[]
  readonly #waiting: WaitingRows[] = []
  readonly #encodings = new Map<number, Encoded>()
  #handedOut: HandedOut | undefined
  /** What has come of units that are handed out while nobody takes it. */
  #early: { readonly lane: Lane; readonly message: FromScan }[] = []
  #scanning: Scanning | undefined
  #encodingCount = 0
  #isOpening = false
  #death: FletchingError | undefined
  #isDismissed = false

  constructor(options: CrewOptions) {
    this.#options = options
    this.#written = options.plan.sinks.map(writtenSchema)
    this.#threads = Array.from({ length: options.workerCount }, () => this.#openThread())
    this.#here = options.worksHere === true ? this.#openHere() : undefined
    this.#lanes = this.#here === undefined ? this.#threads : [this.#here, ...this.#threads]
  }

  /**
   * Lets workers that read by themselves begin with what is to be scanned, before `scan` is called for it.
   *
   * - Memory: what they may have on their way.
   */
  begin({ objects, units }: CrewWork): void {
    this.#handedOut = { objects, units, next: 0 }
    // In rounds, so that neighbours are scanned at the same time: what one scans waits for little of what the others do.
    for (let round = 1; round <= UNITS_AHEAD; round++) {
      for (const lane of this.#lanes) this.#assign(lane, this.#handedOut, round)
    }
  }

  /**
   * Scans units, and gives what comes out in their order, as if one thread had done it.
   *
   * - Memory: the window, besides what is on its way.
   */
  async *scan(scan: CrewScan): AsyncGenerator<ScannedMessage> {
    const spill = new Spill(scan.tmp)
    const window = new OrderedWindow<ScannedMessage>(
      scan.units.length,
      scan.windowBytes,
      spill,
      spillForm(this.#written),
    )
    const scanning: Scanning = { ...scan, window, feeds: new Map() }
    this.#scanning = scanning
    if (this.#death !== undefined) window.fail(this.#death)
    const telling = setInterval(() => this.#tellRead(scanning), TELL_MS)
    if (this.#handedOut === undefined) this.begin(scan)
    for (const { lane, message } of this.#early.splice(0)) this.#takeScanned(lane, message, scanning)
    let isWhole = false
    try {
      for (let message = await window.next(); message !== undefined; message = await window.next()) yield message
      isWhole = true
    } finally {
      if (!isWhole) for (const { hand } of this.#lanes) post(hand, { kind: 'stop' })
      clearInterval(telling)
      this.#tellRead(scanning)
      for (const feed of scanning.feeds.values()) feed.stop()
      this.#scanning = undefined
      this.#handedOut = undefined
      await spill.close()
    }
  }

  /** Threads that scan. */
  get threadCount(): number {
    return this.#lanes.length
  }

  /**
   * An encoder for the sink of that number.
   *
   * - Memory: the rows move to a worker, when it is about to take them; nobody may look at them any longer.
   */
  encoder(sink: number): RowGroupEncoder {
    return { encode: (rows) => this.#encode(sink, rows) }
  }

  /** Ends every worker, whatever it does, and a scan that is still waited for, so that nothing of it outlives them. */
  async dismiss(): Promise<void> {
    this.#isDismissed = true
    this.#scanning?.window.fail(internal('the threads were ended before their scan was'))
    await Promise.all(this.#lanes.map(({ hand }) => hand.terminate()))
  }

  #openThread(): Lane {
    const { openWorker: open = openWorker } = this.#options
    const worker = open()
    const lane = this.#openLane((setup) => {
      worker.postMessage(setup)
      return worker
    })
    worker.on('message', (message: FromWorker) => this.#take(lane, message))
    onDeath(
      worker,
      () => this.#objectOf(lane),
      (error) => this.#fail(error),
    )
    return lane
  }

  #openHere(): Lane {
    const lane: Lane = this.#openLane((setup) => workHere(setup, (message) => this.#take(lane, message)))
    return lane
  }

  #openLane(open: (setup: WorkerSetup) => Hand): Lane {
    const { plan, readsFiles, meter } = this.#options
    const shared = new SharedArrayBuffer(Shared.size * Int32Array.BYTES_PER_ELEMENT)
    const hand = open({ kind: 'scan', plan, readsFiles, measures: meter !== undefined, shared })
    return { hand, numbers: new Int32Array(shared), units: 0, encodings: 0, toldKib: 0 }
  }

  #fail(error: FletchingError): void {
    if (this.#isDismissed) return
    this.#death ??= error
    this.#scanning?.window.fail(error)
    for (const { encoding } of this.#encodings.values()) encoding.reject(error)
    for (const { encoding } of this.#waiting) encoding.reject(error)
    this.#encodings.clear()
    this.#waiting.length = 0
  }

  #encode(sink: number, rows: readonly BatchRows[]): Promise<RowGroup> {
    if (this.#death !== undefined) return Promise.reject(this.#death)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ sink, rows, encoding: { resolve, reject } })
      this.#giveEncodings()
    })
  }

  /**
   * Who is to encode the next row group of a sink; undefined while all have enough to do. A writer of others is larger than all else that a worker has, and is held by one. This thread
   * encodes when it has nothing to scan, one at a time: meanwhile it gives the others none.
   */
  #encoderOf(sink: number): Lane | undefined {
    const plan = this.#options.plan.sinks[sink]
    const isShared = plan.format === 'parquet' && plan.writer === 'fletching'
    const idlest = (isShared ? this.#threads : this.#threads.slice(0, 1)).reduce((idlest, other) =>
      other.encodings < idlest.encodings ? other : idlest,
    )
    if (idlest.encodings < ENCODINGS_AHEAD) return idlest
    return isShared && this.#here?.units === 0 && this.#here.encodings === 0 ? this.#here : undefined
  }

  #giveEncodings(): void {
    while (this.#waiting.length > 0) {
      const [{ sink, rows, encoding }] = this.#waiting
      const lane = this.#encoderOf(sink)
      if (lane === undefined) return
      this.#waiting.shift()
      const id = this.#encodingCount++
      try {
        const { rows: packed, transfer } = packRows(rows)
        post(lane.hand, { kind: 'encode', id, sink, rows: packed }, transfer)
        this.#encodings.set(id, { lane, encoding })
        lane.encodings++
      } catch (error) {
        encoding.reject(error)
      }
    }
  }

  #endEncoding(id: number): Encoding | undefined {
    const encoded = this.#encodings.get(id)
    if (encoded === undefined) return undefined
    this.#encodings.delete(id)
    encoded.lane.encodings--
    this.#giveEncodings()
    return encoded.encoding
  }

  #take(lane: Lane, message: FromWorker): void {
    if (message.kind === 'encoded') this.#endEncoding(message.id)?.resolve(message.group)
    else if (message.kind === 'notEncoded') this.#endEncoding(message.id)?.reject(unpackError(message.error))
    else if (message.kind === 'measured') this.#options.meter?.add(message.measured)
    else if (this.#scanning !== undefined) this.#takeScanned(lane, message, this.#scanning)
    else if (this.#handedOut !== undefined) this.#early.push({ lane, message })
  }

  #takeScanned(lane: Lane, message: FromScan, scanning: Scanning): void {
    const { window, feeds } = scanning
    switch (message.kind) {
      case 'end':
        lane.units--
        window.end(message.unit)
        if (this.#handedOut !== undefined) this.#assign(lane, this.#handedOut)
        if (lane === this.#here) this.#giveEncodings()
        break
      case 'used':
        feeds.get(message.unit)?.used(message.byteLength)
        break
      case 'morsel':
        window.admit(message.unit, message, message.byteLength).then(
          () => countTaken(lane.numbers, Shared.sentBytes, message.byteLength),
          (error: unknown) => window.fail(error),
        )
        break
      default:
        window.admit(message.unit, message, weightOf(message)).catch((error: unknown) => window.fail(error))
    }
  }

  /** Gives a thread units ahead, so that it need not wait for this one, but few when few are left, so that all end together. */
  #assign(lane: Lane, handedOut: HandedOut, unitsMax = UNITS_AHEAD): void {
    const { units } = handedOut
    const left = units.length - handedOut.next
    const ahead = Math.max(1, Math.floor(left / (2 * this.threadCount)))
    while (lane.units < Math.min(ahead, lane === this.#here ? 1 : unitsMax)) {
      const unit = units.at(handedOut.next)
      if (unit === undefined) break
      handedOut.next++
      lane.units++
      post(lane.hand, { kind: 'unit', unit })
      if (!this.#options.readsFiles && this.#scanning !== undefined) void this.#feed(lane.hand, unit, this.#scanning)
    }
    if (ahead === 1) this.#openTables()
  }

  /** Lets a worker load the writer of others while the rest have units yet: most row groups come when none have. */
  #openTables(): void {
    const isLoaded = this.#options.plan.sinks.every((sink) => sink.format !== 'parquet' || sink.writer === 'fletching')
    if (this.#isOpening || isLoaded) return
    this.#isOpening = true
    post(this.#threads[0].hand, { kind: 'open' })
  }

  async #feed(hand: Hand, unit: Unit, { feeds, chunks, window }: Scanning): Promise<void> {
    const feed = new Feed()
    feeds.set(unit.number, feed)
    try {
      for (const split of unit.splits) {
        let gathered = new Gathered()
        for await (const bytes of chunks(split)) {
          gathered.add(bytes)
          if (gathered.byteLength < CHUNKS_BYTES) continue
          gathered.post(hand, unit.number, false)
          if (!(await feed.given(gathered.byteLength))) return
          gathered = new Gathered()
        }
        gathered.post(hand, unit.number, true)
        if (!(await feed.given(gathered.byteLength))) return
      }
    } catch (error) {
      await window.admit(unit.number, { kind: 'failed', unit: unit.number, error: packError(error) }, 0)
    } finally {
      feeds.delete(unit.number)
    }
  }

  #tellRead({ onRead }: CrewScan): void {
    for (const lane of this.#lanes) {
      const kib = Atomics.load(lane.numbers, Shared.readKib)
      if (kib > lane.toldKib) onRead((kib - lane.toldKib) * 1024)
      lane.toldKib = kib
    }
  }

  /** What a worker reads, or was the last to read. */
  #objectOf({ numbers }: Lane): string {
    const objects: Objects = this.#handedOut?.objects ?? []
    const index = Math.min(Atomics.load(numbers, Shared.object), objects.length - 1)
    return objects.at(index)?.name ?? 'the encoding of row groups'
  }
}

/** Of what is not sent in bytes: a unit may have hundreds of objects, and units that wait for theirs to come may be thousands. */
function weightOf(message: Exclude<ScannedMessage, { kind: 'morsel' }>): number {
  return message.kind === 'ended' ? message.ended.objects.length * COUNTS_BYTES : 0
}

function post(hand: Hand, message: ToWorker, transfer: ArrayBuffer[] = []): void {
  hand.postMessage(message, transfer)
}

/** Units that a thread is given at once. */
const UNITS_AHEAD = 2
/** How often the progress of workers is told. */
const TELL_MS = 100
/** Row groups that a thread is given at once, so that it need not wait for this thread. */
const ENCODINGS_AHEAD = 2
/** What became of an object, with its name. */
const COUNTS_BYTES = 1024
