import { FletchingError } from '@fletching/columns/errors'
import type { Manifest } from '@fletching/engine'
import { joinLocation, type ObjectInfo, parentLocation, type Store } from '@fletching/storage'

/** What a run has said of the CSV that it wrote. */
export interface CsvOfRun {
  readonly records: number
  /** All rows of the outputs, or less of them; undefined where nothing tells. */
  readonly holds: 'everything' | 'increment' | undefined
}

/**
 * What is known of a CSV by the manifest of the run that wrote it, in the state folder beside the CSV's own; undefined where there is none, or it is
 * of another CSV. It holds an increment when the table of the run, or the runs of its bookmark, have more rows.
 */
export async function csvOfRun(csv: ObjectInfo, store: Store): Promise<CsvOfRun | undefined> {
  const folder = parentLocation(csv.location)
  const parent = folder === undefined ? undefined : parentLocation(folder)
  if (parent === undefined) return undefined
  const records = new Map<string, ObjectInfo>()
  for await (const record of store.list(joinLocation(parent, '_fletching/'))) {
    if (/\/(manifest|ledger)\.json$/.test(record.name)) records.set(record.name, record)
  }
  for (const [name, record] of records) {
    if (!name.endsWith('/manifest.json')) continue
    const { outputs = [] } = (await readJson(store, record)) as Partial<Manifest>
    const written = outputs.find((output) => output.format === 'csv' && output.name === csv.name)
    if (written?.bytes !== csv.size) continue
    const table = outputs.filter(({ format }) => format === 'parquet')
    const ledger = records.get(name.replace(/manifest\.json$/, 'ledger.json'))
    const runs = ledger === undefined ? [] : runsOf(await readJson(store, ledger))
    const known = [table, runs].filter((parts) => parts.length > 0).map(rowsOf)
    return { records: written.rows, holds: holdsOf(written.rows, Math.max(...known)) }
  }
  return undefined
}

function holdsOf(rows: number, rowsInAll: number): CsvOfRun['holds'] {
  if (rowsInAll === rows) return 'everything'
  return rowsInAll > rows ? 'increment' : undefined
}

function rowsOf(parts: readonly { readonly rows: number }[]): number {
  return parts.reduce((sum, { rows }) => sum + rows, 0)
}

function runsOf(record: unknown): readonly { readonly rows: number }[] {
  const { ledger } = record as { readonly ledger?: { readonly runs?: readonly { readonly rows: number }[] } }
  return ledger?.runs ?? []
}

/** What stands in a record; nothing where it is damaged or gone, since it only says what an option can say as well. */
async function readJson(store: Store, record: ObjectInfo): Promise<object> {
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of store.read(record)) chunks.push(chunk)
    return Object(JSON.parse(Buffer.concat(chunks).toString())) as object
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof FletchingError) return {}
    throw error
  }
}
