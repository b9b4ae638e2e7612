import type { ServerResponse } from 'node:http'
import { finished } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { Answer } from './answer.ts'
import type { Amount, Fault } from './plan.ts'

/** Sends an answer, or as much of it as the fault lets through; resolves when no more will come. */
export async function send(response: ServerResponse, answer: Answer, isHead: boolean, fault?: Fault): Promise<void> {
  const { socket } = response.req
  const body = isHead ? Buffer.alloc(0) : answer.body
  if (fault?.kind === 'stall' && fault.bytes === undefined) return
  // A status without content has no length.
  const length = answer.status === 204 || answer.status === 304 ? {} : { 'Content-Length': answer.body.length }
  response.writeHead(answer.status, { ...answer.headers, ...length })
  switch (fault?.kind) {
    case 'stall':
      // What has no body cannot stall in it; an answer that stayed open would swallow the request after this one.
      if (body.length === 0) break
      return write(response, take(body, fault.bytes))
    case 'reset-after-bytes':
      await write(response, take(body, fault.bytes))
      socket.resetAndDestroy()
      return
    case 'short-body-with-length':
      // Nor be short of it.
      if (body.length === 0) break
      await write(response, take(body, fault.bytes))
      socket.end()
      return
    case 'slow':
      for (let at = 0; at < body.length && !response.destroyed; at += fault.pieceBytes) {
        await write(response, body.subarray(at, at + fault.pieceBytes))
        await delay(fault.pauseMs, undefined, { ref: false })
      }
  }
  response.end(fault?.kind === 'slow' ? undefined : body)
  // The client may be gone.
  await finished(response).catch(() => {})
}

function take(body: Uint8Array, amount: Amount = 0): Uint8Array {
  return body.subarray(0, amount === 'half' ? body.length >> 1 : amount)
}

/** Resolves when the bytes have been handed over, or nobody takes them any more. */
function write(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  response.flushHeaders()
  return new Promise((resolve) => {
    response.write(bytes, () => resolve())
  })
}
