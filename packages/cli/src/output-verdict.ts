/** What the preflight said of a CSV that a run has written. */
export interface OutputVerdict {
  /** The address of the CSV. */
  readonly output: string
  /** Unknown where it could not be looked at. */
  readonly verdict: 'passed' | 'warned' | 'failed' | 'unknown'
  /** The codes of what was found. */
  readonly failures: readonly string[]
  readonly warnings: readonly string[]
  /** Why it could not be looked at. */
  readonly why: string | undefined
  /** All that was found, for the report. */
  readonly checklist: object | undefined
}

/** The verdict in one line. */
export function verdictLine({ verdict, failures, warnings, why }: OutputVerdict): string {
  const found = [...failures, ...warnings]
  const details = why ?? found.join(', ')
  return `preflight for Personalize: ${verdict}${details === '' ? '' : ` (${details})`}`
}
