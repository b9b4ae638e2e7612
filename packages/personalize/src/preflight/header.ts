import type { CsvRecord } from '@fletching/csv'
import { type AvroSchema, formatSchema, schemaFor } from '../avro-schema.ts'
import { checkSchema } from '../check-schema.ts'
import { type Dataset, type Domain, knownColumns, requiredColumns } from '../dataset.ts'
import { type PreflightCode, preflightRules } from './rules.ts'

/** What a file's first record says of its columns. */
export interface Header {
  /** The schema that was given, or one made of the names. */
  readonly schema: AvroSchema
  /** For each column the name of its field in the schema; undefined where it has none. */
  readonly names: readonly (string | undefined)[]
  /** Whether it names columns; otherwise it is a record of data already. */
  readonly isHeader: boolean
}

/** Reads the first record of a file; `schema` is the one that was given, or that of an earlier file. */
export function readHeader(
  record: CsvRecord,
  {
    dataset,
    domain,
    schema,
  }: { readonly dataset: Dataset; readonly domain: Domain; readonly schema: AvroSchema | undefined },
  tell: (code: PreflightCode, column?: string) => void,
): Header {
  const given = Array.from({ length: record.fieldCount }, (_, field) => record.text(field))
  const fields = schema?.fields.map(({ name }) => name)
  const expected = fields ?? knownColumns(dataset).map(({ name }) => name)
  const known = given.map((name) => knownName(name, expected))
  if (known.every((name) => name === undefined)) {
    tell('HEADER_MISSING')
    return withoutHeader(record.fieldCount, schema ?? schemaFor(dataset, domain))
  }
  if (given.some((_, field) => record.isQuoted(field))) tell('HEADER_QUOTED')
  const names = given.map((name, field) => known[field] ?? name)
  for (const [field, name] of names.entries()) {
    if (names.indexOf(name) < field) tell('COLUMN_TWICE', name)
    else if (known[field] === undefined)
      tell(fields === undefined ? 'COLUMN_UNKNOWN' : 'COLUMN_NOT_IN_SCHEMA', shown(name))
    else if (given[field] !== name) tell('COLUMN_CASE', name)
  }
  const required = fields ?? requiredColumns(dataset, domain).map(({ name }) => name)
  const missing = required.filter((name) => !names.includes(name))
  for (const name of missing) tell('COLUMN_MISSING', name)
  const once = names.filter((name, field) => names.indexOf(name) === field)
  if (fields !== undefined && missing.length === 0 && once.length === fields.length && once.join() !== fields.join()) {
    tell('COLUMN_ORDER')
  }
  const made =
    schema ??
    schemaFor(
      dataset,
      domain,
      once.map((name) => ({ name })),
    )
  if (schema === undefined) tellSchema(made, tell)
  const isUsed = new Set(made.fields.map(({ name }) => name))
  return {
    schema: made,
    names: names.map((name, field) => (isUsed.has(name) && names.indexOf(name) === field ? name : undefined)),
    isHeader: true,
  }
}

/** The name that is meant: the same, or the same in capitals. */
function knownName(name: string, expected: readonly string[]): string | undefined {
  return [name, name.trim().toUpperCase()].find((form) => expected.includes(form))
}

/** Columns as the schema has them, if there are as many. */
function withoutHeader(fieldCount: number, schema: AvroSchema): Header {
  const isAlike = schema.fields.length === fieldCount
  const names = Array.from({ length: fieldCount }, (_, field) => (isAlike ? schema.fields[field].name : undefined))
  return { schema, names, isHeader: false }
}

/** What is wrong with a schema that is made of the names, but for columns that are missing, which has been told. */
function tellSchema(schema: AvroSchema, tell: (code: PreflightCode, column?: string) => void): void {
  for (const { code, places } of checkSchema(formatSchema(schema))) {
    if (!Object.hasOwn(preflightRules, code)) continue
    for (const { column } of places) tell(code as PreflightCode, column === undefined ? undefined : shown(column))
  }
}

/** A name as it can be shown. */
function shown(name: string): string {
  return name.length > NAME_LENGTH_MAX ? `${name.slice(0, NAME_LENGTH_MAX)}…` : name
}

const NAME_LENGTH_MAX = 64
