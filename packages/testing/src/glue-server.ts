import { openFaultyGlue } from './faulty-glue/server.ts'
import { markedCredentials } from './marks.ts'

/** A Glue Data Catalog for tests, and the environment under which our code finds it. */
export interface TestGlue {
  /** Whether it is a server of its own; the one in process is stricter. */
  readonly isReal: boolean
  readonly env: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** The server that FLETCHING_TEST_S3_ENDPOINT names, or one in this process, on the loopback address alone. */
export async function openTestGlue(): Promise<TestGlue> {
  const given = process.env.FLETCHING_TEST_S3_ENDPOINT
  if (given !== undefined && given !== '') return { isReal: true, env: glueEnv(given), close: async () => {} }
  const server = await openFaultyGlue({ pageMax: 3 })
  return { isReal: false, env: glueEnv(server.endpoint), close: () => server.close() }
}

/** The environment under which our code finds a catalog. */
export function glueEnv(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_GLUE: endpoint,
    ...markedCredentials,
    AWS_REGION: 'us-east-1',
  }
}
