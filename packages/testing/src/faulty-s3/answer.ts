import { Refusal } from './refused.ts'
import { document, element, text } from './xml.ts'

/** What goes back to the client. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export function empty(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: Buffer.alloc(0) }
}

export function xml(root: string, ...content: readonly string[]): Answer {
  return { status: 200, headers: { 'Content-Type': 'application/xml' }, body: document(root, ...content) }
}

export function withHeaders(answer: Answer, headers: Answer['headers']): Answer {
  return { ...answer, headers: { ...answer.headers, ...headers } }
}

/** An error as S3 tells it. */
export function failure(status: number, code: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const answer = xml('Error', element('Code', text(code)), element('Message', text(`the test server says ${code}`)))
  return { ...answer, status, headers: { ...answer.headers, ...headers } }
}

/** The answer that an operation gives, or that it was refused with. */
export function answerOf(operation: () => Answer): Answer {
  try {
    return operation()
  } catch (error) {
    if (error instanceof Refusal) return failure(error.status, error.code)
    throw error
  }
}
