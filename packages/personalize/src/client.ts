import type { Personalize, PersonalizeClientConfig } from '@aws-sdk/client-personalize'
import { isPassing, personalizeFailure } from './api-errors.ts'
import { sleep } from './wait.ts'

/** How to reach Amazon Personalize, where the AWS SDK's own configuration does not tell. */
export interface ClientOptions {
  /** Another server than Amazon's. */
  readonly endpoint?: string
  readonly region?: string
  /** The wait before the second try of a request that was throttled or lost; it doubles from try to try. Default 500. */
  readonly retryDelayMs?: number
  /** Ends every request that is under way. */
  readonly signal?: AbortSignal
}

/** The requests of an import, by the names of Personalize's operations. */
export type Operation =
  | 'ListSchemas'
  | 'DescribeSchema'
  | 'CreateSchema'
  | 'ListDatasetGroups'
  | 'DescribeDatasetGroup'
  | 'CreateDatasetGroup'
  | 'ListDatasets'
  | 'DescribeDataset'
  | 'CreateDataset'
  | 'ListDatasetImportJobs'
  | 'DescribeDatasetImportJob'
  | 'CreateDatasetImportJob'

/** What ends with a request's answer or with an error of ours. */
export type Send = <T>(
  operation: Operation,
  /** Of what: the kind and the name, for messages. */
  subject: string,
  request: (api: Personalize, options: { readonly abortSignal?: AbortSignal }) => Promise<T>,
) => Promise<T>

/**
 * Loads the SDK and makes a client. Credentials come by the SDK's usual chain.
 *
 * The endpoint is that of the options, else AWS_ENDPOINT_URL_PERSONALIZE or AWS_ENDPOINT_URL.
 *
 * - Errors: those of `personalizeFailure`.
 */
export async function openPersonalize(
  options: ClientOptions = {},
): Promise<{ readonly send: Send; readonly close: () => void }> {
  const sdk = await import('@aws-sdk/client-personalize')
  const api = new sdk.Personalize(clientConfig(options))
  const { signal, retryDelayMs = 500 } = options
  return {
    async send(operation, subject, request) {
      for (let tries = 1; ; tries++) {
        signal?.throwIfAborted()
        try {
          return await request(api, signal === undefined ? {} : { abortSignal: signal })
        } catch (error) {
          signal?.throwIfAborted()
          if (tries === TRIES_MAX || !isPassing(error)) throw personalizeFailure(error, operation, subject)
        }
        await sleep(retryDelayMs * 2 ** (tries - 1), signal)
      }
    },
    close: () => api.destroy(),
  }
}

function clientConfig(options: ClientOptions): PersonalizeClientConfig {
  const { env } = process
  const endpoint = options.endpoint ?? env.AWS_ENDPOINT_URL_PERSONALIZE ?? env.AWS_ENDPOINT_URL
  const region =
    options.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? (endpoint === undefined ? undefined : 'us-east-1')
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    // By itself the SDK waits for ever for a server that does not answer.
    requestHandler: { connectionTimeout: 10_000, socketTimeout: 60_000 },
    // The SDK takes a limit for throttling, and would ask again and again where nothing changes within seconds.
    maxAttempts: 1,
  }
}

/** Personalize allows few requests a second, and other programs of the account take their share. */
const TRIES_MAX = 5
