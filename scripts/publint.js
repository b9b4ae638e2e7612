#!/usr/bin/env node
// What npm would pack of each package that is published, held against what its package.json promises.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

const root = fileURLToPath(new URL('..', import.meta.url))
const published = [...readdirSync(`${root}packages`).map((name) => `packages/${name}`), 'jobs']
  .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(`${root}${folder}/package.json`, 'utf8')) }))
  .filter(({ manifest }) => manifest.private !== true)

const findings = await Promise.all(
  published.map(async ({ folder, manifest }) => {
    const { messages } = await publint({ pkgDir: `${root}${folder}`, pack: 'npm', strict: true })
    return messages.map((message) => `${manifest.name}: ${formatMessage(message, manifest)}`)
  }),
)
for (const finding of findings.flat()) console.error(finding)
console.log(`publint: ${published.length} packages, ${findings.flat().length} findings.`)
if (findings.flat().length > 0) process.exitCode = 1
