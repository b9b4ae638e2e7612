import type { ColumnWriter } from './column-writer.ts'
import { addOne, newTally, type Remarks } from './counts.ts'
import { ScalarWriter } from './scalar-writer.ts'
import type { Slots } from './slots.ts'
import type { ScanOperator, ScanPredicate, ScanStep } from './spec.ts'
import { TextWriter } from './text-writer.ts'
import { isNone } from './value-state.ts'

/** A step made ready: the texts to compare with are bytes, columns are their writers. */
export interface Step {
  readonly reason: string
  readonly test: Test
  readonly tally: TextWriter | undefined
}

/** Whether the line at hand passes. */
type Test = (line: Uint8Array, slots: Slots) => boolean

export function openStep(step: ScanStep, columns: readonly ColumnWriter[]): Step {
  const tally = step.tallyColumn === undefined ? undefined : columns[step.tallyColumn]
  return {
    reason: step.reason,
    test: openTest(step.predicate, columns),
    tally: tally instanceof TextWriter ? tally : undefined,
  }
}

/**
 * Counts the value for which a line was refused.
 *
 * @returns the name under which it was counted, when every equal value is counted under the same.
 */
export function countValue(step: Step, line: Uint8Array, slots: Slots, remarks: Remarks): string | undefined {
  const text = step.tally?.textOf(line, slots)
  if (text === undefined) return undefined
  remarks.tallies[step.reason] ??= newTally()
  const tally = remarks.tallies[step.reason]
  const value = UTF8.decode(text.bytes.subarray(text.start, Math.min(text.end, text.start + TALLY_BYTES)))
  const isNew = tally[value] === undefined
  const isFull = remarks.distinct[step.reason] === TALLY_VALUES
  if (isNew && !isFull) addOne(remarks.distinct, step.reason)
  const isTold = !(isNew && isFull)
  addOne(tally, isTold ? value : '…')
  return isTold ? value : undefined
}

function openTest(predicate: ScanPredicate, columns: readonly ColumnWriter[]): Test {
  switch (predicate.op) {
    case 'isIn':
      return openIsIn(columns[predicate.column], predicate.values)
    case 'compare':
      return openCompare(columns[predicate.column], predicate.operator, predicate.value)
    case 'isNotNull': {
      const column = columns[predicate.column]
      return (line, slots) => !isNone(column.stateOf(line, slots))
    }
    case 'isNull': {
      const column = columns[predicate.column]
      return (line, slots) => isNone(column.stateOf(line, slots))
    }
    case 'and': {
      const inputs = predicate.inputs.map((input) => openTest(input, columns))
      return (line, slots) => inputs.every((test) => test(line, slots))
    }
    case 'or': {
      const inputs = predicate.inputs.map((input) => openTest(input, columns))
      return (line, slots) => inputs.some((test) => test(line, slots))
    }
  }
}

function openIsIn(column: ColumnWriter, values: readonly string[]): Test {
  if (!(column instanceof TextWriter)) return () => false
  const texts = values.map((value) => ENCODER.encode(value))
  return (line, slots) => {
    const text = column.writtenText(line, slots)
    if (text === undefined) return false
    for (let i = 0; i < texts.length; i++) if (text.equals(texts[i])) return true
    return false
  }
}

function openCompare(column: ColumnWriter, operator: ScanOperator, value: string | number | bigint | boolean): Test {
  const accepts = ACCEPTS[operator]
  if (column instanceof TextWriter && typeof value === 'string') {
    const bytes = ENCODER.encode(value)
    return (line, slots) => {
      const text = column.writtenText(line, slots)
      return text !== undefined && accepts(text.compare(bytes))
    }
  }
  if (!(column instanceof ScalarWriter)) return () => false
  return (line, slots) => {
    const written = column.writtenValue(line, slots)
    return (
      written !== undefined && accepts(written < value ? -1 : written > value ? 1 : written === value ? 0 : Number.NaN)
    )
  }
}

/** What each operator says of an order: below, equal to or above zero, or NaN where there is none. */
const ACCEPTS: Readonly<Record<ScanOperator, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
}

const ENCODER = new TextEncoder()
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })
/** Distinct values of a tally, and bytes of each: bounds on what a hostile input can make of it. */
const TALLY_VALUES = 1000
const TALLY_BYTES = 100
