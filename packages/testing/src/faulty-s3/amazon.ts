import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The environment under which the SDK finds a test server by its own configuration file, written into `folder`, so that code which
 * treats servers other than Amazon's with care takes it for Amazon's.
 */
export async function amazonEnv(
  env: Readonly<Record<string, string>>,
  folder: string,
): Promise<Record<string, string>> {
  const { AWS_ENDPOINT_URL_S3: endpoint, ...rest } = env
  const config = join(folder, 'aws-config')
  await writeFile(config, `[default]\nservices = test\n[services test]\ns3 =\n  endpoint_url = ${endpoint}\n`)
  return { ...rest, AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: join(folder, 'no-credentials') }
}
