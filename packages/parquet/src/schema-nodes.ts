import { authorError } from '@fletching/columns/errors'
import {
  type DataType,
  type Field,
  type List,
  type Schema,
  type Struct,
  TimeUnit,
  DataType as Types,
} from 'apache-arrow'
import type { ParquetType, SchemaElement } from 'hyparquet'
import { checkColumnName } from './column-name.ts'

/** A column of a Parquet schema, or what is within one. */
export type SchemaNode = LeafNode | StructNode | ListNode

interface Shared {
  /** As the file names it: that of the field, or `element` in a list. */
  readonly name: string
  /** As messages name it: `properties.products[].price`. */
  readonly label: string
  /** A nullable field is OPTIONAL, another REQUIRED. */
  readonly isOptional: boolean
  /** The definition level where there is a value, if only an empty one. */
  readonly level: number
  /** How many lists it lies in, which is the greatest repetition level. */
  readonly depth: number
}

/** What has values, and in each row group a column chunk. */
export interface LeafNode extends Shared {
  readonly kind: 'leaf'
  /** The chunk's `path_in_schema`. */
  readonly path: readonly string[]
  readonly element: ColumnElement
}

interface StructNode extends Shared {
  readonly kind: 'struct'
  readonly children: readonly SchemaNode[]
}

interface ListNode extends Shared {
  readonly kind: 'list'
  readonly item: SchemaNode
}

/** What the schema says about a leaf. */
export type ColumnElement = SchemaElement & { readonly type: ParquetType }

/**
 * The columns of the Parquet schema of an Arrow schema.
 *
 * - Units: timestamps are INT64 milliseconds, adjusted to UTC.
 * - Errors: BAD_COLUMN_NAME (author) for a name that Athena would not find, or two of one name side by side; NO_COLUMNS (author);
 *   NOT_IN_PARQUET (author) for a type we do not write.
 */
export function schemaNodes(schema: Schema): SchemaNode[] {
  if (schema.fields.length === 0) throw authorError('NO_COLUMNS', 'a Parquet file needs a column')
  return nodesOf(schema.fields, undefined)
}

/** Where a node comes to stand. */
type Place = Pick<Shared, 'label' | 'level' | 'depth'> & Pick<LeafNode, 'path'>

/** - `parent`: undefined for columns. */
function nodesOf(fields: readonly Field[], parent: Place | undefined): SchemaNode[] {
  const names = new Set<string>()
  return fields.map((field) => {
    const { name } = field
    const label = parent === undefined ? name : `${parent.label}.${name}`
    checkColumnName(name, parent === undefined ? undefined : `column ${label}`)
    if (names.has(name)) throw sameName(name, parent)
    names.add(name)
    const { path = [], level = 0, depth = 0 } = parent ?? {}
    return nodeOf(field, name, { label, path: [...path, name], level, depth })
  })
}

function nodeOf({ type, nullable }: Field, name: string, place: Place): SchemaNode {
  const { label, path, depth } = place
  const level = place.level + (nullable ? 1 : 0)
  if (level > LEVEL_MAX) throw notInParquet(`columns nested more than ${LEVEL_MAX} levels deep`, label)
  const shared = { name, label, isOptional: nullable, level, depth }
  if (Types.isStruct(type)) {
    const fields = (type as Struct).children
    if (fields.length === 0) throw notInParquet('a struct that has no fields', label)
    return { kind: 'struct', ...shared, children: nodesOf(fields, { ...place, level }) }
  }
  if (Types.isList(type)) {
    const [item] = (type as List).children
    const within = { label: `${label}[]`, path: [...path, 'list', 'element'], level: level + 1, depth: depth + 1 }
    return { kind: 'list', ...shared, item: nodeOf(item, 'element', within) }
  }
  const element = { name, repetition_type: repetitionOf(nullable), ...annotations(label, type) }
  return { kind: 'leaf', ...shared, path, element }
}

/** Whether there may be nulls, in the words of the format. */
export function repetitionOf(isOptional: boolean): 'OPTIONAL' | 'REQUIRED' {
  return isOptional ? 'OPTIONAL' : 'REQUIRED'
}

function annotations(label: string, type: DataType): Omit<ColumnElement, 'name'> {
  if (Types.isDictionary(type) && Types.isUtf8(type.dictionary)) return annotations(label, type.dictionary)
  if (Types.isUtf8(type)) return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }
  if (Types.isBool(type)) return { type: 'BOOLEAN' }
  if (Types.isInt(type) && type.isSigned && type.bitWidth === 32) return { type: 'INT32' }
  if (Types.isInt(type) && type.isSigned && type.bitWidth === 64) return { type: 'INT64' }
  if (Types.isFloat(type) && type.precision === 2) return { type: 'DOUBLE' }
  if (Types.isDate(type) && type.unit === 0)
    return { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } }
  if (Types.isTimestamp(type) && type.unit === TimeUnit.MILLISECOND) {
    return {
      type: 'INT64',
      converted_type: 'TIMESTAMP_MILLIS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
    }
  }
  throw notInParquet(String(type), label)
}

function notInParquet(what: string, label: string): Error {
  return authorError('NOT_IN_PARQUET', `Parquet files are not written with ${what}`, {
    at: `column ${label}`,
    help: 'cast it, or leave it out',
  })
}

function sameName(name: string, parent: Place | undefined): Error {
  if (parent === undefined) return authorError('BAD_COLUMN_NAME', `two columns are named "${name}"`)
  return authorError('BAD_COLUMN_NAME', `two fields are named "${name}"`, { at: `column ${parent.label}` })
}

/** Levels are held in bytes. */
const LEVEL_MAX = 255
