#!/usr/bin/env node
// `npm run tour:servers`: what the tour (docs/tour.md) talks to, on the loopback address: S3 with two buckets, a Glue Data Catalog, and a stand-in for
// Amazon Personalize. out/tour/env says where they are; they end with a signal, and hold nothing beyond it.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { openTestGlue, openTestS3 } from '../packages/testing/dist/index.js'
import { openPersonalizeServer } from '../packages/testing/dist/personalize-server.js'

const folder = 'out/tour'
const buckets = ['my-logs', 'my-exports']
const s3 = await openTestS3()
const servers = [s3, await openTestGlue(), await openPersonalizeServer()]
const env = Object.assign({}, ...servers.map((server) => server.env))

for (const bucket of buckets) {
  const { ok, status } = await fetch(`${s3.endpoint}/${bucket}`, { method: 'PUT' })
  if (!ok) throw new Error(`the server would not make the bucket ${bucket}: ${status}`)
}

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
writeFileSync(
  `${folder}/env`,
  Object.entries(env)
    .map(([name, value]) => `export ${name}=${value}\n`)
    .join(''),
)
console.log(
  `The buckets ${buckets.join(' and ')}, a Data Catalog and Personalize are there. In another terminal, here:`,
)
console.log(`  . ${folder}/env`)
console.log('and go on with docs/tour.md. Ctrl+C ends the servers.')

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void close())

/** - Errors: when the command asked Personalize for what Personalize does not know. */
async function close() {
  for (const server of servers) await server.close()
}
