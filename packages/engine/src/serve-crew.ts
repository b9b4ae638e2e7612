import { internal } from '@fletching/columns/errors'
import type { RowGroupEncoder } from '@fletching/parquet'
import { openLocalStore } from '@fletching/storage'
import type { Schema } from 'apache-arrow'
import { Meter, meteredEncoder, operatorName } from './meter.ts'
import { writtenSchema } from './operators.ts'
import type { PhysicalSink } from './physical.ts'
import { Pipeline } from './pipeline.ts'
import { countAllTaken, countSentAsync } from './sent-count.ts'
import type { Split, Unit } from './split.ts'
import { openTableEncoder } from './table-encoder.ts'
import { UnitScanner } from './unit-scanner.ts'
import {
  type FromWorker,
  packBody,
  packError,
  Shared,
  type ToWorker,
  unpackRows,
  type WorkerSetup,
} from './worker-messages.ts'

/** Where a worker's messages come from and go to. */
export interface CrewPort {
  on(event: 'message', listener: (message: ToWorker) => void): unknown
  postMessage(message: FromWorker, transfer: ArrayBuffer[]): void
}

/**
 * A worker's whole work: takes units and row groups one after the other, and sends what comes out of them.
 *
 * It reads and scans without waiting. Where it would run ahead of those who take its messages, it scans no further until they have caught up, which
 * bounds the memory of what is on its way; row groups it encodes meanwhile, since those who take its messages may wait for one.
 *
 * - `pause`: is waited for between pieces of what is read, and after each row group, where the thread has other work as well.
 */
export function serveCrew(
  port: CrewPort,
  { plan, readsFiles, measures, shared }: WorkerSetup,
  pause?: () => Promise<void>,
): void {
  const numbers = new Int32Array(shared)
  const store = readsFiles ? openLocalStore() : undefined
  let unitAtHand = 0
  const chunks = new ChunkQueues((unit, byteLength) => send({ kind: 'used', unit, byteLength }))
  const meter = measures ? new Meter() : undefined
  const source = {
    store,
    chunks: ({ object }: Split) => store?.read(object) ?? chunks.take(unitAtHand),
    begins: ({ index }: Split) => Atomics.store(numbers, Shared.object, index),
    gzipRatioMax: plan.gzipRatioMax,
  }
  const scanner = new UnitScanner(new Pipeline(plan, meter), source, meter)
  let readBytes = 0
  let scanning = Promise.resolve()
  /** Apart from scanning: who takes what was scanned may first need a row group. */
  let encoding = Promise.resolve()
  /** After a failure the pipeline is in the middle of something, as it is when no more is wanted. */
  let isOver = false
  const tables: Promise<Table>[] = []

  port.on('message', (message: ToWorker) => {
    if (message.kind === 'chunks') chunks.push(message)
    else if (message.kind === 'unit') scanning = scanning.then(() => serve(message.unit))
    else if (message.kind === 'stop') {
      isOver = true
      countAllTaken(numbers, Shared.sentBytes)
    } else encoding = encoding.then(() => (message.kind === 'open' ? openTables() : encode(message)))
  })

  async function serve(unit: Unit): Promise<void> {
    if (isOver) return
    unitAtHand = unit.number
    try {
      for await (const message of scanner.scan(unit)) {
        if (message.kind === 'progress') {
          countRead(message.bytes)
          if (pause !== undefined) await pause()
        } else if (message.kind === 'ended') {
          Atomics.store(numbers, Shared.object, unit.splits[unit.splits.length - 1].index + 1)
          send({ ...message, unit: unit.number })
        } else {
          const { transfer, ...packed } = packBody(message.body)
          send({ kind: 'morsel', unit: unit.number, index: message.index, ...packed }, transfer)
          await countSentAsync(numbers, Shared.sentBytes, packed.byteLength, SENT_BYTES_MAX)
        }
        if (isOver) return
      }
      tellMeasured()
      send({ kind: 'end', unit: unit.number })
    } catch (error) {
      isOver = true
      send({ kind: 'failed', unit: unit.number, error: packError(error) })
    }
  }

  async function encode({ id, sink, rows }: Extract<ToWorker, { kind: 'encode' }>): Promise<void> {
    try {
      const { schema, encoder } = await tableOf(sink)
      const group = await encoder.encode(unpackRows(rows, schema))
      if (pause !== undefined) await pause()
      tellMeasured()
      send({ kind: 'encoded', id, group }, [group.bytes.buffer as ArrayBuffer])
    } catch (error) {
      send({ kind: 'notEncoded', id, error: packError(error) })
    }
  }

  async function openTables(): Promise<void> {
    for (const [number, { format }] of plan.sinks.entries()) {
      // What is wrong is told where row groups come.
      if (format === 'parquet') await tableOf(number).catch(() => {})
    }
  }

  function tableOf(sink: number): Promise<Table> {
    tables[sink] ??= openTable(plan.sinks[sink], operatorName.encode(sink), meter)
    return tables[sink]
  }

  /** Before what is waited for, so that nothing is missing when all has come. */
  function tellMeasured(): void {
    if (meter !== undefined) send({ kind: 'measured', measured: meter.take() })
  }

  function send(message: FromWorker, transfer: ArrayBuffer[] = []): void {
    port.postMessage(message, transfer)
  }

  function countRead(bytes: number): void {
    readBytes += bytes
    Atomics.add(numbers, Shared.readKib, readBytes >> 10)
    readBytes &= 1023
  }
}

/** What a worker needs to encode row groups of a table. */
interface Table {
  readonly schema: Schema
  readonly encoder: RowGroupEncoder
}

async function openTable(sink: PhysicalSink, operator: string, meter: Meter | undefined): Promise<Table> {
  if (sink.format !== 'parquet') throw internal('a CSV has no row groups')
  const schema = writtenSchema(sink)
  return { schema, encoder: meteredEncoder(meter, operator, await openTableEncoder(schema, sink)) }
}

type Chunks = Extract<ToWorker, { kind: 'chunks' }>

/** Chunks that have been given and not yet been used, by unit. */
class ChunkQueues {
  readonly #waiting = new Map<number, Chunks[]>()
  readonly #used: (unit: number, byteLength: number) => void
  #wake = () => {}

  constructor(used: (unit: number, byteLength: number) => void) {
    this.#used = used
  }

  push(message: Chunks): void {
    this.#queueOf(message.unit).push(message)
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
      const { chunks, isLast } = queue.shift() as Chunks
      yield* chunks
      this.#used(
        unit,
        chunks.reduce((sum, { byteLength }) => sum + byteLength, 0),
      )
      if (isLast) return
    }
  }

  #queueOf(unit: number): Chunks[] {
    const queue = this.#waiting.get(unit) ?? []
    this.#waiting.set(unit, queue)
    return queue
  }
}

/** Bytes that a worker may have on their way. */
const SENT_BYTES_MAX = 4 * 1024 * 1024
