/** What goes wrong with a request. */
export type Fault =
  /** It is refused, and not done. */
  | { readonly kind: 'error'; readonly status: number; readonly code: string; readonly message?: string }
  /** The connection is reset before it is done. */
  | { readonly kind: 'reset-before' }
  /** It is done, and the connection reset in place of an answer. */
  | { readonly kind: 'apply-then-reset' }
  /** It is done, and no answer comes. */
  | { readonly kind: 'stall' }

/** Which requests meet a fault: all that match, or of those the nth, or all from the nth on. Counts begin with 1. */
export interface Rule {
  readonly operation?: string
  readonly nth?: number
  readonly from?: number
  readonly fault: Fault
}

/** Counts requests, each rule those that it matches, and gives the fault of each by the first rule that means it. */
export function openFaults(rules: readonly Rule[]): (operation: string) => Fault | undefined {
  const counts = rules.map(() => 0)
  return (operation) =>
    rules.filter((rule, index) => {
      if (rule.operation !== undefined && rule.operation !== operation) return false
      const count = ++counts[index]
      return rule.nth === undefined ? count >= (rule.from ?? 1) : count === rule.nth
    })[0]?.fault
}

export const throttled: Fault = { kind: 'error', status: 400, code: 'ThrottlingException', message: 'Rate exceeded' }
export const failed: Fault = { kind: 'error', status: 500, code: 'InternalFailure' }
