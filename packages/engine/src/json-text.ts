import { isValid } from '@fletching/columns'
import { type Data, DataType, type List, type Struct, type Utf8, Vector } from 'apache-arrow'

/**
 * The value of a row as JSON.
 *
 * - Units: whole numbers with all their digits; moments and days as ISO texts.
 */
export function jsonText(data: Data, row: number): string {
  if (!isValid(data, row)) return 'null'
  const { type } = data
  if (DataType.isStruct(type)) {
    const { children } = data as Data<Struct>
    const members = type.children.map(({ name }, field) => `${JSON.stringify(name)}:${jsonText(children[field], row)}`)
    return `{${members.join(',')}}`
  }
  if (DataType.isList(type)) {
    const { children, valueOffsets } = data as Data<List>
    const count = valueOffsets[row + 1] - valueOffsets[row]
    return `[${Array.from({ length: count }, (_, item) => jsonText(children[0], valueOffsets[row] + item)).join(',')}]`
  }
  if (DataType.isUtf8(type)) {
    const { values, valueOffsets } = data as Data<Utf8>
    return JSON.stringify(TEXT.decode(values.subarray(valueOffsets[row], valueOffsets[row + 1])))
  }
  const value: unknown = new Vector([data]).get(row)
  if (DataType.isTimestamp(type) || DataType.isDate(type)) return momentText(value as number | Date, type)
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value)
}

function momentText(value: number | Date, type: DataType): string {
  const text = new Date(value).toISOString()
  return JSON.stringify(DataType.isDate(type) ? text.slice(0, 10) : text)
}

const TEXT = new TextDecoder('utf-8', { ignoreBOM: true })
