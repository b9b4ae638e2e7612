import { formatLocation, parseLocation } from '@fletching/storage'
import type { Places } from './places.ts'
import type { OutputInfo } from './report.ts'

/**
 * Removes what the last run wrote into the places of this one and this one did not replace, so that nobody reads yesterday's
 * rows beside today's. Only what the last manifest names, below the folders of this run, is ever removed.
 *
 * @returns the names that were removed.
 */
export async function removeSurplus(places: Places, outputs: readonly OutputInfo[]): Promise<string[]> {
  const written = new Set(outputs.map(({ name }) => name))
  const homes = [
    ...places.sinks.map(({ store, target }) => ({ store, folder: formatLocation(target) })),
    { store: places.state.store, folder: formatLocation(places.state.folder) },
  ]
  const removed: string[] = []
  for (const { name } of places.last?.outputs ?? []) {
    if (written.has(name)) continue
    const home = homes.find(({ folder }) => folder.endsWith('/') && name.startsWith(folder) && !name.includes('/../'))
    if (home === undefined) continue
    await home.store.remove(parseLocation(name))
    removed.push(name)
  }
  return removed
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
