#!/usr/bin/env node
// CommonJS, as the bundle is: Node then does without its loader of ES modules.
const { existsSync } = require('node:fs')
const path = require('node:path')
const zlib = require('node:zlib')

const main = path.join(__dirname, '../dist/bundle/dist/main.js')
// Of what the command needs, this came last, and to the newer line of Node later than to the older.
if (!('crc32' in zlib)) {
  console.error(
    `NODE_TOO_OLD: Node ${process.version} lacks what the command needs\n  expected Node 20.19 or newer of 20, or 22.2 or newer`,
  )
  process.exitCode = 4
} else if (existsSync(main)) require(main)
else {
  console.error(
    'NOT_BUILT: the command has not been compiled\n  npm run build compiles it, and so do npm start and npm test',
  )
  process.exitCode = 2
}
