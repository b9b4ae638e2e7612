#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../dist/bundle/dist/main.js', import.meta.url))
if (existsSync(main)) createRequire(import.meta.url)(main)
else {
  console.error(
    'NOT_BUILT: the command has not been compiled\n  npm run build compiles it, and so do npm start and npm test',
  )
  process.exitCode = 2
}
