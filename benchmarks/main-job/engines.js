// @ts-check
// Who takes part: how each is started, what it is given, and why it cannot take part where it cannot.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * @typedef {object} Engine
 * @property {string} name
 * @property {boolean} ours
 * @property {string} version
 * @property {string} table how the Parquet is laid out
 * @property {import('./digest.js').Quoting} quoting of its CSV
 * @property {(task: Task) => string[]} args what Node is started with
 * @property {Readonly<Record<string, string>>} [environment]
 * @property {string} [missing] why it cannot be started
 */

/** @typedef {{ readonly input: string, readonly csv: string, readonly table: string }} Task */

const root = fileURLToPath(new URL('../..', import.meta.url))
const peers = join(root, 'benchmarks/peers')

/** The folder whose `npm ci` makes the native peers available. */
export const peersFolder = peers

const BY_DAY = 'by day'
const ONE_FILE = 'one file'

/** @returns {Engine[]} */
export function engines() {
  return [
    fletching('fletching 1 worker', ['--workers=1']),
    fletching('fletching 2 workers', ['--workers=2']),
    fletching('fletching 2 workers parquetjs-lite', ['--workers=2', '--parquet-writer=parquetjs-lite']),
    native('duckdb 1 thread', '@duckdb/node-api', 'duckdb.js', 1, BY_DAY),
    native('duckdb 2 threads', '@duckdb/node-api', 'duckdb.js', 2, BY_DAY),
    native('clickhouse 2 threads', 'chdb', 'clickhouse.js', 2, BY_DAY),
    {
      ...native('polars 2 threads', 'nodejs-polars', 'polars.js', 2, ONE_FILE),
      environment: { POLARS_MAX_THREADS: '2' },
    },
    node('node JSON.parse 2 threads', 'node-workers.js', 2, 'one file a thread'),
    node('node JSON.parse readline', 'node-readline.js', 1, ONE_FILE),
  ]
}

/**
 * @param {string} name
 * @param {string[]} options
 * @returns {Engine}
 */
function fletching(name, options) {
  return {
    name,
    ours: true,
    version: versionIn(join(root, 'packages/cli')),
    table: BY_DAY,
    quoting: 'backslash',
    args: ({ input, csv, table }) => [
      join(root, 'packages/cli/bin/fletching.js'),
      'run',
      'segment-to-personalize',
      `--S3_JSON_INPUT_PATH=${input}`,
      `--S3_CSV_OUTPUT_PATH=${csv}`,
      `--S3_PARQUET_OUTPUT_PATH=${table}`,
      // No other engine looks at its CSV once more, as Personalize would.
      '--preflight=off',
      ...options,
    ],
  }
}

/**
 * @param {string} name
 * @param {string} program
 * @param {number} threads
 * @param {string} layout
 * @returns {Engine}
 */
function node(name, program, threads, layout) {
  return {
    name,
    ours: false,
    version: process.versions.node,
    table: layout,
    quoting: 'doubled',
    args: ({ input, csv, table }) => [join(peers, program), input, csv, table, String(threads)],
  }
}

/**
 * @param {string} name
 * @param {string} packageName
 * @param {string} program
 * @param {number} threads
 * @param {string} layout
 * @returns {Engine}
 */
function native(name, packageName, program, threads, layout) {
  const folder = join(peers, 'node_modules', packageName)
  const engine = node(name, program, threads, layout)
  return existsSync(folder)
    ? { ...engine, version: versionIn(folder) }
    : { ...engine, version: '', missing: `${packageName} is not installed in benchmarks/peers` }
}

/** @param {string} folder */
function versionIn(folder) {
  return /** @type {string} */ (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version)
}
