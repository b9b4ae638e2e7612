import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { listenOnLoopback } from '../loopback.ts'
import { type GlueAction, GlueCatalog, glueActions, type Members } from './catalog.ts'
import { type GlueFault, type GlueRule, openGluePlan } from './plan.ts'
import { GlueRefusal } from './refused.ts'

export interface FaultyGlueOptions {
  readonly plan?: readonly GlueRule[]
  /** The most partitions in an answer, whatever is asked for. Default 1,000. */
  readonly pageMax?: number
  /** Is told of every call before it is applied, which waits for it: the moment in which others may come first. */
  readonly onCall?: (call: GlueCall) => Promise<void> | void
}

/** A call as the log keeps it: never its credentials. */
export interface GlueCall {
  /** The nth call has the number n. */
  readonly number: number
  readonly action: GlueAction
  readonly input: Members
}

/** A Glue Data Catalog in this process, with faults by plan. */
export interface FaultyGlue {
  readonly endpoint: string
  /** Every call so far. */
  readonly calls: readonly GlueCall[]
  /** Puts faults in the place of those that were planned; its rules count from here. */
  setPlan(rules: readonly GlueRule[]): void
  /** Does what a call does, without a call: as others would. */
  apply(action: GlueAction, input: Members): Members
  close(): Promise<void>
}

/** Opens the server on the loopback address. */
export async function openFaultyGlue(options: FaultyGlueOptions = {}): Promise<FaultyGlue> {
  const { pageMax = 1000, onCall } = options
  const catalog = new GlueCatalog(pageMax)
  const calls: GlueCall[] = []
  let faultOf = openGluePlan(options.plan ?? [])

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const action = actionOf(incoming)
    const input = (await json(incoming)) as Members
    if (action === undefined) return send(response, 400, failure('UnknownOperationException', 'not one of ours'))
    const fault = faultOf(action)
    const call = { number: calls.length + 1, action, input }
    calls.push(call)
    await onCall?.(call)
    if (fault?.kind === 'reset-before') return reset(incoming)
    if (fault?.kind === 'refused') {
      return send(response, fault.status, failure(fault.code, fault.message ?? 'the test server says no'))
    }
    const [status, answer] = answerOf(() => catalog.apply(action, input))
    if (fault?.kind === 'apply-then-reset') return reset(incoming)
    send(response, status, answer, fault)
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => incoming.socket.destroy(error as Error))
  })
  const { endpoint, close } = await listenOnLoopback(server)
  return {
    endpoint,
    calls,
    setPlan: (rules) => {
      faultOf = openGluePlan(rules)
    },
    apply: (action, input) => catalog.apply(action, input),
    close,
  }
}

function actionOf({ headers }: IncomingMessage): GlueAction | undefined {
  const target = String(headers['x-amz-target'])
  return glueActions.find((action) => target === `AWSGlue.${action}`)
}

function answerOf(operation: () => Members): [number, Members] {
  try {
    return [200, operation()]
  } catch (error) {
    if (error instanceof GlueRefusal) return [400, failure(error.code, error.message)]
    throw error
  }
}

function failure(code: string, message: string): Members {
  return { __type: code, Message: message }
}

function send(response: ServerResponse, status: number, answer: Members, fault?: GlueFault): void {
  const text = fault?.kind === 'not-json' ? '<html>' : JSON.stringify(answer)
  response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' }).end(text)
}

function reset({ socket }: IncomingMessage): void {
  socket.resetAndDestroy()
}
