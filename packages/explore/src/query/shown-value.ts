import type { DuckDBDataChunk, DuckDBType, DuckDBValue } from '@duckdb/node-api'
import { keptName, trueName } from '../files/odd-names.ts'
import { RowText } from '../files/row-text.ts'

/** The rows of a chunk, of values that `shownValue` takes. */
export function rowsOf(chunk: DuckDBDataChunk): DuckDBValue[][] {
  for (let column = 0; column < chunk.columnCount; column++) keepNames(chunk.getColumnVector(column).type)
  return chunk.getRows()
}

/** By a struct's type its objects are made, each anew: nobody else has it. */
function keepNames(type: DuckDBType): void {
  if ('entryNames' in type) {
    ;(type as { entryNames: readonly string[] }).entryNames = type.entryNames.map(keptName)
    type.entryTypes.forEach(keepNames)
  }
  if ('valueType' in type) keepNames(type.valueType)
  if ('memberTypes' in type) type.memberTypes.forEach(keepNames)
}

/** A value of DuckDB as plain data; a moment as ISO 8601 in UTC. */
export function shownValue(value: DuckDBValue, type?: DuckDBType): unknown {
  if (value === null || typeof value !== 'object') {
    return type?.alias === 'JSON' && typeof value === 'string' ? new RowText(value) : value
  }
  if ('items' in value) return value.items.map((item) => shownValue(item))
  if ('entries' in value) return entriesOf(value.entries)
  if ('value' in value && 'tag' in value) return shownValue(value.value)
  if ('bytes' in value) return value.bytes
  if ('scale' in value) return new RowText(value.toString())
  const text = value.toString()
  const moment = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)\+00$/.exec(text)
  return moment === null ? text : `${moment[1]}T${moment[2]}Z`
}

function entriesOf(entries: object): unknown {
  if (!Array.isArray(entries)) {
    return new Map(Object.entries(entries).map(([name, member]) => [trueName(name), shownValue(member as DuckDBValue)]))
  }
  const pairs = entries as readonly { readonly key: DuckDBValue; readonly value: DuckDBValue }[]
  return new Map(pairs.map(({ key, value }) => [shownValue(key), shownValue(value)]))
}
