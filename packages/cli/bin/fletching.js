#!/usr/bin/env node
import { existsSync } from 'node:fs'

const main = new URL('../dist/bundle/run/main.js', import.meta.url)
if (existsSync(main)) await import(main.href)
else {
  console.error(
    'NOT_BUILT: the command has not been compiled\n  npm run build compiles it, and so do npm start and npm test',
  )
  process.exitCode = 2
}
