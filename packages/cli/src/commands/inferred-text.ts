import { type FieldEvidence, formatPlace, type Inferred } from '@fletching/explore/infer'
import { formatCount } from '../figures.ts'

/** All that is known of a schema that was inferred, as JSON with a line for each path. */
export function evidenceText({ rows, objects, malformed, changes, frozen, evidence }: Inferred): string {
  const members = [
    ...Object.entries({ objects, rows, malformed, changes, frozen }).map(
      ([name, value]) => `"${name}": ${JSON.stringify(value)}`,
    ),
    `"fields": [\n    ${evidence.map((field) => JSON.stringify(field)).join(',\n    ')}\n  ]`,
  ]
  return `{\n  ${members.join(',\n  ')}\n}\n`
}

/**
 * What is worth knowing of it: lines that were left out, paths of more than one kind, and how a schema that was there changes.
 *
 * - Order: of such paths those first that have moments, by which tables are parted; then columns before what lies in them.
 */
export function inferredText(inferred: Inferred, isAdded: boolean): readonly string[] {
  const { rows, objects, malformed, changes, frozen, evidence } = inferred
  const odd = evidence.filter(isOdd).toSorted(byWeight).map(oddText)
  const shown = odd.slice(0, ODD_SHOWN)
  return [
    `events: ${formatCount(rows)}, in objects: ${formatCount(objects)}`,
    ...Object.entries(malformed).map(
      ([code, { count, first }]) =>
        `malformed, and left out: ${formatCount(count)} ${code}, first at ${formatPlace(first)}`,
    ),
    ...shown,
    ...(odd.length > shown.length ? [`and ${odd.length - shown.length} more, which --evidence writes down`] : []),
    ...changes.map(({ column, was, is }) => (was === undefined ? `+ ${column} ${is}` : `~ ${column} ${was} → ${is}`)),
    ...(isAdded && changes.length + frozen.length === 0 ? ['the schema stays as it is'] : []),
  ]
}

/** Whether a path has no column, or one that is wider than any of its values needs. */
function isOdd({ type, kinds }: FieldEvidence): boolean {
  return type === null || (Object.keys(kinds).length > 1 && type !== 'float64' && type !== 'int64')
}

function byWeight(one: FieldEvidence, other: FieldEvidence): number {
  return Number('moment' in other.kinds) - Number('moment' in one.kinds) || depthOf(one) - depthOf(other)
}

/** How many objects its value lies in, that of the event aside. A dot in a name stands in backticks. */
function depthOf({ path }: FieldEvidence): number {
  return path.replaceAll(/`(?:[^`]|``)*`/g, '').split('.').length - 1
}

function oddText({ path, type, kinds, why }: FieldEvidence): string {
  const seen = Object.entries(kinds).map(
    ([kind, { count, first }]) => `${formatCount(count)} ${kind}, first at ${formatPlace(first)}`,
  )
  return [`${path} is ${type ?? 'left out'}: ${why}`, ...seen].join('\n  ')
}

const ODD_SHOWN = 20
