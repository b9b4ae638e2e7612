import type { Checklist } from '@fletching/personalize/checklist'

/** What is known of data: plain, as it is written to JSON and shown on the page. */
export interface Profile {
  readonly profileVersion: 1
  /** The version of what made it. */
  readonly version: string
  /** The job, or the address. */
  readonly of: string
  readonly madeAt: string
  /** Of the job's last run; undefined for files alone. */
  readonly run: RunProfile | undefined
  /** What was read, that with the most rows first: of it alone there are `details`. */
  readonly tables: readonly TableProfile[]
  /** What Personalize would say of the CSV; undefined where there is no CSV of interactions. */
  readonly checklist: Checklist | undefined
}

export interface Counted {
  readonly name: string
  readonly count: number
}

/** What a run said of itself. */
export interface RunProfile {
  readonly input: string
  readonly startedAt: string
  readonly milliseconds: number
  readonly objects: number
  readonly bytes: number
  readonly accounting: AccountingProfile
  /** The most frequent values that filters refused, by their reason. */
  readonly refused: readonly { readonly reason: string; readonly values: readonly Counted[] }[]
  /** What the files of rejects hold, of all runs that left them; undefined where there are none. */
  readonly rejects: RejectsProfile | undefined
  readonly warnings: readonly string[]
}

/** What became of the lines of the input. */
export interface AccountingProfile {
  readonly lines: number
  /** Lines of which a row came out. */
  readonly rows: number
  /** Rows that came out beside the first of their line; 0 where no line makes several. */
  readonly exploded: number
  readonly filtered: readonly Counted[]
  readonly duplicates: number
  readonly setAside: readonly Counted[]
  readonly malformed: readonly Counted[]
  readonly blank: number
  /** Where a line may make several rows: those that were dropped on the way, by reason, also of lines of which another came out. */
  readonly dropped: readonly Counted[]
}

export interface RejectsProfile {
  readonly objects: number
  readonly lines: number
  readonly codes: readonly RejectedCode[]
}

export interface RejectedCode extends Counted {
  /** Where the first such line stood. */
  readonly first: { readonly object: string; readonly line: number }
}

export interface TableProfile extends RowsProfile {
  readonly location: string
  readonly format: string
  readonly objects: number
  readonly bytes: number
}

/** What rows hold. */
export interface RowsProfile {
  readonly rows: number
  readonly columns: readonly ColumnProfile[]
  /** Rows that are the same as an earlier one in every column. */
  readonly duplicates: Estimate
  readonly details: RowDetails | undefined
}

/** A number, and whether it is scaled from a sample. */
export interface Estimate {
  readonly count: number
  readonly isEstimated: boolean
}

export interface ColumnProfile {
  readonly name: string
  /** Rows in which it is null, or a text without characters. */
  readonly empty: number
  /** How many different values it has, empty ones apart. */
  readonly distinct: Estimate
}

/** What takes a column of a known name; undefined where it is not there. */
export interface RowDetails {
  readonly events: EventsProfile | undefined
  readonly time: TimeProfile | undefined
  readonly items: ItemsProfile | undefined
  readonly users: UsersProfile | undefined
  /** Rows whose user has an earlier row of the same second. */
  readonly sameSecond: Estimate | undefined
}

export interface EventsProfile {
  /** The most frequent first. */
  readonly types: readonly Counted[]
  /** Rows of further types, beyond the first hundred that came up. */
  readonly others: number
}

export interface ItemsProfile {
  readonly top: readonly Counted[]
  /** So many each count may lack, since there were more items than are counted exactly. */
  readonly errorMax: number
}

export interface UsersProfile {
  /** Users by how many rows they have. */
  readonly bins: readonly { readonly from: number; readonly to: number; readonly users: number }[]
  readonly isEstimated: boolean
}

export interface TimeProfile {
  readonly column: string
  /** The first and the last moment, in seconds since 1970; undefined where there is none. */
  readonly first: number | undefined
  readonly last: number | undefined
  /** Rows with a value that is no moment. */
  readonly unreadable: number
  readonly unit: TimeUnit
  /** The types of events that are told apart, the most frequent first; the last of `counts` is that of all others. */
  readonly series: readonly string[]
  /** By the time at which they begin; those without rows are left out. */
  readonly buckets: readonly { readonly start: number; readonly counts: readonly number[] }[]
  /** Rows far away from nearly all others, which are in no bucket. */
  readonly before: number
  readonly after: number
  /** Days in UTC without a row, between the first and the last of the buckets. */
  readonly gaps: {
    readonly days: number
    readonly longest: readonly { readonly from: string; readonly days: number }[]
  }
}

export type TimeUnit = 'hour' | 'day' | 'week' | 'month' | 'year'
