#!/usr/bin/env node
// `npm start`: a day of seeded events if there are none, the main job on them, and what came out.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const command = fileURLToPath(new URL('../packages/cli/bin/fletching.js', import.meta.url))

/** @param {string[]} args */
function fletching(...args) {
  console.log(`\n$ fletching ${args.join(' ')}`)
  const { status } = spawnSync(process.execPath, [command, ...args], { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

if (existsSync(`${root}data/events/segment-logs`)) console.log('using the events in data/events')
else fletching('gen', '--to', 'data/events', '--days', '1', '--bytes', '50MB', '--seed', '1')

fletching(
  'run',
  'segment-to-personalize',
  '--S3_JSON_INPUT_PATH=data/events/segment-logs',
  '--S3_CSV_OUTPUT_PATH=out/interactions',
  '--S3_PARQUET_OUTPUT_PATH=out/table',
)

const csv = readFileSync(`${root}out/interactions/part-00000.csv`, 'utf8')
console.log(`\nThe first rows of out/interactions/part-00000.csv:\n\n${csv.split('\n', 6).join('\n')}`)
console.log('\nEvents are in data/events, the CSV in out/interactions, the Parquet table in out/table.')
