import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import * as sdk from '@aws-sdk/client-personalize'
import { listenOnLoopback } from '../loopback.ts'
import { markedCredentials } from '../marks.ts'
import { sdkModel } from '../sdk-model.ts'
import { Account, type AccountOptions, type Kind } from './account.ts'
import { type Fault, openFaults, type Rule } from './faults.ts'
import { operations } from './operations.ts'
import { Refusal } from './refusal.ts'

const { isOperation, wrongInError, wrongInInput, wrongInOutput } = sdkModel(sdk)

/** A request as it was understood. */
export interface PersonalizeRequest {
  /** The nth has the number n. */
  readonly number: number
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
}

/** A place in the life of a request: it has arrived and was not done; it was done and not answered; it was answered. */
export type Phase = 'arrived' | 'applied' | 'answered'

export interface PersonalizeServerOptions extends AccountOptions {
  readonly faults?: readonly Rule[]
  /** Is told of every phase of every request; `drop` ends it there, as if its client had died. */
  readonly onRequest?: (request: PersonalizeRequest, phase: Phase) => 'drop' | undefined
}

/** Amazon Personalize as far as an import needs it, in this process, held to the model that the SDK has of it. */
export interface PersonalizeServer {
  readonly endpoint: string
  /** The environment under which our code finds it. */
  readonly env: Readonly<Record<string, string>>
  readonly requests: readonly PersonalizeRequest[]
  readonly account: Account
  /** The names of what there is of a kind, in the order in which it was made. */
  names(kind: Kind): string[]
  setFaults(rules: readonly Rule[]): void
  /**
   * Ends it.
   *
   * - Errors: when a request, or an answer of its own, was not as the SDK's model has it.
   */
  close(): Promise<void>
}

/** Opens the server on the loopback address. */
export async function openPersonalizeServer(options: PersonalizeServerOptions = {}): Promise<PersonalizeServer> {
  const account = new Account(options)
  const requests: PersonalizeRequest[] = []
  const wrong: string[] = []
  let faults = openFaults(options.faults ?? [])

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = String(incoming.headers['x-amz-target']).replace(/^AmazonPersonalize\./, '')
    const text = await readAll(incoming)
    if (text === undefined) return
    const input = JSON.parse(text) as PersonalizeRequest['input']
    const request = { number: requests.length + 1, operation, input }
    requests.push(request)
    account.time++
    const fault = faults(operation)
    const isDropped = (phase: Phase) => options.onRequest?.(request, phase) === 'drop'
    if (isDropped('arrived') || fault?.kind === 'reset-before') {
      incoming.socket.resetAndDestroy()
      return
    }
    const { status, body } = fault?.kind === 'error' ? faulty(fault) : answer(request)
    if (isDropped('applied') || fault?.kind === 'apply-then-reset') {
      incoming.socket.resetAndDestroy()
      return
    }
    if (fault?.kind === 'stall') return
    response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify(body), () => isDropped('answered'))
  }

  function answer({ operation, input }: PersonalizeRequest): { readonly status: number; readonly body: object } {
    if (!isOperation(operation) || operations[operation] === undefined) {
      wrong.push(`${operation} is not known here`)
      return { status: 400, body: { __type: 'UnknownOperationException' } }
    }
    const wrongHere = wrongInInput(operation, input)
    wrong.push(...wrongHere)
    if (wrongHere.length > 0)
      return { status: 400, body: { __type: 'ValidationException', message: wrongHere.join('; ') } }
    try {
      const body = operations[operation](account, input)
      wrong.push(...wrongInOutput(operation, body))
      return { status: 200, body }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { code, message } = error
      wrong.push(...wrongInError(code, { message }))
      return { status: 400, body: { __type: code, message } }
    }
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      wrong.push(String(error))
      incoming.socket.destroy()
    })
  })
  const { endpoint, close } = await listenOnLoopback(server)
  return {
    endpoint,
    env: {
      AWS_ENDPOINT_URL_PERSONALIZE: endpoint,
      ...markedCredentials,
      AWS_REGION: 'us-east-1',
    },
    requests,
    account,
    names: (kind) => account.ofKind(kind).map(({ name }) => name),
    setFaults: (rules) => {
      faults = openFaults(rules)
    },
    close: async () => {
      await close()
      if (wrong.length > 0) throw new Error(`not as Personalize has it:\n${wrong.join('\n')}`)
    },
  }
}

function faulty({ status, code, message }: Extract<Fault, { kind: 'error' }>) {
  return { status, body: { __type: code, ...(message === undefined ? {} : { message }) } }
}

/** The whole body; undefined when its sender is gone before its end. */
async function readAll(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
  } catch {
    return undefined
  }
  return Buffer.concat(chunks).toString()
}
