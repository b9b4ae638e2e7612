import type { ColumnBuilder } from '@fletching/columns'
import type { Tally } from './counts.ts'
import { JsonWriter } from './json-writer.ts'
import { ListWriter } from './list-writer.ts'
import { ScalarWriter } from './scalar-writer.ts'
import type { Slots } from './slots.ts'
import type { ScanColumn } from './spec.ts'
import { StructWriter } from './struct-writer.ts'
import { TextWriter } from './text-writer.ts'
import type { ValueState } from './value-state.ts'
import type { FilledColumn } from './wasm-rooms.ts'

/**
 * Moves the values of one column from the slots of valid lines into a growing Arrow column. It is the same for every scanner.
 *
 * A line is looked at first, with `stateOf`, and written only when it has become a row. A value that does not fit is written all
 * the same, as the text that stands in the line or as zero, so that its row can go on to the filters.
 */
export interface ColumnWriter {
  readonly column: ScanColumn
  readonly builder: ColumnBuilder
  /** Those of the fields of a struct, or of the items of a list. */
  readonly inner?: readonly ColumnWriter[]
  stateOf(line: Uint8Array, slots: Slots): ValueState
  /**
   * Appends the value that `stateOf` was asked of last, which gave `state`, and counts what was changed on the way.
   */
  write(line: Uint8Array, slots: Slots, state: ValueState, converted: Tally): void
  /** Appends rows that the scanner has written, and counts as `write` does. */
  append(rows: number, filled: FilledColumn, converted: Tally): void
  /** The number of a text in the column's dictionary, or -1 when it is not there. */
  numberOf?(bytes: Uint8Array, start: number, end: number): number
}

/** The writers and those within them, each before its own. */
export function allWriters(writers: readonly ColumnWriter[]): readonly ColumnWriter[] {
  return writers.flatMap((writer) => [writer, ...allWriters(writer.inner ?? [])])
}

/** The writer of a column whose path ends at `node`. */
export function openColumnWriter(column: ScanColumn, node: number): ColumnWriter {
  const { type } = column
  switch (type.kind) {
    case 'utf8':
    case 'dictionary':
      return new TextWriter(column, type, node)
    case 'json':
      return new JsonWriter(column, node)
    case 'list':
      return new ListWriter(column, type.item, node)
    case 'struct':
      return new StructWriter(column, type.fields, node)
    default:
      return new ScalarWriter(column, type.kind, node)
  }
}
