import { authorError } from '@fletching/columns/errors'
import type { AsColumns, Flat } from './path-types.ts'
import type { Schema } from './schema.ts'
import {
  type ColumnTypes,
  DATE,
  type DateType,
  type Field,
  INT64,
  type Int64Type,
  TEXT,
  type TextType,
} from './types.ts'

/** The columns that say where a row came from. */
export interface ProvenanceColumns {
  readonly $file: TextType
  readonly $line: Int64Type
  readonly $offset: Int64Type
  readonly $key_day: DateType | null
}

/**
 * Adds to a schema the columns that say where a row came from, and that no event holds: `$file`, the whole name of its object; `$line`, counted
 * from 1 in the object; `$offset`, of the line's first byte in the uncompressed object; `$key_day`, the received day that Segment writes into
 * its keys, as in `segment-logs/<source>/1558137600000/…`.
 *
 * - Nulls: `$key_day` is null where the key has no such day; the others always have a value.
 * - Cost: nothing for those that a job does not look at. For `$line`, a large plain object is read by one thread.
 * - Errors: DUPLICATE_COLUMN (author) when the schema has a column of one of the names.
 *
 * @example
 * ```ts
 * const clicks = scanNdjson('in/', withProvenance(schema('clicks', { userId: id() })))
 * const placed = clicks.select((col) => ({ user: col('userId'), file: col('$file'), line: col('$line') }))
 * assert.deepEqual(placed.fields.map((field) => field.name), ['user', 'file', 'line'])
 * ```
 */
export function withProvenance<C extends ColumnTypes>(
  schema: Schema<C>,
): Schema<AsColumns<Flat<C & ProvenanceColumns>>> {
  const twice = schema.fields.find(({ name }) => FIELDS.some((field) => field.name === name))
  if (twice !== undefined) {
    throw authorError('DUPLICATE_COLUMN', `${schema.name} has a column "${twice.name}" of its own`, {
      at: 'withProvenance',
      help: 'give it another name',
    })
  }
  return Object.freeze({ name: schema.name, fields: Object.freeze([...schema.fields, ...FIELDS]) })
}

const FIELDS: readonly Field[] = Object.freeze(
  [
    {
      name: '$file',
      type: Object.freeze({ ...TEXT, encoding: 'dictionary' as const }),
      required: true,
      provenance: 'file' as const,
    },
    { name: '$line', type: INT64, required: true, provenance: 'line' as const },
    { name: '$offset', type: INT64, required: true, provenance: 'offset' as const },
    { name: '$key_day', type: DATE, required: false, provenance: 'keyDay' as const },
  ].map((field) => Object.freeze(field)),
)
