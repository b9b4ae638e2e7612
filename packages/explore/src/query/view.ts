import { authorError, dataError, internal } from '@fletching/columns/errors'
import { fetchFiles, type ObjectInfo } from '@fletching/storage'
import { csvBatches } from '../files/csv-batches.ts'
import { type InputOptions, openObject } from '../files/open-input.ts'
import { addLines } from '../files/schema-of.ts'
import { kindOfField, Shape } from '../files/shape.ts'
import { transformOf, typeOfArrow, typeOfKinds } from './column-type.ts'
import { identifier, pathList, quoted } from './sql-text.ts'
import type { DeclaredTable, FoundTable } from './table-source.ts'

/** A table as DuckDB reads it. */
export interface View {
  /** A statement that gives its rows. */
  readonly select: string
  readonly files: readonly string[]
  /** What of it is not shown, for a person; without content. */
  readonly notes: readonly string[]
}

/**
 * Makes a view of a table, whose objects lie on this machine afterwards.
 *
 * - `folder`: for objects that do not yet.
 * - Cost: NDJSON and CSV of which nothing is declared are read once to find their columns.
 * - Errors: MIXED_FORMS, CSV_HEADERS_DIFFER, BAD_LOCATION (author), NO_COLUMNS (data), those of what is read.
 */
export async function viewOf(name: string, found: FoundTable, folder: string, options: InputOptions): Promise<View> {
  const { declared, store, objects } = found
  if (objects.some(({ location }) => location.scheme === 'stdin')) throw readTwice(name)
  if (declared !== undefined) {
    const files = await filesOf(store, objects, folder, options.signal)
    return { select: selectDeclared(declared, files), files, notes: [] }
  }
  return undeclaredView(name, found, folder, options)
}

function selectDeclared({ form, schema, partitionBy, csvEscape }: DeclaredTable, files: readonly string[]): string {
  const columns = schema.fields.map(({ name, type }) => ({ name, type: typeOfArrow(type) }))
  if (files.length === 0) {
    return `SELECT ${columns.map(({ name, type }) => `NULL::${type} AS ${identifier(name)}`).join(', ')} WHERE false`
  }
  if (form === 'csv') return selectCsv(files, columns, csvEscape)
  const names = columns.map(({ name }) => identifier(name)).join(', ')
  return `SELECT ${names} FROM read_parquet(${pathList(files)}, hive_partitioning = ${partitionBy.length > 0}, hive_types_autocast = false)`
}

async function undeclaredView(
  table: string,
  { store, objects }: FoundTable,
  folder: string,
  options: InputOptions,
): Promise<View> {
  const forms = new Set<string>()
  const shape = new Shape()
  const gzip: ObjectInfo[] = []
  const plain: ObjectInfo[] = []
  let header: readonly string[] | undefined
  let malformed = 0
  for (const object of objects) {
    const opened = await openObject(store, object, options.signal)
    forms.add(opened.form)
    if (forms.size > 1) throw mixedForms(table, object.name, [...forms])
    if (opened.form !== 'parquet' && opened.isGzip) gzip.push(object)
    else plain.push(object)
    if (opened.form === 'ndjson') malformed += await addLines(shape, opened)
    if (opened.form !== 'csv') continue
    for await (const { names, batches } of csvBatches(opened, options)) {
      header ??= names.length === 0 ? undefined : names
      if (header !== undefined && names.join('\0') !== header.join('\0')) throw otherHeader(table, object.name)
      const members = names.map((_, column) => shape.member(`${column}`))
      for (const batch of batches) {
        for (const [column, member] of members.entries()) {
          for (const text of batch.getChildAt(column) ?? [])
            if (text !== null) member.addKind(kindOfField(text as string))
        }
      }
    }
  }
  const [form] = forms
  const groups = [
    { compression: 'gzip', files: await filesOf(store, gzip, `${folder}/gzip`, options.signal) },
    { compression: 'none', files: await filesOf(store, plain, `${folder}/plain`, options.signal) },
  ].filter(({ files }) => files.length > 0)
  const files = groups.flatMap((group) => group.files)
  const all = (select: (files: readonly string[], compression: string) => string) =>
    groups.map((group) => select(group.files, group.compression)).join(' UNION ALL ')
  switch (form) {
    case 'parquet':
      return {
        select: `SELECT * FROM read_parquet(${pathList(files)}, union_by_name = true, hive_types_autocast = false)`,
        files,
        notes: [],
      }
    case 'csv': {
      if (header === undefined) throw noColumns(table)
      const names = differentNames(header)
      const columns = names.map((name, column) => ({ name, type: typeOfKinds(shape.member(`${column}`).kinds) }))
      return {
        select: all((group, compression) => selectCsv(group, columns, options.csvEscape ?? '\\', compression)),
        files,
        notes: [],
      }
    }
    case 'ndjson': {
      const leftOut = { 'are empty': 0, 'differ from others in case alone': 0 }
      const transform = transformOf(shape, (why) => leftOut[why]++)
      return {
        select: all((group, compression) => selectLines(group, transform, compression)),
        files,
        notes: [
          ...(malformed === 0 ? [] : [`${table}: lines that are no JSON object, and were left out: ${malformed}`]),
          ...Object.entries(leftOut)
            .filter(([, count]) => count > 0)
            .map(([why, count]) => `${table}: keys that ${why}, and were left out: ${count}`),
        ],
      }
    }
    default:
      throw internal(`${table} has no form`)
  }
}

