import { formatPath, type Path, parsePath } from '@fletching/columns'
import { authorError, type FletchingError } from '@fletching/columns/errors'
import { nearest } from './nearest.ts'
import type { Field } from './types.ts'

/** A path that leads to a value, the value's type, and whether every row has one. */
export interface Resolved {
  readonly path: Path
  readonly type: Field['type']
  readonly nullable: boolean
}

/**
 * Follows a path through columns and the fields of structs.
 *
 * - Nulls: the value may be null where it, or a struct on the way, may be.
 * - Errors: UNKNOWN_COLUMN (author) names the nearest path and lists what there is; BAD_PATH for text that is no path.
 */
export function resolve(path: string | Path, fields: readonly Field[], owner: string): Resolved {
  const names = typeof path === 'string' ? parsePath(path) : path
  let siblings = fields
  let nullable = false
  for (const [depth, name] of names.entries()) {
    const field = siblings.find((one) => one.name === name)
    if (field === undefined) throw unknownColumn(names, depth, siblings, owner)
    nullable ||= !field.required
    if (depth === names.length - 1) return { path: Object.freeze([...names]), type: field.type, nullable }
    if (field.type.kind !== 'struct') throw notAStruct(names, depth, field, owner)
    siblings = field.type.fields
  }
  throw authorError('BAD_PATH', 'a path needs at least one name', { help: 'expected a path such as properties.sku' })
}

/** The fields once every row has a value at `path`; the structs on the way are then there as well. */
export function requireField(fields: readonly Field[], path: Path): readonly Field[] {
  const [name, ...rest] = path
  const changed = fields.map((field) => {
    if (field.name !== name) return field
    if (rest.length === 0 || field.type.kind !== 'struct') return Object.freeze({ ...field, required: true })
    const type = Object.freeze({ ...field.type, fields: requireField(field.type.fields, rest) })
    return Object.freeze({ ...field, type, required: true })
  })
  return Object.freeze(changed)
}

/** The fields without the one at `path`. */
export function omitField(fields: readonly Field[], path: Path): readonly Field[] {
  const [name, ...rest] = path
  if (rest.length === 0) return Object.freeze(fields.filter((field) => field.name !== name))
  const changed = fields.map((field) => {
    if (field.name !== name || field.type.kind !== 'struct') return field
    return Object.freeze({
      ...field,
      type: Object.freeze({ ...field.type, fields: omitField(field.type.fields, rest) }),
    })
  })
  return Object.freeze(changed)
}

function unknownColumn(path: Path, depth: number, siblings: readonly Field[], owner: string): FletchingError {
  const names = siblings.map((field) => field.name)
  const parent = path.slice(0, depth)
  const near = nearest(path[depth], names)
  const suggestion =
    near === undefined ? '' : `did you mean "${formatPath([...parent, near, ...path.slice(depth + 1)])}"? `
  const holder = depth === 0 ? owner : formatPath(parent)
  return authorError('UNKNOWN_COLUMN', `no column "${formatPath(path)}" in ${owner}`, {
    help: `${suggestion}${holder} has: ${names.map((name) => formatPath([name])).join(', ')}`,
    details: { path, owner, has: names },
  })
}

function notAStruct(path: Path, depth: number, field: Field, owner: string): FletchingError {
  const parent = formatPath(path.slice(0, depth + 1))
  return authorError('UNKNOWN_COLUMN', `no column "${formatPath(path)}" in ${owner}`, {
    help: `${parent} is ${field.type.kind} and has no fields; a name with a dot in it stands in backticks`,
    details: { path, owner },
  })
}
