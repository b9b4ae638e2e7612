import { isDeepStrictEqual } from 'node:util'
import { authorError } from '@fletching/columns/errors'

/**
 * Reads the text of a schema, so that two which say the same are equal.
 *
 * - Errors: SCHEMA_REFUSED (author) for what is no JSON object.
 */
export function readSchema(text: string): object {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw refused('it is not JSON', cause)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused('it is not a record')
  return value
}

/** Whether two texts say the same, however they are laid out. */
export function saySame(left: string, right: string): boolean {
  return isDeepStrictEqual(readSchema(left), readSchema(right))
}

/** The text without layout, and with the members of every object in the order of their names. */
export function canonicalSchema(text: string): string {
  return JSON.stringify(readSchema(text), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}

function refused(why: string, cause?: unknown) {
  return authorError('SCHEMA_REFUSED', `the schema cannot be one of Personalize: ${why}`, {
    help: 'expected an Avro record, as fletching personalize schema prints it',
    cause,
  })
}
