import { alreadyThere, changed, invalid, notFound } from './refused.ts'

export const glueActions = [
  'GetDatabase',
  'CreateDatabase',
  'GetTable',
  'CreateTable',
  'UpdateTable',
  'DeleteTable',
  'GetPartitions',
  'BatchCreatePartition',
  'BatchUpdatePartition',
] as const

export type GlueAction = (typeof glueActions)[number]

/** A JSON object, as a call brings it or as it goes back. */
export type Members = Readonly<Record<string, unknown>>

interface StoredTable {
  input: Members
  version: number
  readonly partitions: Map<string, Members>
}

/** The Data Catalog of one account, strict where Glue is: names are folded, versions are held, batches and pages have an end. */
export class GlueCatalog {
  readonly #databases = new Map<string, Map<string, StoredTable>>()
  readonly #pageMax: number

  /** - `pageMax`: the most partitions in an answer, whatever is asked for. */
  constructor(pageMax: number) {
    this.#pageMax = pageMax
  }

  /** Does what a call asks for; what Glue would refuse ends with a GlueRefusal, and changes nothing. */
  apply(action: GlueAction, input: Members): Members {
    switch (action) {
      case 'GetDatabase': {
        const Name = nameIn(input, 'Name')
        this.#tablesOf(Name)
        return { Database: { Name, CatalogId: '123456789012' } }
      }
      case 'CreateDatabase': {
        const Name = nameIn(membersIn(input, 'DatabaseInput'), 'Name')
        if (this.#databases.has(Name)) throw alreadyThere('Database')
        this.#databases.set(Name, new Map())
        return {}
      }
      case 'GetTable': {
        const { input: table, version } = this.#table(nameIn(input, 'DatabaseName'), nameIn(input, 'Name'))
        const described = { DatabaseName: nameIn(input, 'DatabaseName'), CatalogId: '123456789012', CreateTime: 0 }
        return { Table: { ...table, ...described, VersionId: String(version), CreatedBy: 'arn:aws:iam::1:role/maker' } }
      }
      case 'CreateTable': {
        const tables = this.#tablesOf(nameIn(input, 'DatabaseName'))
        const table = tableIn(input)
        const name = nameIn(table, 'Name')
        if (tables.has(name)) throw alreadyThere('Table')
        tables.set(name, { input: table, version: 0, partitions: new Map() })
        return {}
      }
      case 'UpdateTable': {
        const table = tableIn(input)
        const found = this.#table(nameIn(input, 'DatabaseName'), nameIn(table, 'Name'))
        const expected = input.VersionId
        if (expected !== undefined && expected !== String(found.version)) throw changed()
        found.input = table
        found.version++
        return {}
      }
      case 'DeleteTable': {
        const [database, name] = [nameIn(input, 'DatabaseName'), nameIn(input, 'Name')]
        this.#table(database, name)
        this.#tablesOf(database).delete(name)
        return {}
      }
      case 'GetPartitions':
        return this.#partitions(input)
      case 'BatchCreatePartition':
        return this.#createPartitions(input)
      case 'BatchUpdatePartition':
        return this.#updatePartitions(input)
    }
  }

  #partitions(input: Members): Members {
    const { partitions } = this.#tableOf(input)
    const { MaxResults, NextToken, ExcludeColumnSchema } = input
    if (MaxResults !== undefined && !(Number(MaxResults) >= 1 && Number(MaxResults) <= 1000))
      throw invalid('maxResults')
    const from = NextToken === undefined ? 0 : Number(NextToken)
    if (Number.isNaN(from)) throw invalid('nextToken')
    const to = from + Math.min(Number(MaxResults ?? 1000), this.#pageMax)
    const page = [...partitions.values()].slice(from, to)
    return {
      Partitions: ExcludeColumnSchema === true ? page.map(withoutColumns) : page,
      ...(to < partitions.size ? { NextToken: String(to) } : {}),
    }
  }

  #createPartitions(input: Members): Members {
    const table = this.#tableOf(input)
    const Errors: Members[] = []
    for (const partition of batchIn(input, 'PartitionInputList')) {
      const values = valuesIn(partition, 'Values', table)
      if (table.partitions.has(values.join('\0'))) {
        Errors.push({ PartitionValues: values, ErrorDetail: alreadyThere('Partition').detail })
      } else table.partitions.set(values.join('\0'), partition)
    }
    return { Errors }
  }

  #updatePartitions(input: Members): Members {
    const table = this.#tableOf(input)
    const Errors: Members[] = []
    for (const entry of batchIn(input, 'Entries')) {
      const values = valuesIn(entry, 'PartitionValueList', table)
      if (table.partitions.has(values.join('\0'))) {
        table.partitions.set(values.join('\0'), membersIn(entry, 'PartitionInput'))
      } else Errors.push({ PartitionValueList: values, ErrorDetail: notFound('Partition').detail })
    }
    return { Errors }
  }

  #tableOf(input: Members): StoredTable {
    return this.#table(nameIn(input, 'DatabaseName'), nameIn(input, 'TableName'))
  }

  #table(database: string, name: string): StoredTable {
    const table = this.#tablesOf(database).get(name)
    if (table === undefined) throw notFound(`Table ${name}`)
    return table
  }

  #tablesOf(database: string): Map<string, StoredTable> {
    const tables = this.#databases.get(database)
    if (tables === undefined) throw notFound(`Database ${database}`)
    return tables
  }
}

/** The table that a call brings, as it is kept: by its name in lower case. */
function tableIn(input: Members): Members {
  const table = membersIn(input, 'TableInput')
  return { ...table, Name: nameIn(table, 'Name') }
}

function nameIn(input: Members, member: string): string {
  const name = input[member]
  if (typeof name !== 'string' || name === '' || name.length > 255) throw invalid(member)
  return name.toLowerCase()
}

function membersIn(input: Members, member: string): Members {
  const value = input[member]
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(member)
  return value as Members
}

function batchIn(input: Members, member: string): readonly Members[] {
  const list = input[member]
  if (!Array.isArray(list) || list.length === 0 || list.length > 100) throw invalid(member)
  return list as Members[]
}

/** Values of a partition; there are as many as the table has keys. */
function valuesIn(input: Members, member: string, table: StoredTable): readonly string[] {
  const values = input[member]
  const keys = (table.input.PartitionKeys ?? []) as readonly unknown[]
  if (!Array.isArray(values) || values.length !== keys.length) throw invalid(member)
  return values as string[]
}

function withoutColumns(partition: Members): Members {
  const { Columns: _, ...rest } = (partition.StorageDescriptor ?? {}) as Members
  return { ...partition, StorageDescriptor: rest }
}
