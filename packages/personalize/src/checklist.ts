import type { Finding, Verdict } from './finding.ts'

/** What a look at data for Personalize came to. */
export interface Checklist {
  readonly verdict: Verdict
  readonly findings: readonly Finding[]
  readonly figures: Figures
  /** What became of each rule for the dataset. */
  readonly rules: Readonly<Record<string, 'ok' | 'noted' | 'warned' | 'failed'>>
}

export interface Figures {
  readonly objects: number
  readonly bytes: number
  readonly records: number
  readonly users: number
  /** Users with two interactions or more. */
  readonly usersWithTwo: number
  readonly items: number
  /** The most frequent first; none where there are too many to be types of events. */
  readonly eventTypes: readonly { readonly name: string; readonly count: number }[]
  /** Records that are the same as an earlier one in every column. */
  readonly sameSecond: number
  /** The first and the last timestamp, in seconds since 1970; undefined where there is none. */
  readonly first: number | undefined
  readonly last: number | undefined
  /** Whether users, items and repeats are scaled from a sample, since there are more than a million of them. */
  readonly isEstimated: boolean
}
