import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import type { Encryption } from './s3-headers.ts'

/** How to reach S3, where it is not told by the AWS SDK's own configuration, and how it encrypts. */
export interface S3Options {
  /** Of every object that is written. Default: the bucket's. */
  readonly encryption?: Encryption
  /** Another server than Amazon's; its buckets are addressed by path. */
  readonly endpoint?: string
  readonly region?: string
  /** Tries of a read that was cut or stalled, the first included. Default 5. */
  readonly readTries?: number
  /** A read without a byte for so long has stalled. Default 60,000. */
  readonly stallTimeoutMs?: number
  /** A request on whose connection nothing moves for so long is tried again. Default 60,000. */
  readonly requestTimeoutMs?: number
  /** The wait before the second try; it doubles from try to try. Default 200. */
  readonly retryDelayMs?: number
}

export type S3Module = typeof import('@aws-sdk/client-s3')

/**
 * Loads the SDK and makes a client. Credentials come by the SDK's usual chain: environment, profile, container, instance.
 *
 * The endpoint is that of the options, else FLETCHING_S3_ENDPOINT, AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL.
 */
export async function openS3Client(options: S3Options): Promise<{ readonly client: S3Client; readonly sdk: S3Module }> {
  const sdk = await import('@aws-sdk/client-s3')
  return { client: new sdk.S3Client(clientConfig(options)), sdk }
}

function clientConfig(options: S3Options): S3ClientConfig {
  const { env } = process
  const endpoint =
    options.endpoint ?? env.FLETCHING_S3_ENDPOINT ?? env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL ?? undefined
  const region =
    options.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? (endpoint === undefined ? undefined : 'us-east-1')
  return {
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(region === undefined ? {} : { region }),
    requestHandler: {
      // By itself the SDK waits for ever for a server that does not answer.
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      socketTimeout: options.requestTimeoutMs ?? 60_000,
      // By itself it opens 50. Behind bodies that wait to be read another request would wait until it counts as not answered.
      httpAgent: { maxSockets: Number.POSITIVE_INFINITY },
      httpsAgent: { maxSockets: Number.POSITIVE_INFINITY },
    },
    // Other servers may not know the checksums that the SDK adds by itself.
    ...(endpoint === undefined
      ? {}
      : { requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' }),
  }
}

const CONNECTION_TIMEOUT_MS = 10_000
