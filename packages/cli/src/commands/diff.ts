import { dataError, type FletchingError } from '@fletching/columns/errors'
import { type Difference, diffRows } from '@fletching/explore/diff'
import { formatCount } from '../figures.ts'
import { count } from '../options.ts'
import type { ToolCall } from '../tools.ts'
import { diffText } from './diff-text.ts'
import { looking } from './look.ts'

/** `fletching diff <a> <b>`: what differs, as text for a person and as JSON for a program; an error with the counts alone where anything does. */
export async function execute({ words: { a = '', b = '' }, values, out, signal }: ToolCall): Promise<void> {
  const difference = await looking('diff', () =>
    diffRows(a, b, {
      ...(typeof values.key === 'string' ? { key: values.key.split(',') } : {}),
      ...(values['csv-escape'] === undefined ? {} : { csvEscape: values['csv-escape'] === 'quote' ? '"' : '\\' }),
      ...(typeof values.tmp === 'string' ? { tmp: values.tmp } : {}),
      limit: count('limit', values.limit as string | undefined) ?? 20,
      exclude: (values.exclude as readonly string[] | undefined) ?? [],
      signal,
    }),
  )
  const isText = values.format === undefined ? out.isTTY : values.format === 'text'
  out.write(isText ? diffText(difference) : `${JSON.stringify(difference)}\n`)
  const error = errorOf(difference)
  if (error !== undefined) throw error
}

function errorOf({ a, b, changed }: Difference): FletchingError | undefined {
  const counts = { onlyInA: a.rowsOnly.count, onlyInB: b.rowsOnly.count, changed: changed?.count ?? 0 }
  const at = [`A, ${a.location}`, `B, ${b.location}`]
  if (counts.onlyInA + counts.onlyInB + counts.changed > 0) {
    const ofKey = changed === undefined ? '' : `, changed: ${formatCount(counts.changed)}`
    const what = `rows only in A: ${formatCount(counts.onlyInA)}, only in B: ${formatCount(counts.onlyInB)}${ofKey}`
    return dataError('ROWS_DIFFER', what, { at, help: 'standard output has rows and causes', details: counts })
  }
  if (a.columnsOnly.length + b.columnsOnly.length === 0) return undefined
  const what = `columns only in A: ${a.columnsOnly.length}, only in B: ${b.columnsOnly.length}`
  return dataError('COLUMNS_DIFFER', what, { at, help: 'in the columns that both have the rows are alike' })
}
