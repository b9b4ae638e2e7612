import type { Path } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import { type ColumnExpr, type Expr, freeze, rewrite } from './expr.ts'
import type { ExplodeNode, ProjectNode } from './logical.ts'

/** What a top-level column name stands for, over the columns of the scan. */
export type Environment = (column: ColumnExpr) => Expr

/** Over a scan, a column stands for itself. */
export const columnsOfScan: Environment = (column) => column

/** Over a projection, a column stands for the expression that makes it. */
export function environmentOf(project: ProjectNode, below: Environment): Environment {
  const made = new Map(project.columns.map((column) => [column.name, substitute(column.expr, below)]))
  return ({ path, type }) => {
    const [name, ...rest] = path
    const expr = made.get(name)
    if (expr === undefined) throw internal(`no column ${name} under ${project.verb}`)
    return descend(expr, rest, type)
  }
}

/** What the columns of an explode are called over the scan: the list's path, with a mark that no field of the scan may have. */
export interface ExplodedPaths {
  readonly item: Path
  readonly position: Path
}

export function explodedPaths(list: Path): ExplodedPaths {
  const marked = (mark: string) => Object.freeze([...list.slice(0, -1), `${list.at(-1)}${mark}`])
  return { item: marked('[]'), position: marked('[#]') }
}

/** Over an explode, the item and its position stand for columns that are made there. */
export function environmentOfExplode(
  { as, item, position }: ExplodeNode,
  paths: ExplodedPaths,
  below: Environment,
): Environment {
  return (column) => {
    const [name, ...rest] = column.path
    if (name === as) return descend(freeze({ op: 'column', path: paths.item, type: item }), rest, column.type)
    return name === position ? freeze({ ...column, path: paths.position }) : below(column)
  }
}

/** The expression with every column replaced by what it stands for. */
export function substitute(expr: Expr, environment: Environment): Expr {
  return rewrite(expr, (node) => (node.op === 'column' ? environment(node) : node))
}

/** The value at a path below an expression: of a column it is a longer path, of anything else a field. */
function descend(expr: Expr, path: Path, type: ColumnExpr['type']): Expr {
  if (path.length === 0) return expr
  if (expr.op === 'column') return freeze({ op: 'column', path: Object.freeze([...expr.path, ...path]), type })
  const [name, ...rest] = path
  return descend(freeze({ op: 'field', input: expr, name }), rest, type)
}
