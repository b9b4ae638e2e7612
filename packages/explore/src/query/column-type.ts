import { internal } from '@fletching/columns/errors'
import { DataType } from 'apache-arrow'
import type { Kind, Shape } from '../files/shape.ts'

/** What DuckDB calls a type of a job's output. */
export function typeOfArrow(type: DataType): string {
  if (DataType.isDictionary(type)) return typeOfArrow(type.dictionary)
  if (DataType.isUtf8(type)) return 'VARCHAR'
  if (DataType.isInt(type)) return type.bitWidth === 64 ? 'BIGINT' : 'INTEGER'
  if (DataType.isFloat(type)) return 'DOUBLE'
  if (DataType.isBool(type)) return 'BOOLEAN'
  if (DataType.isTimestamp(type)) return 'TIMESTAMPTZ'
  if (DataType.isDate(type)) return 'DATE'
  if (DataType.isList(type)) return `${typeOfArrow(type.children[0].type)}[]`
  if (DataType.isStruct(type)) {
    const members = type.children.map((field) => `"${field.name.replaceAll('"', '""')}" ${typeOfArrow(field.type)}`)
    return `STRUCT(${members.join(', ')})`
  }
  throw internal(`no output has the type ${String(type)}`)
}

/** The type of a column that holds these kinds; what differs is text. */
export function typeOfKinds(kinds: ReadonlySet<Kind>): string {
  const only = kinds.size === 1 ? [...kinds][0] : undefined
  if (only === 'integer') return 'BIGINT'
  if (only === 'boolean') return 'BOOLEAN'
  return kinds.size > 0 && [...kinds].every((kind) => kind === 'number' || kind === 'integer') ? 'DOUBLE' : 'VARCHAR'
}

/** Why keys have no place in a transform. */
export type LeftOut = 'are empty' | 'differ from others in case alone'

/**
 * What DuckDB's `json_transform` makes of values of this shape, as plain data. An object or a list is one although other values stand at its
 * place, which are then null; other values of different kinds are text. Of keys that differ in case alone, as DuckDB's names may not, the
 * most frequent is kept; an empty one is none of its names. `leftOut` is told of each key without a place. Objects whose keys have none are JSON.
 */
export function transformOf(shape: Shape, leftOut: (why: LeftOut) => void): unknown {
  const named = [...shape.members].filter(([name]) => name !== '')
  if (named.length > 0) {
    if (shape.members.has('')) leftOut('are empty')
    return membersOf(named, leftOut)
  }
  // An object without members has no type in DuckDB.
  if (shape.kinds.has('object')) return 'JSON'
  if (shape.element !== undefined) return [transformOf(shape.element, leftOut)]
  return typeOfKinds(shape.kinds)
}

function membersOf(members: readonly [string, Shape][], leftOut: (why: LeftOut) => void): unknown {
  const kept = new Map<string, { readonly name: string; readonly shape: Shape }>()
  for (const [name, shape] of members) {
    const other = kept.get(name.toLowerCase())
    if (other !== undefined) leftOut('differ from others in case alone')
    if (other === undefined || shape.values > other.shape.values) kept.set(name.toLowerCase(), { name, shape })
  }
  return Object.fromEntries([...kept.values()].map(({ name, shape }) => [name, transformOf(shape, leftOut)]))
}
