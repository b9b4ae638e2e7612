import { internal } from '@fletching/columns/errors'
import { type Data, DataType, type List, makeData, type Struct } from 'apache-arrow'

/**
 * The values of a chunk under another type of the same shape, in which structs may lack fields or have them in another order.
 *
 * - Shape: as many rows.
 * - Memory: shares every buffer; what is a plain value is handed on as it is.
 * - Errors: InternalError for a field that the chunk has not: a bug in the plan.
 */
export function shaped(data: Data, type: DataType): Data {
  if (DataType.isStruct(type)) {
    const { length, offset, nullCount, nullBitmap } = data as Data<Struct>
    const fields = (data.type as Struct).children
    const children = type.children.map((field) => {
      const index = fields.findIndex(({ name }) => name === field.name)
      if (index < 0)
        throw internal(`a struct has no field "${field.name}"; it has ${fields.map(({ name }) => name).join(', ')}`)
      return shaped(data.children[index], field.type)
    })
    return makeData({ type, length, offset, nullCount, nullBitmap, children })
  }
  if (DataType.isList(type)) {
    const { length, offset, nullCount, nullBitmap, valueOffsets, children } = data as Data<List>
    const child = shaped(children[0], type.children[0].type)
    return makeData({ type, length, offset, nullCount, nullBitmap, valueOffsets, child })
  }
  return data
}
