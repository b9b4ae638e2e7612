import { type Accounting, addAccounting, addTally, emptyAccounting, newTally, type Tally } from './accounting.ts'
import type { ObjectCounts } from './morsel.ts'

/** One object that a run wrote. */
export interface OutputInfo {
  readonly name: string
  readonly format: 'csv' | 'parquet' | 'rejects'
  readonly rows: number
  readonly bytes: number
}

/** One object that a run read. */
export interface InputInfo {
  readonly name: string
  /** As stored; for gzip, the compressed size. */
  readonly bytes: number
  readonly uncompressedBytes: number
  readonly etag: string | undefined
  readonly accounting: Accounting
}

/** What happened in a run, complete: printed, written as the manifest, and given to `--report`. */
export interface Report {
  readonly job: string
  readonly version: string
  readonly params: Readonly<Record<string, unknown>>
  readonly startedAt: string
  readonly milliseconds: number
  readonly inputs: readonly InputInfo[]
  /** Names below the input that were passed over, by reason. */
  readonly skipped: Readonly<Tally>
  readonly accounting: Accounting
  /** Values that were changed on the way into a row, by `column: what`. */
  readonly converted: Tally
  /** The most frequent values that a filter refused, by reason; at most ten each. */
  readonly refused: Readonly<Record<string, readonly { readonly value: string; readonly count: number }[]>>
  readonly outputs: readonly OutputInfo[]
  readonly warnings: readonly string[]
}

/** The figures of all objects together. */
export function summarize(objects: readonly ObjectCounts[]) {
  const accounting = emptyAccounting()
  const converted = newTally()
  const tallies: Record<string, Tally> = Object.create(null)
  for (const object of objects) {
    addAccounting(accounting, object.accounting)
    addTally(converted, object.converted)
    for (const [reason, tally] of Object.entries(object.tallies)) {
      tallies[reason] ??= newTally()
      addTally(tallies[reason], tally)
    }
  }
  const refused = Object.fromEntries(Object.entries(tallies).map(([reason, tally]) => [reason, mostFrequent(tally)]))
  return { accounting, converted, refused, warnings: warningsOf(converted) }
}

function mostFrequent(tally: Tally) {
  return Object.entries(tally)
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, 10)
}

function warningsOf(converted: Tally): string[] {
  return Object.entries(converted)
    .filter(([what]) => what.endsWith(': over 256 characters'))
    .map(([what, count]) => `${count} values are longer than Amazon Personalize accepts (${what}); they were kept`)
}
