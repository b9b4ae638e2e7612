import { formatPath } from '@fletching/columns'
import type { SchemaElement, SchemaTree } from 'hyparquet'
import { isListLike } from 'hyparquet/src/schema.js'

/** The columns of a Parquet file that hold values, each with its path and its type. */
export function leavesOf(tree: SchemaTree): [path: string, type: string][] {
  return tree.children.flatMap((child) => leavesBelow(child, formatPath([child.element.name])))
}

function leavesBelow(node: SchemaTree, path: string): [string, string][] {
  // A list is a group with a repeated group with the element.
  if (isListLike(node)) return leavesBelow(node.children[0].children[0], `${path}[]`)
  const place = node.element.repetition_type === 'REPEATED' ? `${path}[]` : path
  if (node.children.length === 0) return [[place, typeOf(node.element)]]
  return node.children.flatMap((child) => leavesBelow(child, `${place}.${formatPath([child.element.name])}`))
}

function typeOf({
  type,
  type_length: length,
  logical_type: logical,
  converted_type: converted,
}: SchemaElement): string {
  if (logical === undefined) {
    return converted === undefined ? physical(type, length) : (CONVERTED[converted] ?? converted.toLowerCase())
  }
  switch (logical.type) {
    case 'STRING':
    case 'ENUM':
      return 'text'
    case 'DECIMAL':
      return `decimal(${logical.precision}, ${logical.scale})`
    case 'INTEGER':
      return `${logical.isSigned ? '' : 'u'}int${logical.bitWidth}`
    case 'TIMESTAMP':
    case 'TIME':
      return `${logical.type.toLowerCase()}(${UNITS[logical.unit]}${logical.isAdjustedToUTC ? ', UTC' : ''})`
    default:
      return logical.type.toLowerCase()
  }
}

function physical(type: SchemaElement['type'], length: number | undefined): string {
  if (type === undefined) return 'group'
  return type === 'FIXED_LEN_BYTE_ARRAY' ? `bytes(${length})` : PHYSICAL[type]
}

const UNITS = { MILLIS: 'ms', MICROS: 'us', NANOS: 'ns' }

const CONVERTED: Partial<Record<NonNullable<SchemaElement['converted_type']>, string>> = {
  UTF8: 'text',
  ENUM: 'text',
  TIMESTAMP_MILLIS: 'timestamp(ms, UTC)',
  TIMESTAMP_MICROS: 'timestamp(us, UTC)',
  TIME_MILLIS: 'time(ms, UTC)',
  TIME_MICROS: 'time(us, UTC)',
  INT_8: 'int8',
  INT_16: 'int16',
  INT_32: 'int32',
  INT_64: 'int64',
  UINT_8: 'uint8',
  UINT_16: 'uint16',
  UINT_32: 'uint32',
  UINT_64: 'uint64',
}

const PHYSICAL = {
  BOOLEAN: 'boolean',
  INT32: 'int32',
  INT64: 'int64',
  INT96: 'timestamp(ns)',
  FLOAT: 'float',
  DOUBLE: 'double',
  BYTE_ARRAY: 'bytes',
}
