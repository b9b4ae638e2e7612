import { plainName } from '@fletching/catalog/names'
import type { OptionValues } from '../option-specs.ts'
import { badOption } from '../options.ts'

/**
 * The name that an option gives, as Athena has it.
 *
 * - Errors: BAD_OPTION (author).
 */
export function givenName(option: 'database' | 'table', values: OptionValues): string | undefined {
  const text = values[option] as string | undefined
  if (text === undefined) return undefined
  const name = plainName(text)
  if (name === text) return name
  throw badOption(
    `--${option}`,
    text,
    `expected lower-case letters, digits and _${name === '' ? '' : `, as in ${name}`}`,
  )
}
