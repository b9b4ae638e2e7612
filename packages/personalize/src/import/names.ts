import { createHash } from 'node:crypto'
import { authorError } from '@fletching/columns/errors'

/**
 * Refuses what cannot be the name of a dataset group.
 *
 * - Errors: BAD_RESOURCE_NAME (author).
 */
export function assertGroupName(name: string): void {
  if (/^[a-zA-Z0-9][a-zA-Z0-9\-_]{0,62}$/.test(name)) return
  throw authorError('BAD_RESOURCE_NAME', `"${name}" cannot be the name of a dataset group`, {
    help: 'expected at most 63 letters, digits, hyphens and underscores, a letter or a digit first',
  })
}

/**
 * A name for what belongs to a dataset of a group, the same for the same `content`, and no other's: it ends in a digest of all of it, and
 * from the second of that content on in its number.
 */
export function resourceName(group: string, dataset: string, content: string, number = 1): string {
  const digest = createHash('sha256').update(`${group}\n${dataset}\n${content}`).digest('hex').slice(0, 12)
  const end = `-${dataset}-${digest}${number === 1 ? '' : `-${number}`}`
  return `${group.slice(0, NAME_LENGTH_MAX - end.length)}${end}`
}

/** The number of such a name, from 1; 0 of every other name. */
export function numberOf(name: string, group: string, dataset: string, content: string): number {
  if (name === resourceName(group, dataset, content)) return 1
  const number = Number(/-(\d{1,3})$/.exec(name)?.[1] ?? 0)
  return number > 1 && name === resourceName(group, dataset, content, number) ? number : 0
}

/** The name of a dataset that is made; of each type a group has one. */
export function datasetName(group: string, dataset: string): string {
  const whole = `${group}-${dataset}`
  return whole.length <= NAME_LENGTH_MAX ? whole : resourceName(group, dataset, '')
}

const NAME_LENGTH_MAX = 63
