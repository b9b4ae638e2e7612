import { formatLocation } from '@fletching/storage'
import { earlierTable } from './earlier-columns.ts'
import type { RunOptions } from './options.ts'
import type { Places } from './places.ts'

/**
 * Whether a CSV that is to hold the rows of all runs is gone, or holds others: those of one run alone, or of runs that were taken back.
 *
 * - Cost: a request for each CSV.
 */
export async function lacksRows(
  { sinks, last }: Pick<Places, 'sinks' | 'last'>,
  { csv }: Pick<RunOptions, 'csv'>,
): Promise<boolean> {
  if (csv !== 'full') return false
  for (const { sink, store, target } of sinks) {
    if (sink.format !== 'csv') continue
    const { files } = earlierTable({ sinks, last }, sink)
    const rows = files.reduce((sum, file) => sum + file.rows, 0)
    const known = last?.outputs.find(({ name }) => name === formatLocation(target))
    if (known === undefined && rows === 0) continue
    if (known?.rows !== rows || (await store.stat(target))?.size !== known.bytes) return true
  }
  return false
}
