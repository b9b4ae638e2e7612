import { authorError } from '@fletching/columns/errors'
import type { AvroSchema } from './avro-schema.ts'
import { checkSchema } from './check-schema.ts'
import type { Domain } from './dataset.ts'

/**
 * Reads a schema's text.
 *
 * - Errors: SCHEMA_REFUSED (author) for one that Personalize would refuse, with every reason.
 */
export function parseSchema(
  text: string,
  options: { readonly domain?: Domain; readonly object?: string } = {},
): AvroSchema {
  const failures = checkSchema(text, options).filter(({ severity }) => severity === 'failure')
  if (failures.length === 0) return JSON.parse(text) as AvroSchema
  throw authorError('SCHEMA_REFUSED', 'Personalize would refuse the schema', {
    at: options.object ?? [],
    help: failures.map(({ code, what, places: [{ column } = {}] }) =>
      column === undefined ? `${code}: ${what}` : `${code}: ${what}: ${column}`,
    ),
  })
}
