import { plural } from '@fletching/columns/plural'
import { DEFAULT_PARTITION } from '@fletching/parquet'
import type { Prepared } from '@fletching/storage'
import { type Accounting, addTally, addTo, newTally, type Tally } from './accounting.ts'
import type { Inputs } from './input-list.ts'
import { jsonBytes } from './json-bytes.ts'
import type { ReadInput } from './read.ts'
import { mostFrequent, type RefusedValue } from './refused.ts'

/** One object that a run wrote. */
export interface OutputInfo {
  readonly name: string
  readonly format: 'csv' | 'parquet' | 'rejects'
  readonly rows: number
  readonly bytes: number
  /** Of its bytes. */
  readonly sha256: string
  /** The run that wrote it. */
  readonly run: string
}

/** An output of which every byte is at its place, and that nobody sees yet. */
export interface PreparedOutput extends Omit<OutputInfo, 'run'>, Prepared {}

/** What a report says of an output that a run has prepared. */
export function outputInfo({ name, format, rows, bytes, sha256 }: PreparedOutput, run: string): OutputInfo {
  return { name, format, rows, bytes, sha256, run }
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
  readonly inputs: Inputs
  /** Names below the input that were passed over, by reason. */
  readonly skipped: Readonly<Tally>
  readonly accounting: Accounting
  /**
   * Lines that the scanner in WebAssembly left to the strict one, which is several times slower; of long lines, it depends on how their bytes
   * came.
   */
  readonly slowLines: number
  /** Values that were changed on the way into a row, by `column: what`. */
  readonly converted: Tally
  /** The most frequent values that a filter refused, by reason; at most ten each. */
  readonly refused: Readonly<Record<string, readonly RefusedValue[]>>
  readonly outputs: readonly OutputInfo[]
  readonly warnings: readonly string[]
}

/** A report as JSON, to be read by people too; it may be gone through more than once. */
export function reportBytes(report: object): Iterable<Uint8Array> {
  return {
    *[Symbol.iterator]() {
      yield* jsonBytes(report, 2)
      yield Buffer.from('\n')
    },
  }
}

/** What a report says of all objects together. */
export type Summary = Pick<Report, 'accounting' | 'slowLines' | 'converted' | 'refused' | 'warnings'>

/** The figures of all objects together. */
export function summarize({ accounting, slowLines, converted: read, refused, lineBreaksReplaced }: ReadInput): Summary {
  const converted = newTally()
  addTally(converted, read)
  if (lineBreaksReplaced > 0) addTo(converted, 'CSV: line break as a blank', lineBreaksReplaced)
  return { accounting, slowLines, converted, refused: mostFrequent(refused), warnings: warningsOf(converted) }
}

function warningsOf(converted: Tally): string[] {
  return Object.entries(converted)
    .filter(([what]) => what.endsWith(': over 256 characters'))
    .map(([what, count]) => {
      const values = plural(count, 'value is', 'values are')
      return `${count} ${values} longer than Amazon Personalize accepts (${what}), and ${plural(count, 'was', 'were')} kept`
    })
}

/** Rows without a value that would say where they belong are in the table, and easily missed. */
export function warningsOfPartitions(outputs: readonly OutputInfo[]): string[] {
  const counts = newTally()
  for (const { name, rows } of outputs) {
    for (const [, column] of name.matchAll(WITHOUT_VALUE)) addTo(counts, column, rows)
  }
  return Object.entries(counts).map(([column, count]) => {
    const place = `${column}=${DEFAULT_PARTITION}`
    const rows = `${count} ${plural(count, 'row has', 'rows have')} no ${column} and ${plural(count, 'stands', 'stand')} in ${place}`
    return `${rows}, where Athena does not look when it computes the days of a table`
  })
}

const WITHOUT_VALUE = new RegExp(`([^/=]+)=${DEFAULT_PARTITION}/`, 'g')
