import { authorError } from '@fletching/columns/errors'
import { type DataType, TimeUnit, DataType as Types } from 'apache-arrow'

/**
 * The type that Glue and Athena know an Arrow type by.
 *
 * - Errors: NOT_IN_ATHENA (author) for a type that they have no like of; `place` says whose it is.
 * - Source: Athena, "Data types in Amazon Athena".
 */
export function glueTypeOf(type: DataType, place: string): string {
  if (Types.isDictionary(type)) return glueTypeOf(type.dictionary, place)
  if (Types.isUtf8(type)) return 'string'
  if (Types.isInt(type) && type.isSigned && type.bitWidth === 32) return 'int'
  if (Types.isInt(type) && type.isSigned && type.bitWidth === 64) return 'bigint'
  if (Types.isFloat(type) && type.precision === 2) return 'double'
  if (Types.isBool(type)) return 'boolean'
  if (Types.isDate(type) && type.unit === 0) return 'date'
  if (Types.isTimestamp(type) && type.unit === TimeUnit.MILLISECOND) return 'timestamp'
  if (Types.isList(type)) return `array<${glueTypeOf(type.children[0].type, place)}>`
  if (Types.isStruct(type)) {
    const fields = type.children.map(({ name, type }) => `${name}:${glueTypeOf(type, `${place}.${name}`)}`)
    return `struct<${fields.join(',')}>`
  }
  throw authorError('NOT_IN_ATHENA', `Athena has no type for ${String(type)}`, {
    at: `column ${place}`,
    help: 'cast it to text, a whole number of 32 or 64 bits, a double, a timestamp in milliseconds or a date; or leave it out',
  })
}
