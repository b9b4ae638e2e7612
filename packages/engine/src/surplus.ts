import { formatLocation, joinLocation } from '@fletching/storage'
import type { Places } from './places.ts'
import type { OutputInfo } from './report.ts'
import { PAUSED_REJECTS } from './write-mode.ts'

/**
 * The names of what the last run wrote into the places of this one and this one does not replace: they are to be removed, so that
 * nobody reads yesterday's rows beside today's. Only what the last manifest names, below the folders of this run, is ever among them; of
 * a run that appends, no file of a table, and no rejects but those of a paused bookmark: the lines of objects that will not be read again.
 *
 * - `isSkipped`: no row came out, and the old outputs stay.
 */
export function surplusOf(
  places: Pick<Places, 'sinks' | 'state' | 'last' | 'writeMode'>,
  outputs: readonly OutputInfo[],
  isSkipped = false,
): string[] {
  const written = new Set(outputs.map(({ name }) => name))
  const homes = [...places.sinks.map(({ target }) => target), places.state.folder].map(formatLocation)
  const isAtHome = (name: string) =>
    homes.some((folder) => folder.endsWith('/') && name.startsWith(folder) && !name.includes('/../'))
  const paused = formatLocation(joinLocation(places.state.folder, PAUSED_REJECTS))
  const stays = ({ format, name }: OutputInfo) =>
    name !== paused && (isSkipped || (places.writeMode === 'append' && format !== 'csv'))
  const names = (places.last?.outputs ?? []).filter((output) => !stays(output)).map(({ name }) => name)
  return names.filter((name) => !written.has(name) && isAtHome(name))
}

/** What the manifest lists, the oldest first: what it listed before and is still there, then this run's outputs. */
export function keptOutputs(
  last: readonly OutputInfo[],
  written: readonly OutputInfo[],
  removed: readonly string[],
): OutputInfo[] {
  const gone = new Set([...removed, ...written.map(({ name }) => name)])
  return [...last.filter(({ name }) => !gone.has(name)), ...written]
}
