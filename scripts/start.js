#!/usr/bin/env node
// `npm start`: a day of seeded events if there are none, the main job on them, and what came out.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { summary } from '../packages/cli/dist/summary.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const command = fileURLToPath(new URL('../packages/cli/bin/fletching.js', import.meta.url))
// Folders of its own, so that what others make in data/ and out/ is neither read nor replaced.
const events = 'data/start'
const out = 'out/start'

/**
 * @param {string[]} args
 * @param {'inherit' | 'ignore'} stdout
 */
function fletching(args, stdout = 'inherit') {
  console.log(`\n$ fletching ${args.join(' ')}`)
  const { status } = spawnSync(process.execPath, [command, ...args], {
    cwd: root,
    stdio: ['inherit', stdout, 'inherit'],
  })
  if (status !== 0) process.exit(status ?? 1)
}

if (existsSync(`${root}${events}/segment-logs`)) console.log(`using the events in ${events}`)
else fletching(['gen', '--to', events, '--days', '1', '--bytes', '50MB', '--seed', '1'])

mkdirSync(`${root}${out}`, { recursive: true })
// Into a pipe the command prints JSON lines; whoever starts this wants to read the summary wherever it goes.
const isTerminal = process.stdout.isTTY === true
fletching(
  [
    'run',
    'segment-to-personalize',
    `--S3_JSON_INPUT_PATH=${events}/segment-logs`,
    `--S3_CSV_OUTPUT_PATH=${out}/interactions`,
    `--S3_PARQUET_OUTPUT_PATH=${out}/table`,
    `--report=${out}/report.json`,
  ],
  isTerminal ? 'inherit' : 'ignore',
)
if (!isTerminal) process.stdout.write(summary(JSON.parse(readFileSync(`${root}${out}/report.json`, 'utf8'))))

const csv = readFileSync(`${root}${out}/interactions/part-00000.csv`, 'utf8')
console.log(`\nThe first rows of ${out}/interactions/part-00000.csv:\n\n${csv.split('\n', 6).join('\n')}`)
console.log(`\nEvents are in ${events}, the CSV in ${out}/interactions, the Parquet table in ${out}/table,`)
console.log(`the lines that became no row in ${out}/_fletching, every figure in ${out}/report.json.`)
