import { authorError, dataError } from '@fletching/columns/errors'
import { CsvRecordScanner } from '@fletching/csv'
import { findInput, type ObjectInfo, openStore, parseLocation, type Store } from '@fletching/storage'
import { csvBatches } from '../files/csv-batches.ts'
import { type InputOptions, type Opened, type OpenedText, openObject } from '../files/open-input.ts'
import { BACKSLASH, CsvRules } from './csv-rule.ts'
import { parquetNames, parquetTexts } from './parquet-texts.ts'

/** CSV and Parquet below one address, which may be read again and again. */
export interface Table {
  readonly location: string
  readonly objects: readonly ObjectInfo[]
  readonly forms: ReadonlySet<'csv' | 'parquet'>
  /** The columns of all objects, in the order in which they come up. */
  readonly names: readonly string[]
  /** The rows as texts, a column that an object does not have as the empty text; some thousand at a time. */
  readonly texts: (names: readonly string[]) => AsyncGenerator<string[][]>
}

/**
 * Lists what an address means and reads its columns; and of CSV with backslashes, unless it is told, by which rule it is quoted.
 *
 * - Errors: those of `openInput`; NOT_A_TABLE (author) for NDJSON and standard input; DUPLICATE_COLUMN (data).
 */
export async function openTable(location: string, options: InputOptions): Promise<Table> {
  if (location === '-') throw notATable('standard input cannot be read twice', location)
  const store = await openStore(parseLocation(location))
  const { objects } = await findInput(store, location, options)
  return tableOf(store, [...objects], location, options)
}

/** The same of objects that have been found below an address. */
export async function tableOf(
  store: Store,
  objects: readonly ObjectInfo[],
  location: string,
  options: InputOptions,
): Promise<Table> {
  const names = new Set<string>()
  const forms = new Set<'csv' | 'parquet'>()
  const rules = new CsvRules()
  for (const object of objects) {
    const head = await headOf(store, object, location, options)
    const twice = head.names.find((name, n) => head.names.indexOf(name) !== n)
    if (twice !== undefined) throw duplicateColumn(twice, object.name)
    for (const name of head.names) names.add(name)
    forms.add(head.form)
    if (!head.needsRule) continue
    const opened = await openObject(store, object, options.signal)
    if (opened.form === 'csv') await rules.look(opened.pieces)
  }
  const csv = { ...options, csvEscape: options.csvEscape ?? rules.escape }
  return {
    location,
    objects,
    forms,
    names: [...names],
    texts: async function* texts(wanted) {
      for (const object of objects) {
        const opened = await openObject(store, object, options.signal)
        if (opened.form === 'parquet') yield* parquetTexts(opened, location, wanted)
        else yield* csvTexts(opened, csv, wanted)
      }
    },
  }
}

interface Head {
  readonly form: 'csv' | 'parquet'
  readonly names: readonly string[]
  readonly needsRule: boolean
}

async function headOf(store: Store, object: ObjectInfo, location: string, options: InputOptions): Promise<Head> {
  const opened: Opened = await openObject(store, object, options.signal)
  switch (opened.form) {
    case 'parquet':
      return { form: 'parquet', names: await parquetNames(opened, location), needsRule: false }
    case 'ndjson':
      // Only what has begun is closed.
      await opened.pieces.next()
      await opened.pieces.return(undefined)
      throw notATable('NDJSON is no table', object.name)
    case 'csv':
      return headOfCsv(opened, options.csvEscape)
  }
}

/** Reads no further than it must: to the header where the rule is given, else to the first backslash. */
async function headOfCsv({ pieces }: OpenedText, csvEscape: InputOptions['csvEscape']): Promise<Head> {
  let names: readonly string[] | undefined
  const scanner = new CsvRecordScanner({ escape: csvEscape ?? '\\' }, (record) => {
    names ??= Array.from({ length: record.fieldCount }, (_, field) => record.text(field))
  })
  let hasBackslash = false
  for await (const piece of pieces) {
    if (names === undefined) scanner.push(piece)
    hasBackslash ||= piece.includes(BACKSLASH)
    if (names !== undefined && (hasBackslash || csvEscape !== undefined)) break
  }
  if (names === undefined) scanner.flush()
  return { form: 'csv', names: names ?? [], needsRule: hasBackslash && csvEscape === undefined }
}

async function* csvTexts(
  opened: OpenedText,
  options: InputOptions,
  wanted: readonly string[],
): AsyncGenerator<string[][]> {
  for await (const { names, batches } of csvBatches(opened, options)) {
    const places = wanted.map((name) => names.indexOf(name))
    for (const batch of batches) {
      const columns = places.map((place) => (place < 0 ? null : batch.getChildAt(place)))
      yield Array.from({ length: batch.numRows }, (_, row) =>
        columns.map((column) => (column?.get(row) as string | null | undefined) ?? ''),
      )
    }
  }
}

function notATable(what: string, at: string) {
  return authorError('NOT_A_TABLE', what, {
    at,
    help: 'expected CSV or Parquet, an object, a folder or a glob, on disk or in S3',
  })
}

function duplicateColumn(name: string, at: string) {
  return dataError('DUPLICATE_COLUMN', `there are two columns ${JSON.stringify(name)}`, {
    at,
    help: 'columns are told apart by their names; give each a name of its own',
  })
}
