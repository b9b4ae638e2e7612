import { formatPath, type Path } from '@fletching/columns'
import { columnsIn, type Expr } from './expr.ts'
import type { ScanColumn } from './optimized.ts'
import { keyOf } from './schema.ts'
import { canSetAside, type Field, type FieldType, lenient } from './types.ts'

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
 *
 * A struct that is looked at as a whole has its required fields beside it as columns of their own: who writes structs knows no required field.
 */
export function scanColumns(fields: readonly Field[], readers: Readers, prune: boolean): readonly ScanColumn[] {
  const above = pathsIn(readers.above)
  const below = pathsIn(readers.below)
  const written = typesAt(readers.written)
  const columns: ScanColumn[] = []
  const visit = (path: Path, keys: Path, field: Field, askedAround: readonly FieldType[]): void => {
    const { required, provenance } = field
    const text = formatPath(path)
    if (provenance !== undefined) {
      if (above.has(text)) columns.push({ path, keys, type: field.type, required, output: true, provenance })
      return
    }
    const asked = written.get(text) ?? []
    const type = asked.length === 0 ? field.type : askedOf(field.type, asked, prune)
    const contract = field.contract === undefined ? {} : { contract: field.contract }
    // A field that is required proves that the structs around it are there.
    const isProof = required && !(type.kind === 'struct' && type.fields.some((inner) => inner.required))
    const isWritten = asked.length > 0 || askedAround.length > 0
    const setsAside = (asked.length > 0 && canSetAside(type)) || (isWritten && isProof)
    if (above.has(text) || below.has(text) || setsAside) {
      columns.push({ path, keys, type, required, output: above.has(text) || setsAside, ...contract })
    } else if (!prune && type.kind !== 'struct') {
      columns.push({ path, keys, type: lenient(type), required: false, output: true })
    }
    if (field.type.kind !== 'struct') return
    for (const inner of field.type.fields) {
      visit([...path, inner.name], [...keys, keyOf(inner)], inner, typesOf(inner.name, [...asked, ...askedAround]))
    }
  }
  for (const field of fields) visit([field.name], [keyOf(field)], field, [])
  return columns
}

/**
 * What is read of a struct of which fields may have been dropped: the fields that one of those who look at it has. Without pruning the others are
 * read too, leniently.
 */
function askedOf(type: FieldType, asked: readonly FieldType[], prune: boolean): FieldType {
  if (type.kind !== 'struct') return type
  const fields = type.fields.flatMap((field) => {
    const inner = typesOf(field.name, asked)
    if (inner.length > 0) return [{ ...field, type: askedOf(field.type, inner, prune) }]
    return prune ? [] : [{ ...field, type: lenient(field.type) }]
  })
  return { ...type, fields }
}

/** The types of a field in those structs that have it. */
function typesOf(name: string, structs: readonly FieldType[]): readonly FieldType[] {
  const fields = structs.flatMap((type) => (type.kind === 'struct' ? type.fields : []))
  return fields.filter((field) => field.name === name).map(({ type }) => type)
}

function pathsIn(exprs: readonly Expr[]): ReadonlySet<string> {
  return new Set(typesAt(exprs).keys())
}

/** The types that columns have for those who look at them, by path. */
function typesAt(exprs: readonly Expr[]): ReadonlyMap<string, readonly FieldType[]> {
  const types = new Map<string, FieldType[]>()
  for (const { path, type } of exprs.flatMap(columnsIn)) {
    const text = formatPath(path)
    types.set(text, [...(types.get(text) ?? []), type])
  }
  return types
}
