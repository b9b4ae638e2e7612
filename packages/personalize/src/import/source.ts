import { createHash } from 'node:crypto'
import { authorError, dataError } from '@fletching/columns/errors'
import { formatLocation, type Location, type ObjectInfo, openStore, type Store } from '@fletching/storage'
import { type Dataset, requiredColumns } from '../dataset.ts'
import { INTERACTIONS_MIN } from '../planner.ts'

/** What an import reads, as it is now. */
export interface ImportSource {
  /** As Personalize is told: `s3://bucket/name.csv`, or a folder with a `/` at its end. */
  readonly location: string
  readonly files: readonly ObjectInfo[]
  readonly bytes: number
  /** The same for the same files with the same content. */
  readonly digest: string
}

/**
 * Looks at the CSV of an import, or at the folder that holds it; of a folder Personalize reads every file.
 *
 * - Errors: NOT_IN_S3, LOCATION_TOO_LONG (author), NO_CSV, FOREIGN_FILE (data), those of the store.
 */
export async function lookAtSource(from: Location, store?: Store): Promise<ImportSource> {
  const location = sourceLocation(from)
  const place = formatLocation(location)
  if (place.length > LOCATION_LENGTH_MAX) {
    throw authorError(
      'LOCATION_TOO_LONG',
      `the address of the CSV has ${place.length} characters, and an import takes ${LOCATION_LENGTH_MAX}`,
      {
        at: place,
        help: 'write it to a shorter one',
      },
    )
  }
  const files = await filesAt(location, store ?? (await openStore(location)))
  if (files.length === 0)
    throw dataError('NO_CSV', 'there is no CSV', { at: place, help: 'run the job that writes it first' })
  const foreign = files.find(({ name }) => !name.toLowerCase().endsWith('.csv'))
  if (foreign !== undefined) {
    throw dataError(
      'FOREIGN_FILE',
      'the folder holds a file that is no CSV, and Personalize reads every file of a folder',
      {
        at: foreign.name,
        help: 'move it away, or give --from the address of the CSV itself',
      },
    )
  }
  const hash = createHash('sha256').update(place)
  for (const { name, size, etag } of files) hash.update(`\n${name} ${size} ${etag}`)
  return { location: place, files, bytes: files.reduce((sum, { size }) => sum + size, 0), digest: hash.digest('hex') }
}

/** Whether the files are still those that were looked at. */
export async function isUnchanged(source: ImportSource, from: Location, store?: Store): Promise<boolean> {
  try {
    return (await lookAtSource(from, store)).digest === source.digest
  } catch {
    return false
  }
}

/**
 * Counts records, each of which has a line of its own in a CSV for Personalize, without the headers, and no further than to the least that
 * an import needs.
 */
export async function countRecords(source: ImportSource, store: Store): Promise<number> {
  let records = 0
  for (const file of source.files) {
    let lines = 0
    let last: number | undefined
    for await (const chunk of store.read(file)) {
      for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) lines++
      last = chunk.at(-1) ?? last
      if (records + lines > INTERACTIONS_MIN) return INTERACTIONS_MIN
    }
    if (last !== undefined && last !== LINE_FEED) lines++
    records += Math.max(lines - 1, 0)
  }
  return records
}

/**
 * The names of the columns, from the first line of the first file. What is no header may be a record, and is not told.
 *
 * - Errors: BAD_HEADER (data).
 */
export async function readHeader(
  { files: [file] }: ImportSource,
  dataset: Dataset,
  store: Store,
): Promise<readonly string[]> {
  const line = await firstLine(file, store)
  if (line === undefined) throw badHeader('the CSV has no header with records below it', file)
  const names = line.replace(/\r$/, '').split(',')
  const missing = requiredColumns(dataset, 'custom').filter(({ name }) => !names.includes(name))
  if (missing.length > 0) {
    throw badHeader(`the header of the CSV lacks ${missing.map(({ name }) => name).join(', ')}`, file)
  }
  const wrong = names.findIndex((name) => !/^\w+$/.test(name))
  if (wrong >= 0) throw badHeader(`name ${wrong + 1} of the header has more than letters, digits and underscores`, file)
  return names
}

async function firstLine(file: ObjectInfo, store: Store): Promise<string | undefined> {
  let line = Buffer.alloc(0)
  for await (const chunk of store.read(file)) {
    line = Buffer.concat([line, chunk])
    const end = line.indexOf(LINE_FEED)
    if (end >= 0) return line.toString('utf8', 0, end)
    if (line.length > HEADER_BYTES_MAX) break
  }
  return undefined
}

function badHeader(what: string, file: ObjectInfo) {
  return dataError('BAD_HEADER', what, {
    at: file.name,
    help: [
      'expected the names of the columns in the first line, without quotes and a byte order mark, such as USER_ID,ITEM_ID,TIMESTAMP',
      'fletching personalize preflight LOCATION tells what else Personalize would refuse',
    ],
  })
}

const HEADER_BYTES_MAX = 1 << 20
const LINE_FEED = 10
const LOCATION_LENGTH_MAX = 256

/** A folder unless it ends in `.csv`, as for a job that writes it. */
function sourceLocation(from: Location): Extract<Location, { scheme: 's3' }> {
  if (from.scheme !== 's3') {
    throw authorError('NOT_IN_S3', 'Personalize reads from S3 alone', {
      at: formatLocation(from),
      help: 'let the job write to s3://, or copy the CSV there',
    })
  }
  if (from.key === '' || from.key.endsWith('/') || from.key.toLowerCase().endsWith('.csv')) return from
  return { ...from, key: `${from.key}/` }
}

async function filesAt(location: Extract<Location, { scheme: 's3' }>, store: Store): Promise<ObjectInfo[]> {
  if (location.key !== '' && !location.key.endsWith('/')) {
    const file = await store.stat(location)
    return file === undefined ? [] : [file]
  }
  const files: ObjectInfo[] = []
  for await (const file of store.list(location)) if (!file.name.endsWith('/')) files.push(file)
  return files
}
