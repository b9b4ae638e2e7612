#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import zlib from 'node:zlib'

const main = fileURLToPath(new URL('../dist/bundle/dist/main.js', import.meta.url))
// Of what the command needs, this came last, and to the newer line of Node later than to the older.
if (!('crc32' in zlib)) {
  console.error(
    `NODE_TOO_OLD: Node ${process.version} lacks what the command needs\n  expected Node 20.19 or newer of 20, or 22.2 or newer`,
  )
  process.exitCode = 4
} else if (existsSync(main)) createRequire(import.meta.url)(main)
else {
  console.error(
    'NOT_BUILT: the command has not been compiled\n  npm run build compiles it, and so do npm start and npm test',
  )
  process.exitCode = 2
}
