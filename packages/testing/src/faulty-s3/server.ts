import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listenOnLoopback } from '../loopback.ts'
import { assertUnmarked, isRecord, markedCredentials } from '../marks.ts'
import { answerOf } from './answer.ts'
import { decodeBody } from './body.ts'
import { Buckets, type Change, inKeyOrder, makeObject, type StoredObject, type Upload } from './buckets.ts'
import { answerInstead, damage, replaceObject } from './faults.ts'
import { type Operation, parseHead, type RequestHead } from './operation.ts'
import { type Fault, openPlan, type Rule } from './plan.ts'
import { apply } from './request.ts'
import { send } from './send.ts'

/** A place in the life of a request: it has arrived and was not applied; it was applied and not answered; it was answered. */
type Phase = 'arrived' | 'applied' | 'answered'

export interface RequestEvent {
  readonly number: number
  readonly op: Operation
  readonly bucket: string
  readonly key: string
  readonly phase: Phase
}

export interface FaultyS3Options {
  /** Those that are there from the beginning. */
  readonly buckets?: readonly string[]
  readonly plan?: readonly Rule[]
  /** The most entries in a page of a listing, whatever is asked for. Default 1,000. */
  readonly pageKeys?: number
  /** Is told of every phase of every request, which waits for it; `drop` ends the request there, as if its client had died. */
  readonly onRequest?: (event: RequestEvent) => Promise<'drop' | undefined> | 'drop' | undefined
}

/** A request as the log keeps it: never its credentials or its content. */
interface LoggedRequest {
  readonly number: number
  readonly op: Operation
  readonly bucket: string
  readonly key: string
  /** What it asked for beside that: a range, conditions, how the object is to be kept. */
  readonly headers: Readonly<Record<string, string>>
  readonly fault: Fault['kind'] | undefined
  /** That of the answer; undefined when there was none. */
  status: number | undefined
}

/** An S3 server in this process with faults by plan. */
export interface FaultyS3 {
  readonly endpoint: string
  /** The environment under which our code finds it. */
  readonly env: Readonly<Record<string, string>>
  /** Every request so far; the nth has the number n. */
  readonly requests: readonly LoggedRequest[]
  /** Requests that wait for their answer, or for the rest of it; those whose client is gone do not. */
  readonly openRequests: number
  /** When which object became visible, was replaced or removed. */
  readonly changes: readonly Change[]
  /** Puts faults in the place of those that were planned; its rules count from here. */
  setPlan(rules: readonly Rule[]): void
  /** Puts an object there without a request, and makes the bucket if there is none. */
  put(bucket: string, key: string, bytes: Uint8Array, lastModified?: Date): void
  objects(bucket: string): StoredObject[]
  uploads(bucket: string): Upload[]
  /** Rejects when a record of a run that was written there holds a mark. */
  close(): Promise<void>
}

/** Opens the server on the loopback address. */
export async function openFaultyS3(options: FaultyS3Options = {}): Promise<FaultyS3> {
  const { pageKeys = 1000, onRequest } = options
  const buckets = new Buckets()
  for (const name of options.buckets ?? []) buckets.add(name)
  const requests: LoggedRequest[] = []
  const marked: string[] = []
  let plan = openPlan(options.plan ?? [])
  let openRequests = 0

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const head = parseHead(incoming.method ?? '', incoming.url ?? '', incoming.headers)
    const { op, bucket, key } = head
    const fault = plan.next(head)
    const number = requests.length + 1
    const logged = { number, op, bucket, key, headers: conditionsOf(head), fault: fault?.kind, status: undefined }
    requests.push(logged)
    const changesBefore = buckets.changes.length
    const isDropped = async (phase: Phase) => (await onRequest?.({ number, op, bucket, key, phase })) === 'drop'

    const raw = await readAll(incoming)
    if (raw === undefined || (await isDropped('arrived')) || fault?.kind === 'reset-before') {
      incoming.socket.resetAndDestroy()
      return
    }
    const answer =
      answerInstead(op, fault) ??
      answerOf(() => {
        const body = decodeBody(head.headers, raw)
        if (op === 'PutObject' && isRecord(key)) watch(key, body.bytes.toString())
        const request = { ...head, number, body, buckets, changesBefore, pageKeys }
        if (fault?.kind === 'etag-changes') replaceObject(request)
        return apply(request)
      })
    if ((await isDropped('applied')) || fault?.kind === 'apply-then-reset') {
      incoming.socket.resetAndDestroy()
      return
    }
    Object.assign(logged, { status: answer.status })
    await send(response, damage(op, answer, fault), op === 'HeadObject', fault)
    if (response.writableFinished) await isDropped('answered')
  }

  function watch(key: string, text: string): void {
    try {
      assertUnmarked({ [key]: text })
    } catch (error) {
      marked.push((error as Error).message)
    }
  }

  const server = createServer((incoming, response) => {
    openRequests++
    response.once('close', () => openRequests--)
    serve(incoming, response).catch((error: unknown) => incoming.socket.destroy(error as Error))
  })
  const { endpoint, close } = await listenOnLoopback(server)
  return {
    endpoint,
    env: {
      AWS_ENDPOINT_URL_S3: endpoint,
      ...markedCredentials,
      AWS_REGION: 'us-east-1',
    },
    requests,
    get openRequests() {
      return openRequests
    },
    changes: buckets.changes,
    setPlan: (rules) => {
      plan = openPlan(rules)
    },
    put: (bucket, key, bytes, lastModified) => {
      buckets.add(bucket)
      buckets.put(bucket, makeObject(key, bytes, lastModified === undefined ? {} : { lastModified }), 0)
    },
    objects: (bucket) => inKeyOrder(buckets.get(bucket).objects.values()),
    uploads: (bucket) => inKeyOrder(buckets.get(bucket).uploads.values()),
    close: async () => {
      await close()
      if (marked.length > 0) throw new Error(marked.join('\n'))
    },
  }
}

/** The whole body; undefined when its sender is gone before its end. */
async function readAll(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
  } catch {
    return undefined
  }
  return Buffer.concat(chunks)
}

function conditionsOf({ headers }: RequestHead): Record<string, string> {
  const isTold = (name: string) => /^(range|if-(none-)?match|x-amz-(server-side-.*|storage-class|tagging))$/.test(name)
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (isTold(name) ? [[name, String(value)]] : [])),
  )
}
