import { authorError } from '@fletching/columns/errors'
import { Frame } from './frame.ts'
import type { Schema } from './schema.ts'
import { type ColumnTypes, type FieldType, formatType } from './types.ts'

/**
 * Begins a lazy read of JSON lines.
 *
 * - Order: rows come in the order of the objects' keys and of the lines in them.
 * - Errors: NO_LOCATION (author) without a location; NOT_SUPPORTED_YET for a type that JSON cannot be read as.
 */
export function scanNdjson<C extends ColumnTypes>(location: string, schema: Schema<C>): Frame<C> {
  if (typeof location !== 'string' || location === '') {
    throw authorError('NO_LOCATION', `scanNdjson of ${schema.name} got no location`, {
      help: 'expected a place such as s3://bucket/folder/; a parameter that may be left out needs a default',
    })
  }
  for (const field of schema.fields)
    if (field.provenance === undefined) assertReadable(field.name, field.type, schema.name)
  return new Frame(Object.freeze({ node: 'scan', format: 'ndjson', location, schema }))
}

function assertReadable(name: string, type: FieldType, schema: string): void {
  if (type.kind === 'struct')
    for (const field of type.fields) assertReadable(`${name}.${field.name}`, field.type, schema)
  if (type.kind === 'list') assertReadable(`${name}[]`, type.item, schema)
  if (type.kind !== 'int32' && type.kind !== 'date') return
  throw authorError('NOT_SUPPORTED_YET', `JSON cannot be read as ${formatType(type)}`, {
    at: `column ${name} of ${schema}`,
    help: type.kind === 'date' ? 'declare timestamp() and take its .date()' : 'declare int64() and cast it',
  })
}
