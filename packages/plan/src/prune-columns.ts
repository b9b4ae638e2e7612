import { formatPath, type Path } from '@fletching/columns'
import { columnsIn, type Expr } from './expr.ts'
import type { ScanColumn } from './optimized.ts'
import type { Field, FieldType } from './types.ts'

/**
 * The columns of the scan, in the order of the schema.
 *
 * A column that only pushed filters look at is not handed on, unless it can set its line aside: then the row must be
 * seen above, where lines are set aside once every filter has passed. A line is never set aside for a column that nothing
 * looks at; so without pruning such columns are read leniently, and the same rows come out.
 */
export function scanColumns(
  fields: readonly Field[],
  below: readonly Expr[],
  above: readonly Expr[],
  prune: boolean,
): readonly ScanColumn[] {
  const wantedAbove = pathsIn(above)
  const wantedBelow = pathsIn(below)
  const columns: ScanColumn[] = []
  const visit = (path: Path, field: Field): void => {
    const text = formatPath(path)
    const isAbove = wantedAbove.has(text)
    if (isAbove || wantedBelow.has(text)) {
      const setsAside = field.required || field.type.otherwise === 'setAside'
      columns.push({ path, type: field.type, required: field.required, output: isAbove || setsAside })
    } else if (!prune && field.type.kind !== 'struct') {
      columns.push({ path, type: lenient(field.type), required: false, output: true })
    }
    if (field.type.kind === 'struct') for (const inner of field.type.fields) visit([...path, inner.name], inner)
  }
  for (const field of fields) visit([field.name], field)
  return columns
}

function pathsIn(exprs: readonly Expr[]): ReadonlySet<string> {
  return new Set(exprs.flatMap(columnsIn).map((column) => formatPath(column.path)))
}

function lenient(type: FieldType): FieldType {
  return { ...type, otherwise: 'null' }
}
