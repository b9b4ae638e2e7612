import { canSetAside, type FieldType, formatType, type ScanColumn } from '@fletching/plan'

/** A column of the scan as far as its values, or those within it, are frozen: all else in it is lenient. */
export function frozenColumns(columns: readonly ScanColumn[]): readonly ScanColumn[] {
  return columns.flatMap((column) => {
    if (column.provenance !== undefined) return []
    const isFrozen = column.contract === 'freeze'
    const type = frozenOnly(column.type, isFrozen)
    const required = column.required && isFrozen
    return required || canSetAside(type) ? [{ ...column, type, required, output: true }] : []
  })
}

/** The types that are declared at each place within a column, by dotted paths such as `properties.products[].price`. */
export function declaredTypes(name: string, type: FieldType): readonly (readonly [string, string])[] {
  const own = [name, formatType(type)] as const
  if (type.kind === 'list') return [own, ...declaredTypes(`${name}[]`, type.item)]
  if (type.kind !== 'struct') return [own]
  return [own, ...type.fields.flatMap((field) => declaredTypes(`${name}.${field.name}`, field.type))]
}

/** The items of a list are under its contract; the fields of a struct have their own. */
function frozenOnly(type: FieldType, isFrozen: boolean): FieldType {
  const otherwise = isFrozen ? type.otherwise : 'null'
  if (type.kind === 'list') return { ...type, otherwise, item: frozenOnly(type.item, isFrozen) }
  if (type.kind !== 'struct') return { ...type, otherwise }
  const fields = type.fields.map((field) => ({ ...field, type: frozenOnly(field.type, field.contract === 'freeze') }))
  return { ...type, otherwise, fields }
}
