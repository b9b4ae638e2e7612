import { internal } from '@fletching/columns/errors'
import type { FieldType } from '@fletching/plan'
import {
  Bool,
  type DataType,
  DateDay,
  Dictionary,
  Field,
  Float64,
  Int32,
  Int64,
  List,
  Struct,
  TimestampMillisecond,
  Utf8,
} from 'apache-arrow'

/** How values of a plan's type lie in memory. */
export function arrowType(type: FieldType): DataType {
  switch (type.kind) {
    case 'text':
      return type.encoding === 'dictionary' ? new Dictionary(new Utf8(), new Int32()) : new Utf8()
    case 'json':
      return new Utf8()
    case 'int32':
      return new Int32()
    case 'int64':
      return new Int64()
    case 'float64':
      return new Float64()
    case 'bool':
      return new Bool()
    case 'timestamp':
      return new TimestampMillisecond('UTC')
    case 'date':
      return new DateDay()
    case 'list':
      return new List(new Field('item', arrowType(plainWithin(type.item)), true))
    case 'struct':
      // What is required within is proved beside it: see `scanColumns`.
      return new Struct(
        type.fields.map(({ name, type: inner }) => new Field(name, arrowType(plainWithin(inner)), true)),
      )
    default:
      throw internal(`no Arrow type for ${(type as { kind: string }).kind}`)
  }
}

/** The type of what lies within a list or a struct: its texts are plain, since a dictionary belongs to a column. */
export function plainWithin(type: FieldType): FieldType {
  return type.kind === 'text' ? { ...type, encoding: 'plain' } : type
}
