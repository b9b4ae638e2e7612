import type { MessagePort } from 'node:worker_threads'
import { Inflater, openLocalStore } from '@fletching/storage'
import type { Inflated, InflateSetup } from './inflate-ahead.ts'
import { countSent } from './sent-bytes.ts'
import { packError } from './worker-messages.ts'

/** An inflating worker's whole work: reads and inflates an object, and stops while too much is on its way. */
export function serveContent(port: MessagePort, { object, shared }: InflateSetup): void {
  const sentBytes = new Int32Array(shared)
  let content = new Uint8Array(CONTENT_BYTES)
  let length = 0
  let storedBytes = 0
  const inflater = new Inflater(object.name, {
    room: () => content.subarray(length),
    filled: (count) => {
      length += count
      if (length === content.length) sendContent()
    },
  })
  try {
    const stored = new Uint8Array(STORED_BYTES)
    for (const bytes of openLocalStore().readSync?.(object, 0, () => stored) ?? []) {
      storedBytes += bytes.length
      inflater.push(bytes)
    }
    inflater.end()
    if (length > 0) sendContent()
    send({ kind: 'end' })
  } catch (error) {
    send({ kind: 'failed', error: packError(error) })
  }
  // What was sent is taken before this thread is ended from outside.
  port.on('message', () => {})

  function sendContent(): void {
    const bytes = content.subarray(0, length)
    send({ kind: 'content', bytes, storedBytes }, [content.buffer])
    countSent(sentBytes, 0, length, AHEAD_BYTES_MAX)
    content = new Uint8Array(CONTENT_BYTES)
    length = 0
    storedBytes = 0
  }

  function send(message: Inflated, transfer: ArrayBuffer[] = []): void {
    port.postMessage(message, transfer)
  }
}

const CONTENT_BYTES = 512 * 1024
const STORED_BYTES = 64 * 1024
const AHEAD_BYTES_MAX = 8 * 1024 * 1024
