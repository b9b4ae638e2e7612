import type { Operation } from './operation.ts'

/** Bytes of a body: so many, or half of those it has. */
export type Amount = number | 'half'

/** What goes wrong with a request. What cannot go wrong with an answer (a cut body where there is none) leaves it as it is. */
export type Fault =
  /** It is refused, and not applied. */
  | { readonly kind: 'status'; readonly status: number; readonly code: string }
  /** It is not applied, but status 200 stands over the error. */
  | { readonly kind: '200-with-error'; readonly code: string }
  /** The connection is reset, and the request not applied. */
  | { readonly kind: 'reset-before' }
  /** The connection is reset in place of an answer. */
  | { readonly kind: 'apply-then-reset' }
  /** The connection is reset within the body. */
  | { readonly kind: 'reset-after-bytes'; readonly bytes: Amount }
  /** The body is shorter than its stated length; the connection ends in good order. */
  | { readonly kind: 'short-body-with-length'; readonly bytes: Amount }
  /** Nothing comes any more: after so much of the body, or not even the head of the answer. */
  | { readonly kind: 'stall'; readonly bytes?: Amount }
  /** The body comes in small pieces. */
  | { readonly kind: 'slow'; readonly pieceBytes: number; readonly pauseMs: number }
  /** One bit in the middle of the body is another. */
  | { readonly kind: 'corrupt-byte' }
  /** Just before the request is applied, somebody replaces the object by another of the same size. */
  | { readonly kind: 'etag-changes' }
  /** The answer ends in its middle, and its length agrees with that. */
  | { readonly kind: 'cut-xml' }
  /** The first object of a listing stands there twice. */
  | { readonly kind: 'duplicate-list' }
  /** The first object of a listing is left out. */
  | { readonly kind: 'missing-from-list' }

export const slowDown: Fault = { kind: 'status', status: 503, code: 'SlowDown' }
export const internalError: Fault = { kind: 'status', status: 500, code: 'InternalError' }
export const accessDenied: Fault = { kind: 'status', status: 403, code: 'AccessDenied' }
export const expiredToken: Fault = { kind: 'status', status: 400, code: 'ExpiredToken' }

/** Of the requests that match, all of them, the nth, all from the nth on, or every nth. Counts begin with 1. */
export interface Counted {
  readonly nth?: number
  readonly from?: number
  readonly every?: number
}

/** Which requests meet a fault. */
export interface Rule extends Counted {
  readonly op?: Operation
  readonly bucket?: string
  readonly keyPattern?: RegExp
  readonly fault: Fault
}

export interface Plan {
  /** The fault of the next request, by the first rule that says one. */
  next(request: { readonly op: Operation; readonly bucket: string; readonly key: string }): Fault | undefined
}

/** Begins to count requests; every rule counts those that it matches, whatever other rules say. */
export function openPlan(rules: readonly Rule[]): Plan {
  const counts = rules.map(() => 0)
  return {
    next({ op, bucket, key }) {
      const hit = rules.filter((rule, index) => {
        if (rule.op !== undefined && rule.op !== op) return false
        if (rule.bucket !== undefined && rule.bucket !== bucket) return false
        if (rule.keyPattern !== undefined && !rule.keyPattern.test(key)) return false
        return isMeant(rule, ++counts[index])
      })
      return hit[0]?.fault
    },
  }
}

/** Whether the request that matches as the `count`th is meant. */
export function isMeant({ nth, from, every }: Counted, count: number): boolean {
  if (nth !== undefined) return count === nth
  if (from !== undefined) return count >= from
  return every === undefined || count % every === 0
}