async function filesOf(
  store: FoundTable['store'],
  objects: readonly ObjectInfo[],
  folder: string,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const paths = objects.flatMap(({ location }) => (location.scheme === 'file' ? [location.path] : []))
  return paths.length === objects.length ? paths : fetchFiles(store, objects, folder, signal)
}

function selectCsv(
  files: readonly string[],
  columns: readonly { readonly name: string; readonly type: string }[],
  csvEscape: '"' | '\\',
  compression = 'none',
): string {
  const types = columns.map(({ name, type }) => `${quoted(name)}: ${quoted(type)}`)
  const rules = [
    'header = true',
    "delim = ','",
    "quote = '\"'",
    `escape = ${quoted(csvEscape)}`,
    "nullstr = ''",
    'allow_quoted_nulls = false',
    'auto_detect = false',
    'strict_mode = false',
    'hive_partitioning = false',
    `compression = ${quoted(compression)}`,
    `columns = {${types.join(', ')}}`,
  ]
  return `SELECT * FROM read_csv(${pathList(files)}, ${rules.join(', ')})`
}

/** Line by line, since DuckDB's own reading of columns makes a row of nulls of a line that is no JSON. */
function selectLines(files: readonly string[], transform: unknown, compression: string): string {
  const rules = `ignore_errors = true, hive_partitioning = false, compression = ${quoted(compression === 'none' ? 'uncompressed' : compression)}`
  const objects = `read_ndjson_objects(${pathList(files)}, ${rules}) WHERE json_type(json) = 'OBJECT'`
  if (typeof transform === 'string') return `SELECT json FROM ${objects}`
  return `SELECT event.* FROM (SELECT json_transform(json, ${quoted(JSON.stringify(transform))}) AS event FROM ${objects})`
}

/** Names of columns that differ for DuckDB, which does not tell cases apart; a column without a name has the one that DuckDB gives. */
function differentNames(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((given, column) => {
    const name = given === '' ? `column${column}` : given
    let different = name
    for (let number = 2; taken.has(different.toLowerCase()); number++) different = `${name}_${number}`
    taken.add(different.toLowerCase())
    return different
  })
}

function mixedForms(table: string, at: string, forms: readonly string[]) {
  return authorError('MIXED_FORMS', `the objects of ${table} are both ${forms.join(' and ')}`, {
    at,
    help: `give those of one form, as with --table '${table}=folder/*.json'`,
  })
}

function otherHeader(table: string, at: string) {
  return authorError('CSV_HEADERS_DIFFER', `the objects of ${table} have different columns`, {
    at,
    help: `give those with the same header, as with --table '${table}=folder/*.csv'`,
  })
}

function noColumns(table: string) {
  return dataError('NO_COLUMNS', `the objects of ${table} are empty`, {
    help: 'expected NDJSON, Parquet, or a CSV whose first line names its columns',
  })
}

function readTwice(table: string) {
  return authorError('BAD_LOCATION', `${table} would be standard input, which can be read but once`, {
    help: 'a table is read twice, first to find its columns: write it to a file',
  })
}
