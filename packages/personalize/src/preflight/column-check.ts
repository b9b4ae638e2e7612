import { type AvroField, typesOf } from '../avro-schema.ts'
import { DistinctCounter } from '../distinct-counter.ts'
import type { ColumnCheck, Tell } from './column.ts'
import { EventTypeCheck, IdCheck, ImpressionCheck, TimestampCheck } from './known-columns.ts'
import { CategoricalCheck, NumberCheck, TextCheck } from './value-checks.ts'

interface CheckOptions {
  /** Seconds since 1970. */
  readonly now: number
  /** Of the counter of different ids. */
  readonly slotsMax: number | undefined
}

/** The check for a field of a schema, by its name and its type; undefined for a text that may hold anything. */
export function columnCheck(field: AvroField, { now, slotsMax }: CheckOptions, tell: Tell): ColumnCheck | undefined {
  const [type] = typesOf(field)
  switch (field.name) {
    case 'USER_ID':
    case 'ITEM_ID':
      return new IdCheck(field.name, new DistinctCounter(slotsMax), tell)
    case 'TIMESTAMP':
    case 'CREATION_TIMESTAMP':
      return new TimestampCheck(field.name, now, tell)
    case 'EVENT_TYPE':
      return new EventTypeCheck()
    case 'IMPRESSION':
      return new ImpressionCheck(tell)
  }
  if (type === 'boolean') return new NumberCheck(field.name, 'boolean', tell)
  if (type === 'int' || type === 'long') return new NumberCheck(field.name, 'long', tell)
  if (type !== 'string') return new NumberCheck(field.name, 'float', tell)
  if (field.textual === true) return new TextCheck(field.name, tell)
  return field.categorical === true ? new CategoricalCheck(field.name, tell) : undefined
}
