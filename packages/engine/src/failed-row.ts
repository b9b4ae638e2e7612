import { addPlace, FletchingError } from '@fletching/columns/errors'
import type { LinePlace } from './kept-rows.ts'
import type { ObjectName } from './morsel.ts'
import { type Rows, takeRows } from './operators.ts'

/*
 * A kernel that cannot go on knows only the row of its batch. Which row of an object that is, is found where the batch is; which line that is, by reading
 * the object again. Nothing of it costs anything before.
 */

/** A row in which a kernel failed, by its number among those of its object. */
export interface FailedRow {
  /** The object's place in the order of the input. */
  readonly object: number
  /** Rows count from the first line that begins there. */
  readonly from: number
  readonly row: number
  /** Of the rows that count: all of the scan, or those that may be duplicates. */
  readonly of: 'scanned' | 'undecided'
}

/** An error that tells of a row of an object. */
export interface RowError extends FletchingError {
  readonly details: { readonly failed: FailedRow }
}

export function tellsFailedRow(error: unknown): error is RowError {
  return error instanceof FletchingError && error.details.failed !== undefined
}

/** An error of a row, with the place of its line instead: that of a kernel, whose first place is the row, or one that tells the row of its object last. */
export function atLine(error: FletchingError, place: LinePlace): FletchingError {
  const { kind, code, what, at, help } = error
  const line = `${place.object} line ${place.line}, byte ${place.byteOffset} of the uncompressed object`
  const others = tellsFailedRow(error) ? at.slice(0, -1) : at.slice(1)
  return new FletchingError(kind, code, what, { at: [...others, line], help, details: { ...place } })
}

/** Where rows on their way through operators come from. */
export interface RowsOrigin extends Pick<FailedRow, 'from' | 'of'> {
  /** Those that end in the batch, and the one that goes on. */
  readonly objects: readonly ObjectName[]
  /** For each object that ended in the batch, the row behind its last. */
  readonly objectEnds: readonly number[]
  /** Of the first object, that came in earlier batches. */
  readonly firstRow: number
  /** What numbers they have in the batch, where some are not among them. */
  readonly numbers?: Int32Array
}

/** Of the object that goes on behind a batch of so many rows, how many have come: it is the first of the next. */
export function rowsGoingOn(
  rows: number,
  { objectEnds, firstRow }: Pick<RowsOrigin, 'objectEnds' | 'firstRow'>,
): number {
  return objectEnds.length === 0 ? firstRow + rows : rows - objectEnds[objectEnds.length - 1]
}

/** Sends rows through operators. An error of a row is that of the first that fails, and tells which one that is; any error tells the objects. */
export function onRows<T>(rows: Rows, origin: RowsOrigin, run: (rows: Rows) => T): T {
  try {
    return run(rows)
  } catch (error) {
    const first = tellsRow(error) ? firstFailure(rows, run) : undefined
    throw first === undefined ? addPlace(error, placeOf(origin.objects)) : rowError(first, origin)
  }
}

function rowError({ row, error }: Failure, { objects, objectEnds, firstRow, numbers, from, of }: RowsOrigin) {
  const { kind, code, what, at, help } = error
  const number = numbers?.[row] ?? row
  const ended = objectEnds.filter((end) => end <= number).length
  const { index, name } = objects[ended]
  const place = ended === 0 ? { from, row: firstRow + number } : { from: 0, row: number - objectEnds[ended - 1] }
  const failed: FailedRow = { object: index, of, ...place }
  // The row of a kernel is one of a batch, which nobody knows.
  return new FletchingError(kind, code, what, { at: [...at.slice(1), `rows of ${name}`], help, details: { failed } })
}

/** Where the rows of a batch come from. */
function placeOf(objects: readonly ObjectName[]): string {
  const [first, last] = [objects[0].name, objects[objects.length - 1].name]
  return first === last ? `rows of ${first}` : `rows of ${first} and what follows, to ${last}`
}

/** Whether the innermost place of an error is the row of a kernel. */
export function tellsRow(error: unknown): error is FletchingError {
  return error instanceof FletchingError && typeof error.details.row === 'number'
}

interface Failure {
  readonly row: number
  readonly error: FletchingError
}

/** The first row that fails: rows know nothing of each other, so that halves can be tried alone. */
function firstFailure(rows: Rows, run: (rows: Rows) => unknown): Failure | undefined {
  let row = 0
  let end = rows.batch.numRows
  const failure = (from: number, to: number) => {
    try {
      run(
        takeRows(
          rows,
          Int32Array.from({ length: to - from }, (_, at) => from + at),
        ),
      )
    } catch (error) {
      return error
    }
  }
  while (end - row > 1) {
    const half = (row + end) >>> 1
    if (failure(row, half) === undefined) row = half
    else end = half
  }
  const error = failure(row, end)
  return tellsRow(error) ? { row, error } : undefined
}
