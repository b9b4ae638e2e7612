import { isDeepStrictEqual } from 'node:util'
import { authorError } from '@fletching/columns/errors'
import { checkSchema } from '../check-schema.ts'
import { type Dataset, type Domain, recordNames } from '../dataset.ts'

/**
 * Refuses a schema that Personalize would, and one of another dataset.
 *
 * - Errors: SCHEMA_REFUSED (author).
 */
export function assertSchema(text: string, dataset: Dataset, domain: Domain): void {
  const failures = checkSchema(text, { domain }).filter(({ severity }) => severity === 'failure')
  if (failures.length > 0) {
    throw authorError('SCHEMA_REFUSED', 'Personalize would refuse the schema', {
      at: failures.flatMap(({ code, what, places }) => {
        const columns = places.flatMap(({ column }) => (column === undefined ? [] : [column]))
        return `${code}: ${what}${columns.length === 0 ? '' : ` (${columns.join(', ')})`}`
      }),
      help: [...new Set(failures.map(({ help }) => help))],
    })
  }
  const { name } = JSON.parse(text) as { readonly name: string }
  if (name === recordNames[dataset]) return
  throw authorError('SCHEMA_REFUSED', `the schema is one of ${name}, and the dataset one of ${dataset}`, {
    help: `give the schema of ${dataset}, or --dataset`,
  })
}

/** Whether two schemas say the same, however they are laid out. */
export function saySame(left: string, right: string): boolean {
  return isDeepStrictEqual(JSON.parse(left), JSON.parse(right))
}

/** The text without layout, and with the members of every object in the order of their names. */
export function canonicalSchema(text: string): string {
  return JSON.stringify(JSON.parse(text), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}
