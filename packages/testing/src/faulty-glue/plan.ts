import { type Counted, isMeant } from '../faulty-s3/plan.ts'
import type { GlueAction } from './catalog.ts'

/** What goes wrong with a call. */
export type GlueFault =
  /** It is refused, and not applied. */
  | { readonly kind: 'refused'; readonly status: number; readonly code: string; readonly message?: string }
  /** The connection is reset, and the call not applied. */
  | { readonly kind: 'reset-before' }
  /** The connection is reset in place of an answer. */
  | { readonly kind: 'apply-then-reset' }
  /** What comes is no JSON. */
  | { readonly kind: 'not-json' }

/** Which calls meet a fault: those of an action, or of those some by their number. */
export interface GlueRule extends Counted {
  readonly action?: GlueAction
  readonly fault: GlueFault
}

/** Begins to count calls; gives the fault of the next one, by the first rule that says one. */
export function openGluePlan(rules: readonly GlueRule[]): (action: GlueAction) => GlueFault | undefined {
  const counts = rules.map(() => 0)
  return (action) => {
    const hit = rules.filter((rule, index) => {
      return (rule.action === undefined || rule.action === action) && isMeant(rule, ++counts[index])
    })
    return hit[0]?.fault
  }
}
