import { type FaultyGlue, glueEnv, openFaultyGlue } from '@fletching/testing'
import { afterAll, beforeAll } from 'vitest'
import type { PartitionFolder } from '../src/partitions.ts'
import { type Glue, openGlue } from '../src/register.ts'
import type { TableSpec } from '../src/table-spec.ts'

/** Puts an environment in place before the tests of a file, and the old one behind them. */
export function useEnvironment(
  open: () => Promise<{ readonly env: Readonly<Record<string, string>>; close(): Promise<void> }>,
): void {
  const before = { ...process.env }
  let opened: Awaited<ReturnType<typeof open>>
  beforeAll(async () => {
    opened = await open()
    Object.assign(process.env, opened.env)
  })
  afterAll(async () => {
    await opened.close()
    for (const name of Object.keys(opened.env)) {
      if (before[name] === undefined) delete process.env[name]
      else process.env[name] = before[name]
    }
  })
}

/** Does something with a catalog of its own that may have faults. */
export async function withFaulty<T>(
  options: Parameters<typeof openFaultyGlue>[0],
  work: (glue: Glue, server: FaultyGlue) => Promise<T>,
  callTries = 1,
): Promise<T> {
  const before = process.env.AWS_ENDPOINT_URL_GLUE
  const server = await openFaultyGlue(options)
  Object.assign(process.env, glueEnv(server.endpoint))
  const glue = await openGlue({ callTries })
  try {
    return await work(glue, server)
  } finally {
    glue.close()
    await server.close()
    if (before === undefined) delete process.env.AWS_ENDPOINT_URL_GLUE
    else process.env.AWS_ENDPOINT_URL_GLUE = before
  }
}

export const owner = { job: 'segment-to-personalize', output: 's3://acme-out/transformed/' }

/** A table of columns such as `user_id string`. */
export function specOf(database: string, columns: readonly string[], more: Partial<TableSpec> = {}): TableSpec {
  return {
    database,
    name: 'transformed',
    form: 'parquet',
    location: owner.output,
    columns: columns.map((column) => {
      const [name, type] = column.split(' ')
      return { name, type }
    }),
    partitions: [{ name: 'dt', type: 'string' }],
    isProjected: false,
    ...more,
  }
}

export function foldersOf(...days: readonly string[]): PartitionFolder[] {
  return days.map((day) => ({ values: [day], location: `${owner.output}dt=${day}/` }))
}

/** What a catalog holds of a table, as far as it is ours: columns, parameters, and partitions with their places. */
export async function lookAt(glue: Glue, database: string, table = 'transformed') {
  const { Table: found } = await glue.call('GetTable', { DatabaseName: database, Name: table })
  const partitions: string[] = []
  let NextToken: string | undefined
  do {
    const page = await glue.call('GetPartitions', {
      DatabaseName: database,
      TableName: table,
      ...(NextToken && { NextToken }),
    })
    for (const { Values, StorageDescriptor } of page.Partitions ?? []) {
      const columns = StorageDescriptor?.Columns?.map(({ Name, Type }) => `${Name} ${Type}`)
      partitions.push(`${Values?.join()} ${StorageDescriptor?.Location} ${columns?.join(',')}`)
    }
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return {
    columns: found?.StorageDescriptor?.Columns?.map(({ Name, Type }) => `${Name} ${Type}`),
    location: found?.StorageDescriptor?.Location,
    parameters: found?.Parameters,
    partitions: partitions.sort(),
  }
}
