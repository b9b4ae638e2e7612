import type { Finding } from './finding.ts'

/** A rule of Personalize, or of good data for it. */
export interface Rule {
  readonly severity: Finding['severity']
  /** What is wrong where it is broken. */
  readonly what: string
  /** The way out. */
  readonly help: string
}

export function failure(what: string, help: string): Rule {
  return { severity: 'failure', what, help }
}

export function warning(what: string, help: string): Rule {
  return { severity: 'warning', what, help }
}

export function note(what: string, help: string): Rule {
  return { severity: 'note', what, help }
}
