import { formatLocation } from '@fletching/storage'
import type { Places } from './places.ts'
import type { OutputInfo } from './report.ts'

/**
 * The names of what the last run wrote into the places of this one and this one does not replace: they are to be removed, so that
 * nobody reads yesterday's rows beside today's. Only what the last manifest names, below the folders of this run, is ever among them.
 */
export function surplusOf(places: Pick<Places, 'sinks' | 'state' | 'last'>, outputs: readonly OutputInfo[]): string[] {
  const written = new Set(outputs.map(({ name }) => name))
  const homes = [...places.sinks.map(({ target }) => target), places.state.folder].map(formatLocation)
  const isAtHome = (name: string) =>
    homes.some((folder) => folder.endsWith('/') && name.startsWith(folder) && !name.includes('/../'))
  const names = (places.last?.outputs ?? []).map(({ name }) => name)
  return names.filter((name) => !written.has(name) && isAtHome(name))
}

/** What the manifest lists: this run's outputs, and those of the last that are still there. */
export function keptOutputs(
  last: readonly OutputInfo[],
  written: readonly OutputInfo[],
  removed: readonly string[],
): OutputInfo[] {
  const gone = new Set([...removed, ...written.map(({ name }) => name)])
  return [...written, ...last.filter(({ name }) => !gone.has(name))]
}
