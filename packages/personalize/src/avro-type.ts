import { authorError } from '@fletching/columns/errors'
import { DataType, type Field, Precision } from 'apache-arrow'

/** The types that a schema for Personalize is made of, beside null. */
export const avroTypes = ['string', 'int', 'long', 'float', 'double', 'boolean'] as const
export type AvroType = (typeof avroTypes)[number]

/**
 * The Avro type that holds what a column holds, in a CSV for Personalize.
 *
 * - Errors: NOT_IN_PERSONALIZE (author) for moments, days, lists and structs, and for numbers that no Avro type holds.
 */
export function avroTypeOf({ name, type }: Field): AvroType {
  if (DataType.isUtf8(type) || (DataType.isDictionary(type) && DataType.isUtf8(type.dictionary))) return 'string'
  if (DataType.isInt(type) && (type.isSigned || type.bitWidth < 64)) {
    return type.bitWidth < 32 || (type.bitWidth === 32 && type.isSigned) ? 'int' : 'long'
  }
  if (DataType.isFloat(type)) return type.precision === Precision.DOUBLE ? 'double' : 'float'
  if (DataType.isBool(type)) return 'boolean'
  throw authorError('NOT_IN_PERSONALIZE', `Personalize has no type for ${String(type)}`, {
    at: `column ${name}`,
    help: 'a moment goes as epoch seconds, with .epochSeconds(); take single values out of a list or struct, or leave the column out',
  })
}
