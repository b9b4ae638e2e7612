import type { Table } from '@aws-sdk/client-glue'
import type { PartitionFolder } from './partitions.ts'

/**
 * The folders that Athena passes over without a word, since it computes those of a table: of days outside of the range, and of no day.
 *
 * - Source: Athena, "Supported types for partition projection". A range that is not ours, as in `NOW-3YEARS,NOW`, is not judged.
 */
export function unseenFolders(
  parameters: Table['Parameters'],
  key: string | undefined,
  folders: readonly PartitionFolder[],
  now: Date,
): PartitionFolder[] {
  const range = parameters?.['projection.enabled'] === 'true' ? parameters[`projection.${key}.range`] : undefined
  const [, first, last] = /^(\d{4}-\d{2}-\d{2}),(NOW|\d{4}-\d{2}-\d{2})$/.exec(range ?? '') ?? []
  if (first === undefined) return []
  const end = last === 'NOW' ? now.toISOString().slice(0, 10) : last
  return folders.filter(({ values: [day] }) => !/^\d{4}-\d{2}-\d{2}$/.test(day) || day < first || day > end)
}
