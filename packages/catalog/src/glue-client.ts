import type {
  BatchCreatePartitionCommandInput,
  BatchCreatePartitionCommandOutput,
  BatchUpdatePartitionCommandInput,
  BatchUpdatePartitionCommandOutput,
  CreateDatabaseCommandInput,
  CreateTableCommandInput,
  GetDatabaseCommandInput,
  GetPartitionsCommandInput,
  GetPartitionsCommandOutput,
  GetTableCommandInput,
  GetTableCommandOutput,
  GlueClientConfig,
  UpdateTableCommandInput,
} from '@aws-sdk/client-glue'
import { glueFailure } from './glue-failure.ts'

/** The calls that we make of Glue's API, each with what it takes and gives. */
export interface GlueCalls {
  GetDatabase: [GetDatabaseCommandInput, object]
  CreateDatabase: [CreateDatabaseCommandInput, object]
  GetTable: [GetTableCommandInput, Pick<GetTableCommandOutput, 'Table'>]
  CreateTable: [CreateTableCommandInput, object]
  UpdateTable: [UpdateTableCommandInput, object]
  GetPartitions: [GetPartitionsCommandInput, Pick<GetPartitionsCommandOutput, 'Partitions' | 'NextToken'>]
  BatchCreatePartition: [BatchCreatePartitionCommandInput, Pick<BatchCreatePartitionCommandOutput, 'Errors'>]
  BatchUpdatePartition: [BatchUpdatePartitionCommandInput, Pick<BatchUpdatePartitionCommandOutput, 'Errors'>]
}

/** A Data Catalog, by its API. */
export interface Glue {
  /**
   * Makes a call.
   *
   * - Errors: those of `glueFailure`. What the caller can do something about comes as Glue names it: see `isGlueError`.
   */
  call<A extends keyof GlueCalls>(action: A, input: GlueCalls[A][0]): Promise<GlueCalls[A][1]>
  close(): void
}

/** How to reach Glue, where it is not told by the AWS SDK's own configuration. */
export interface GlueOptions {
  readonly signal?: AbortSignal
  /** Tries of a call that Glue had no time for or that the network lost, the first included. Default 5. */
  readonly callTries?: number
}

/**
 * Loads the SDK and opens the catalog. Credentials, region and endpoint (AWS_ENDPOINT_URL_GLUE, AWS_ENDPOINT_URL) come as the SDK finds
 * them.
 */
export async function openGlue({ signal, callTries = 5 }: GlueOptions = {}): Promise<Glue> {
  const sdk = await import('@aws-sdk/client-glue')
  const client = new sdk.Glue({ ...clientConfig(process.env), maxAttempts: callTries })
  const options = signal === undefined ? {} : { abortSignal: signal }
  const send: { [A in keyof GlueCalls]: (input: GlueCalls[A][0]) => Promise<GlueCalls[A][1]> } = {
    GetDatabase: (input) => client.getDatabase(input, options),
    CreateDatabase: (input) => client.createDatabase(input, options),
    GetTable: (input) => client.getTable(input, options),
    CreateTable: (input) => client.createTable(input, options),
    UpdateTable: (input) => client.updateTable(input, options),
    GetPartitions: (input) => client.getPartitions(input, options),
    BatchCreatePartition: (input) => client.batchCreatePartition(input, options),
    BatchUpdatePartition: (input) => client.batchUpdatePartition(input, options),
  }
  return {
    async call(action, input) {
      signal?.throwIfAborted()
      try {
        return await send[action](input)
      } catch (error) {
        signal?.throwIfAborted()
        throw glueFailure(error, action, input)
      }
    },
    close: () => client.destroy(),
  }
}

/** Whether a call was refused with that error of Glue's, which is for the caller to mend. */
export function isGlueError(
  error: unknown,
  name: 'EntityNotFoundException' | 'AlreadyExistsException' | 'ConcurrentModificationException',
): boolean {
  return (error as { readonly name?: unknown } | undefined)?.name === name
}

function clientConfig(env: NodeJS.ProcessEnv): GlueClientConfig {
  const hasEndpoint = env.AWS_ENDPOINT_URL_GLUE !== undefined || env.AWS_ENDPOINT_URL !== undefined
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? (hasEndpoint ? 'us-east-1' : undefined)
  return {
    ...(region === undefined ? {} : { region }),
    // By itself the SDK waits for ever for a server that does not answer.
    requestHandler: { connectionTimeout: 10_000, socketTimeout: 60_000 },
  }
}
