import type { Cause, CauseCode, ChangedRows, Difference, DiffSide } from '@fletching/explore/diff'
import { formatRows } from '@fletching/explore/files'
import { counted, formatCount } from '../figures.ts'

/** A difference for a person: both sides, what differs with some of the rows, and why. */
export function diffText({ columns, a, b, changed, causes, unexplained }: Difference): string {
  const isAlike = [a, b].every((side) => side.rowsOnly.count === 0) && (changed?.count ?? 0) === 0
  return [
    headText('A', a),
    headText('B', b),
    `compared by ${columns.join(', ')}\n`,
    ...(isAlike ? ['the rows are alike\n'] : []),
    rowsText('A', a, columns),
    rowsText('B', b, columns),
    changed === undefined ? '' : changedText(changed),
    isAlike ? '' : '\n',
    ...causes.map(causeText),
    isAlike ? '' : `no cause known: ${inBoth(unexplained)}\n`,
  ].join('')
}

function headText(name: string, { location, rows, columnsOnly }: DiffSide): string {
  const only = columnsOnly.length === 0 ? '' : `, columns only there: ${columnsOnly.join(', ')}`
  return `${name}: ${location}, ${counted(rows, 'row')}${only}\n`
}

function rowsText(name: string, { rowsOnly: { count, first } }: DiffSide, columns: readonly string[]): string {
  if (count === 0) return ''
  const rows = first.map(({ times, row }) => ({ times, values: columns.map((column) => row[column]) }))
  return `\nonly in ${name}: ${counted(count, 'row')}\n${tableText(columns, rows)}${restText(count, first)}`
}

function changedText({ count, byColumn, first }: ChangedRows): string {
  if (count === 0) return ''
  const key = Object.keys(first[0].key)
  const rows = first.flatMap(({ times, key: of, columns }) =>
    Object.entries(columns).map(([column, { a, b }]) => ({
      times,
      values: [...key.map((name) => of[name]), column, a, b],
    })),
  )
  const counts = Object.entries(byColumn).map(([column, changes]) => `${column} in ${formatCount(changes)}`)
  return `\nchanged: ${counted(count, 'row')}, ${counts.join(', ')}\n${tableText([...key, 'column', 'A', 'B'], rows)}${restText(count, first)}`
}

/** Rows below their names, with how often each stands there where one does more than once. */
function tableText(
  names: readonly string[],
  rows: readonly { readonly times: number; readonly values: readonly string[] }[],
): string {
  if (rows.every(({ times }) => times === 1)) {
    return formatRows('table', names)(rows.map(({ values }) => values))
  }
  return formatRows('table', ['times', ...names])(rows.map(({ times, values }) => [times, ...values]))
}

function restText(count: number, first: readonly { readonly times: number }[]): string {
  const rest = count - first.reduce((rows, { times }) => rows + times, 0)
  return rest === 0 ? '' : `and ${formatCount(rest)} more; --limit shows them\n`
}

function causeText({ code, a, b, shifts = [] }: Cause): string {
  const by = shifts.map(({ seconds, rows }) => `${seconds > 0 ? '+' : ''}${seconds} s in ${formatCount(rows)}`)
  return `${code}: ${inBoth({ a, b })}; ${MEANING[code]}${by.length === 0 ? '' : `: ${by.join(', ')}`}\n`
}

function inBoth({ a, b }: { readonly a: number; readonly b: number }): string {
  return `${formatCount(a)} of A, ${formatCount(b)} of B`
}

const MEANING: Record<CauseCode, string> = {
  DUPLICATE: 'the same row stands in both, more often in one',
  TIMESTAMP_ZONE: 'a timestamp was read in another time zone; B is later by',
  TIMESTAMP_EMPTY: 'a time is empty in one',
  ID_NULL_LIKE: 'an id is empty, null or [object Object]',
}
