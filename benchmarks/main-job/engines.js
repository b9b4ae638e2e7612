// @ts-check
// Who takes part, and what each is given.
import { join } from 'node:path'
import { BY_DAY, fletching, native, node, ONE_FILE } from '../contest/engine.js'

/** @typedef {import('../contest/engine.js').Engine & { readonly quoting: import('./digest.js').Quoting }} MainJobEngine */

/** @returns {MainJobEngine[]} */
export function engines() {
  return [
    ours('fletching 1 worker', ['--workers=1']),
    ours('fletching 2 workers', ['--workers=2']),
    ours('fletching 2 workers parquetjs-lite', ['--workers=2', '--parquet-writer=parquetjs-lite']),
    peer(native('duckdb 1 thread', '@duckdb/node-api', 'duckdb.js', 1, BY_DAY)),
    peer(native('duckdb 2 threads', '@duckdb/node-api', 'duckdb.js', 2, BY_DAY)),
    peer(native('clickhouse 2 threads', 'chdb', 'clickhouse.js', 2, BY_DAY)),
    {
      ...peer(native('polars 2 threads', 'nodejs-polars', 'polars.js', 2, ONE_FILE)),
      environment: { POLARS_MAX_THREADS: '2' },
    },
    peer(node('node JSON.parse 2 threads', 'node-workers.js', 2, 'one file a thread')),
    peer(node('node JSON.parse readline', 'node-readline.js', 1, ONE_FILE)),
  ]
}

/**
 * @param {string} name
 * @param {string[]} options
 * @returns {MainJobEngine}
 */
function ours(name, options) {
  const engine = fletching(name, ({ input, out }) => [
    'run',
    'segment-to-personalize',
    `--S3_JSON_INPUT_PATH=${input}`,
    `--S3_CSV_OUTPUT_PATH=${join(out, 'csv')}`,
    `--S3_PARQUET_OUTPUT_PATH=${join(out, 'table')}`,
    // No other engine looks at its CSV once more, as Personalize would.
    '--preflight=off',
    ...options,
  ])
  return { ...engine, quoting: 'backslash' }
}

/** @param {import('../contest/engine.js').Engine} engine @returns {MainJobEngine} */
function peer(engine) {
  return { ...engine, quoting: 'doubled' }
}
