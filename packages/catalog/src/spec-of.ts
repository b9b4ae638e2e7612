import { authorError } from '@fletching/columns/errors'
import { DataType, type Field, type Schema } from 'apache-arrow'
import { glueTypeOf } from './glue-type.ts'
import { athenaNames } from './names.ts'
import type { TableColumn, TableSpec } from './table-spec.ts'

/** What a job writes, as far as a table of it needs to know. */
export interface OutputLike {
  readonly format: 'csv' | 'parquet'
  /** The folder that holds its files and no others; ends in `/`. */
  readonly folder: string
  /** Every column, in order, those that name folders included. */
  readonly schema: Schema
  /** The columns whose values name folders. */
  readonly partitionBy: readonly string[]
  /** Of a CSV. */
  readonly dialect?: 'personalize' | 'glue' | 'rfc4180' | 'athena-opencsv' | undefined
}

export interface TableNames {
  readonly database: string
  readonly name: string
  /** Whether Athena shall compute the partitions, where it can: true by default. */
  readonly isProjected?: boolean
  readonly firstDay?: string | undefined
}

/**
 * The table of an output. A CSV has columns of text alone, since that is what OpenCSVSerde gives.
 *
 * - Errors: NOT_IN_ATHENA (author) for a type, or for a name that Athena would not find in a Parquet file.
 */
export function tableSpec(output: OutputLike, names: TableNames): TableSpec {
  const { format, folder, schema, partitionBy, dialect } = output
  const { database, name, isProjected = true, firstDay } = names
  const common = { database, name, location: folder }
  if (format === 'csv') {
    const columns = athenaNames(schema.fields.map(({ name }) => name)).map((name) => ({ name, type: 'string' }))
    const table = { ...common, form: 'opencsv', columns, partitions: [], isProjected: false } as const
    const doublesQuotes = dialect === 'glue' || dialect === 'rfc4180'
    return doublesQuotes ? table : { ...table, escape: '\\' }
  }
  assertFound(schema.fields, 'column ')
  const partitions = schema.fields.filter(({ name }) => partitionBy.includes(name))
  return {
    ...common,
    form: 'parquet',
    columns: schema.fields.filter(({ name }) => !partitionBy.includes(name)).map(columnOf),
    partitions: partitionBy.map((name) => partitionOf(partitions.find((field) => field.name === name) as Field)),
    isProjected: isProjected && partitions.length === 1 && DataType.isDate(partitions[0].type),
    ...(firstDay === undefined ? {} : { firstDay }),
  }
}

/** Athena knows a column and the fields of a struct in lower case alone. */
function columnOf({ name, type }: Field): TableColumn {
  return { name: name.toLowerCase(), type: glueTypeOf(type, name).toLowerCase() }
}

/** A key is text, whose folders need no agreement about how a value is written; but for whole numbers. */
function partitionOf({ name, type }: Field): TableColumn {
  if (name !== name.toLowerCase()) {
    throw authorError('NOT_IN_ATHENA', `Athena finds no folders of a partition with capitals in its name`, {
      at: `column ${name}`,
      help: `call it ${name.toLowerCase()} in the job`,
    })
  }
  return { name, type: DataType.isInt(type) ? glueTypeOf(type, name) : 'string' }
}

/** In a Parquet file Athena looks for a column by its name, in any case; so another name than that would find nothing. */
function assertFound(fields: readonly Field[], place: string): void {
  const seen = new Map<string, string>()
  for (const { name, type } of fields) {
    const folded = name.toLowerCase()
    const other = seen.get(folded)
    if (other !== undefined) {
      throw authorError('NOT_IN_ATHENA', 'Athena takes two names that differ in case alone for one', {
        at: `${place}${name}`,
        help: `${other} is there already: give one of them another name in the job`,
      })
    }
    seen.set(folded, name)
    if (!/^[a-z0-9_]{1,255}$/.test(folded)) {
      throw authorError('NOT_IN_ATHENA', 'Athena has no column of that name', {
        at: `${place}${name}`,
        help: `it knows letters, digits and _, and finds a column of Parquet by its name: call it ${athenaNames([name])[0]} in the job`,
      })
    }
    assertFound(type.children ?? [], `${place}${name}.`)
  }
}
