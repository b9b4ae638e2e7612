/** What was found in data or a schema that Personalize would refuse or make little of. Holds no content of the data. */
export interface Finding {
  /** Stable, such as `TIMESTAMP_NOT_SECONDS`. */
  readonly code: string
  /** A failure is refused by Personalize, a warning is accepted and probably not meant, a note is for whoever reads it. */
  readonly severity: 'failure' | 'warning' | 'note'
  readonly what: string
  readonly count: number
  /** The first five. */
  readonly places: readonly FindingPlace[]
  /** The way out. */
  readonly help: string
}

export interface FindingPlace {
  readonly object: string
  readonly line?: number
  readonly column?: string
}

/** How it stands with data as a whole. */
export type Verdict = 'passed' | 'warned' | 'failed'

/** The verdict on all that was found. */
export function verdictOn(findings: readonly Pick<Finding, 'severity'>[]): Verdict {
  const has = (severity: Finding['severity']) => findings.some((finding) => finding.severity === severity)
  return has('failure') ? 'failed' : has('warning') ? 'warned' : 'passed'
}
