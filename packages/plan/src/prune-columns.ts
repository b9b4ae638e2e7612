import { formatPath, type Path } from '@fletching/columns'
import { columnsIn, type Expr } from './expr.ts'
import type { ScanColumn } from './optimized.ts'
import type { Field } from './types.ts'

/** Who looks at columns of the scan. */
export interface Readers {
  /** The filters in the scan. */
  readonly below: readonly Expr[]
  /** The filters and sinks above it. */
  readonly above: readonly Expr[]
  /** All of them as the author wrote them, before constants were folded. */
  readonly written: readonly Expr[]
}

/**
 * The columns of the scan, in the order of the schema.
 *
 * A line is set aside for a column that the author looks at, and never for another. So a column that can set lines
 * aside is handed on even when only pushed filters look at it, or nothing does any more since constants were folded:
 * lines are set aside above, once every filter has passed. And without pruning, columns that nobody looks at are read
 * leniently. The same rows come out, whatever the rules.
 */
export function scanColumns(fields: readonly Field[], readers: Readers, prune: boolean): readonly ScanColumn[] {
  const above = pathsIn(readers.above)
  const below = pathsIn(readers.below)
  const written = pathsIn(readers.written)
  const columns: ScanColumn[] = []
  const visit = (path: Path, field: Field): void => {
    const { type, required, provenance } = field
    const text = formatPath(path)
    if (provenance !== undefined) {
      if (above.has(text)) columns.push({ path, type, required, output: true, provenance })
      return
    }
    const setsAside = written.has(text) && (required || type.otherwise === 'setAside')
    if (above.has(text) || below.has(text) || setsAside) {
      columns.push({ path, type, required, output: above.has(text) || setsAside })
    } else if (!prune && type.kind !== 'struct') {
      columns.push({ path, type: { ...type, otherwise: 'null' }, required: false, output: true })
    }
    if (type.kind === 'struct') for (const inner of type.fields) visit([...path, inner.name], inner)
  }
  for (const field of fields) visit([field.name], field)
  return columns
}

function pathsIn(exprs: readonly Expr[]): ReadonlySet<string> {
  return new Set(exprs.flatMap(columnsIn).map((column) => formatPath(column.path)))
}
