import type { MessagePort } from 'node:worker_threads'
import { Inflater, openLocalStore } from '@fletching/storage'
import type { Inflated, InflateSetup } from './inflate-ahead.ts'
import { Meter, metered, meteredPieces, operatorName } from './meter.ts'
import { countSent } from './sent-count.ts'
import { packError } from './worker-messages.ts'

/** An inflating worker's whole work: reads and inflates an object, and stops while too much is on its way. */
export function serveContent(port: MessagePort, { object, sent, pieces, measures }: InflateSetup): void {
  const meter = measures ? new Meter() : undefined
  const sentPieces = new Int32Array(sent)
  let number = 0
  let length = 0
  let storedBytes = 0
  const piece = () => pieces[number % pieces.length]
  const inflater = new Inflater(object.name, {
    room: () => piece().subarray(length),
    filled: (count) => {
      length += count
      if (length === piece().length) sendContent()
    },
  })
  try {
    const stored = new Uint8Array(STORED_BYTES)
    const inflate = metered(
      meter,
      operatorName.inflate,
      (bytes: Uint8Array) => inflater.push(bytes),
      ({ length }) => ({ bytes: length }),
    )
    const chunks = openLocalStore().readSync?.(object, 0, () => stored) ?? []
    for (const bytes of meteredPieces(meter, operatorName.read, chunks)) {
      storedBytes += bytes.length
      inflate(bytes)
    }
    inflater.end()
    if (length > 0) sendContent()
    send({ kind: 'end', measured: meter?.take() })
  } catch (error) {
    // What is wrong earlier is told first, as on one thread.
    if (length > 0) sendContent()
    send({ kind: 'failed', error: packError(error) })
  }
  // What was sent is taken before this thread is ended from outside.
  port.on('message', () => {})

  function sendContent(): void {
    send({ kind: 'content', byteLength: length, storedBytes })
    // The next piece must have been used before it is filled again; that wait is no part of the inflating within which it happens.
    const wait = () => countSent(sentPieces, 0, 1, pieces.length - 1)
    if (meter === undefined) wait()
    else meter.time(WAITING, wait)
    number++
    length = 0
    storedBytes = 0
  }

  function send(message: Inflated): void {
    port.postMessage(message)
  }
}

const STORED_BYTES = 64 * 1024
/** No operator of a plan: nobody looks at its time. */
const WAITING = 'waiting'
