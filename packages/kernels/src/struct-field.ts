import { validityOf } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import { type Data, type DataType, type Struct, Vector } from 'apache-arrow'
import { takeData } from './take-data.ts'

/**
 * Gives one field of a column of structs.
 *
 * - Shape: as many rows and chunks as `column`.
 * - Nulls: a null struct gives null, whatever lies under it.
 * - Memory: shares the field's buffers where no struct is null.
 * - Errors: InternalError when there is no such field.
 *
 * @example
 * ```ts
 * const properties = vectorFromArray([{ sku: 'a' }, null], new Struct([new Field('sku', new Utf8(), true)]))
 * assert.deepEqual([...structField(properties, 'sku')], ['a', null])
 * ```
 */
export function structField(column: Vector<Struct>, name: string): Vector {
  const index = column.type.children.findIndex((field) => field.name === name)
  if (index < 0)
    throw internal(
      `a struct has no field "${name}"; it has ${column.type.children.map((field) => field.name).join(', ')}`,
    )
  return new Vector(column.data.map((data) => fieldOf(data, index)))
}

function fieldOf(data: Data<Struct>, index: number): Data<DataType> {
  const child = data.children[index]
  const own = child.length === data.length ? child : child.slice(0, data.length)
  const valid = validityOf(data)
  return valid === undefined ? own : takeData(own, validRows(valid, data.length))
}

/** The numbers of the rows, -1 for one that is null; without branches, since nulls follow no pattern. */
function validRows(valid: Uint8Array, length: number): Int32Array {
  const rows = new Int32Array(length)
  for (let row = 0; row < length; row++) rows[row] = row | (((valid[row >> 3] >> (row & 7)) & 1) - 1)
  return rows
}
