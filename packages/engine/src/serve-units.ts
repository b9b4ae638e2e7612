import type { MessagePort } from 'node:worker_threads'
import { openLocalStore } from '@fletching/storage'
import { Pipeline } from './pipeline.ts'
import type { Unit } from './split.ts'
import { UnitScanner } from './unit-scanner.ts'
import { type FromWorker, packBody, packError, Shared, type ToWorker, type WorkerSetup } from './worker-messages.ts'

/**
 * A worker's whole work: takes units one after the other, and sends what comes out of them.
 *
 * It reads and scans without waiting. Where it would run ahead of those who take its messages, it stops until they have caught up, which
 * bounds the memory of what is on its way.
 */
export function serveUnits(port: MessagePort, { plan, readsFiles, shared }: WorkerSetup): void {
  const numbers = new Int32Array(shared)
  const store = readsFiles ? openLocalStore() : undefined
  let unitAtHand = 0
  const chunks = new ChunkQueues((unit, byteLength) => send({ kind: 'used', unit, byteLength }))
  const scanner = new UnitScanner(new Pipeline(plan), { store, chunks: () => chunks.take(unitAtHand) })
  let readBytes = 0
  let work = Promise.resolve()
  let hasFailed = false

  port.on('message', (message: ToWorker) => {
    if (message.kind === 'chunk') chunks.push(message.unit, message.bytes)
    else work = work.then(() => serve(message.unit))
  })

  async function serve(unit: Unit): Promise<void> {
    // After a failure the pipeline is in the middle of something.
    if (hasFailed) return
    unitAtHand = unit.number
    Atomics.store(numbers, Shared.object, unit.splits[0].index)
    try {
      for await (const message of scanner.scan(unit)) {
        if (message.kind === 'progress') countRead(message.bytes)
        else if (message.kind === 'counts') {
          Atomics.store(numbers, Shared.object, message.index + 1)
          send({ ...message, unit: unit.number })
        } else {
          const { transfer, ...packed } = packBody(message.body)
          send({ kind: 'morsel', unit: unit.number, index: message.index, ...packed }, transfer)
          waitUntilAdmitted(packed.byteLength)
        }
      }
      send({ kind: 'end', unit: unit.number })
    } catch (error) {
      hasFailed = true
      send({ kind: 'failed', unit: unit.number, error: packError(error) })
    }
  }

  function send(message: FromWorker, transfer: ArrayBuffer[] = []): void {
    port.postMessage(message, transfer)
  }

  function countRead(bytes: number): void {
    readBytes += bytes
    Atomics.add(numbers, Shared.readKib, readBytes >> 10)
    readBytes &= 1023
  }

  function waitUntilAdmitted(byteLength: number): void {
    let sent = Atomics.add(numbers, Shared.sentBytes, byteLength) + byteLength
    while (sent > SENT_BYTES_MAX) {
      Atomics.wait(numbers, Shared.sentBytes, sent)
      sent = Atomics.load(numbers, Shared.sentBytes)
    }
  }
}

/** Chunks that have been given and not yet been used, by unit. */
class ChunkQueues {
  readonly #waiting = new Map<number, (Uint8Array | undefined)[]>()
  readonly #used: (unit: number, byteLength: number) => void
  #wake = () => {}

  constructor(used: (unit: number, byteLength: number) => void) {
    this.#used = used
  }

  push(unit: number, bytes: Uint8Array | undefined): void {
    this.#queueOf(unit).push(bytes)
    this.#wake()
  }

  /** The chunks of the unit's next split. */
  async *take(unit: number): AsyncGenerator<Uint8Array> {
    const queue = this.#queueOf(unit)
    while (true) {
      while (queue.length === 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
      const bytes = queue.shift()
      if (bytes === undefined) return
      yield bytes
      this.#used(unit, bytes.byteLength)
    }
  }

  #queueOf(unit: number): (Uint8Array | undefined)[] {
    const queue = this.#waiting.get(unit) ?? []
    this.#waiting.set(unit, queue)
    return queue
  }
}

/** Bytes that a worker may have on their way. */
const SENT_BYTES_MAX = 4 * 1024 * 1024
