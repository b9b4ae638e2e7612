import { buildApp } from 'fauxqs'
import { markedCredentials } from './marks.ts'

/** An S3 server for tests, and the environment under which our code finds it. */
export interface TestS3 {
  readonly endpoint: string
  /** Whether it is a server of its own, with all that S3 does; the one in process does less. */
  readonly isReal: boolean
  readonly env: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** The server that FLETCHING_TEST_S3_ENDPOINT names, or one in this process, on the loopback address alone. */
export async function openTestS3(): Promise<TestS3> {
  const given = process.env.FLETCHING_TEST_S3_ENDPOINT
  if (given !== undefined && given !== '') return describeServer(given, true, async () => {})
  const app = buildApp({ logger: false })
  const endpoint = await app.listen({ port: 0, host: '127.0.0.1' })
  return describeServer(endpoint, false, async () => {
    await app.close()
  })
}

function describeServer(endpoint: string, isReal: boolean, close: () => Promise<void>): TestS3 {
  const env = {
    AWS_ENDPOINT_URL_S3: endpoint,
    ...markedCredentials,
    AWS_REGION: 'us-east-1',
    // The server in process takes conditions and does not keep them.
    ...(isReal ? {} : { FLETCHING_SINGLE_WRITER: 'true' }),
  }
  return { endpoint, isReal, env, close }
}
