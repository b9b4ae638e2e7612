import { athenaNames } from './names.ts'
import type { TableColumn, TableSpec } from './table-spec.ts'

/** A column of events, or a field within one, as a schema file has it. */
export interface RawField {
  readonly name: string
  /** In the JSON, where it is not the name. */
  readonly key?: string
  readonly type: RawType
}

export type RawType =
  | { readonly kind: 'text' | 'int32' | 'int64' | 'float64' | 'bool' | 'timestamp' | 'date' | 'json' }
  | { readonly kind: 'list'; readonly item: RawType }
  | { readonly kind: 'struct'; readonly fields: readonly RawField[] }

/** The table of the events as they were logged, and what it calls otherwise than the schema. */
export interface RawTable {
  readonly spec: TableSpec
  readonly renamed: readonly { readonly column: string; readonly is: string }[]
}

/**
 * The table over the events themselves, JSON that the OpenX SerDe reads. Moments and JSON text are `string` there.
 *
 * The SerDe knows one key for a name, wherever it stands: `mapping.user_id` is that of every field of that name, in every struct. So a name
 * that would stand for another key than before gets `_2` behind it, columns first, then what lies below them.
 *
 * - Order: that of the fields.
 * - Source: rcongiu/Hive-JSON-Serde, `JsonStructObjectInspector`, and the notes beside Trino's reader of the format.
 */
export function rawTableSpec(
  { location, fields }: { readonly location: string; readonly fields: readonly RawField[] },
  { database, name }: { readonly database: string; readonly name: string },
): RawTable {
  const names = namesOf(fields)
  const columns = fields.map((field): TableColumn => ({ name: named(names, field), type: rawType(field.type, names) }))
  const pairs = [...names].map(([field, name]) => [name, keyOf(field)] as const)
  return {
    spec: {
      database,
      name,
      form: 'openx-json',
      location,
      columns,
      partitions: [],
      mappings: Object.fromEntries(pairs.filter(([name, key]) => name !== key)),
      isProjected: false,
    },
    renamed: renamedIn(fields, names, ''),
  }
}

/** The name of each field at every depth: one name has one key. */
function namesOf(fields: readonly RawField[]): ReadonlyMap<RawField, string> {
  const names = new Map<RawField, string>()
  const keys = new Map<string, string>()
  for (let level: readonly (readonly RawField[])[] = [fields]; level.length > 0; level = level.flatMap(fieldsBelow)) {
    for (const siblings of level) {
      const plain = athenaNames(siblings.map(({ name }) => name))
      for (const [index, field] of siblings.entries()) {
        let name = plain[index]
        for (let copy = 2; (keys.get(name) ?? keyOf(field)) !== keyOf(field); copy++) name = `${plain[index]}_${copy}`
        keys.set(name, keyOf(field))
        names.set(field, name)
      }
    }
  }
  return names
}

/** The objects right below some fields. */
function fieldsBelow(siblings: readonly RawField[]): (readonly RawField[])[] {
  return siblings.flatMap(({ type }) => {
    const inner = itemType(type)
    return inner.kind === 'struct' ? [inner.fields] : []
  })
}

function itemType(type: RawType): RawType {
  return type.kind === 'list' ? itemType(type.item) : type
}

function rawType(type: RawType, names: ReadonlyMap<RawField, string>): string {
  switch (type.kind) {
    case 'list':
      return `array<${rawType(type.item, names)}>`
    case 'struct':
      return `struct<${type.fields.map((field) => `${named(names, field)}:${rawType(field.type, names)}`).join(',')}>`
    default:
      return SCALARS[type.kind]
  }
}

/** A moment of ISO 8601 is none of Hive's, and JSON text is what the SerDe makes of any value for a `string`. */
const SCALARS = {
  text: 'string',
  int32: 'int',
  int64: 'bigint',
  float64: 'double',
  bool: 'boolean',
  timestamp: 'string',
  date: 'string',
  json: 'string',
} as const

function renamedIn(
  fields: readonly RawField[],
  names: ReadonlyMap<RawField, string>,
  path: string,
): { readonly column: string; readonly is: string }[] {
  return fields.flatMap((field) => {
    const inner = itemType(field.type)
    const column = `${path}${field.name}`
    return [
      ...(named(names, field) === field.name ? [] : [{ column, is: named(names, field) }]),
      ...(inner.kind === 'struct' ? renamedIn(inner.fields, names, `${column}.`) : []),
    ]
  })
}

function named(names: ReadonlyMap<RawField, string>, field: RawField): string {
  return names.get(field) as string
}

function keyOf({ name, key = name }: RawField): string {
  return key
}
