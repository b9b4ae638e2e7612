import { authorError } from '@fletching/columns/errors'
import type { WriteSink } from '@fletching/plan'
import {
  asFolder,
  formatLocation,
  joinLocation,
  type Location,
  overlaps,
  parentLocation,
  parseLocation,
  type Store,
} from '@fletching/storage'
import { firstNames } from './first-names.ts'

/** Where a run writes. Folders end in `/`. */
export interface CsvTarget {
  /** The object itself. */
  readonly file: Location
  /** The folder that may hold nothing else; undefined when the path named the object, and what lies beside it is the user's. */
  readonly folder: Location | undefined
}

/** A path that ends in `.csv` names the object; any other names a folder, in which the object is `part-00000.csv`. */
export function csvTarget(path: string): CsvTarget {
  const location = parseLocation(path)
  if (path.endsWith('.csv')) return { file: location, folder: undefined }
  const folder = asFolder(location)
  return { file: joinLocation(folder, 'part-00000.csv'), folder }
}

/** Where a sink writes; a table is a folder, whatever its name ends in. */
function sinkTarget({ format, to }: Pick<WriteSink, 'format' | 'to'>): CsvTarget {
  if (format === 'csv') return csvTarget(to)
  const folder = asFolder(parseLocation(to))
  return { file: folder, folder }
}

/**
 * An address in the one form in which a state folder records and compares it: whole, and without the slash of a folder, so that `./out`, `out/`
 * and `file:///home/me/out` are one output.
 */
export function plainAddress(path: string): string {
  // That slash tells a folder with a name like that of a CSV from the CSV.
  return formatLocation(parseLocation(path)).replace(/(?<=[^/])(?<!\.csv)\/$/, '')
}

/**
 * The folder of manifests and rejects: `<parent of the output>/_fletching/<job>/<name of the output>/`, never inside the output
 * itself, since Personalize imports and Athena reads every file that they find there. The output is the first of the job's sinks: where it writes a
 * CSV and a table, the one that stands first in its plan.
 *
 * - Errors: NO_STATE_LOCATION (author) when the output is the root of a bucket or of the file system, which has no parent.
 */
export function stateFolder(
  { format, to: path }: Pick<WriteSink, 'format' | 'to'>,
  job: string,
  given: string | undefined,
): Location {
  if (given !== undefined) return asFolder(parseLocation(given))
  const { file, folder } = sinkTarget({ format, to: path })
  const names: string[] = []
  if (folder === undefined) names.unshift(lastName(file))
  const output = folder ?? parentLocation(file)
  const parent = output === undefined ? undefined : parentLocation(output)
  if (output === undefined || parent === undefined) {
    throw authorError('NO_STATE_LOCATION', `${path} has no parent folder to keep the manifest and the rejects in`, {
      help: 'give a folder for them with --state, outside the output',
    })
  }
  names.unshift(lastName(output))
  return asFolder(joinLocation(parent, `_fletching/${job}/${names.join('/')}`))
}

/** A place that a run touches: the word for it, its address as it was given, and where that leads. */
export interface NamedPlace {
  readonly role: string
  readonly location: Location
  /** Without symbolic links. */
  readonly real: Location
}

/**
 * Refuses places that would mix up input and outputs.
 *
 * - Errors: OVERLAP (author) when two of them are equal or one holds the other.
 */
export function assertApart(places: readonly NamedPlace[]): void {
  for (const [index, first] of places.entries()) {
    for (const second of places.slice(index + 1)) {
      if (!overlaps(first.real, second.real)) continue
      throw authorError('OVERLAP', `the ${first.role} and the ${second.role} overlap`, {
        at: [formatPlace(first), formatPlace(second)],
        help: 'nothing was read or written; give places of which none is equal to, inside or around another',
      })
    }
  }
}

function formatPlace({ role, location, real }: NamedPlace): string {
  const [given, led] = [formatLocation(location), formatLocation(real)]
  return given === led ? `${role} ${given}` : `${role} ${given}, which leads to ${led}`
}

/**
 * Refuses a folder that holds objects which no run of the job wrote.
 *
 * - Errors: OTHER_FILES (author) names the first of them.
 */
export async function assertOwnFilesOnly(
  store: Store,
  folder: Location,
  isOurs: (name: string) => boolean,
  why: string,
): Promise<void> {
  const others: string[] = []
  let count = 0
  for await (const { name } of store.list(folder)) {
    if (isOurs(name) || name === formatLocation(folder)) continue
    if (++count <= 5) others.push(name)
  }
  if (count === 0) return
  throw authorError(
    'OTHER_FILES',
    `the output folder holds ${count === 1 ? 'a file' : `${count} files`} that no run of this job wrote`,
    {
      at: firstNames(others, count),
      help: [why, 'move them away, or give --allow-other-files'],
    },
  )
}

function lastName(location: Location): string {
  return formatLocation(location).replace(/\/+$/, '').split('/').at(-1) ?? ''
}
