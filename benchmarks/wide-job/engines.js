// @ts-check
// Who takes part, and what each is given.
import { join } from 'node:path'
import { BY_DAY, fletching, native, ONE_FILE } from '../contest/engine.js'

/** @typedef {import('../contest/engine.js').Engine} Engine */

/** @returns {Engine[]} */
export function engines() {
  return [
    ours('fletching 1 worker', 1),
    ours('fletching 2 workers', 2),
    native('duckdb 1 thread', '@duckdb/node-api', 'wide-duckdb.js', 1, BY_DAY),
    native('duckdb 2 threads', '@duckdb/node-api', 'wide-duckdb.js', 2, BY_DAY),
    native('clickhouse 2 threads', 'chdb', 'wide-clickhouse.js', 2, BY_DAY),
    {
      ...native('polars 2 threads', 'nodejs-polars', 'wide-polars.js', 2, ONE_FILE),
      environment: { POLARS_MAX_THREADS: '2' },
    },
  ]
}

/**
 * @param {string} name
 * @param {number} workers
 */
function ours(name, workers) {
  return fletching(name, ({ input, out, schema }) => [
    'run',
    'segment-logs-to-parquet',
    `--S3_JSON_INPUT_PATH=${input}`,
    `--S3_PARQUET_OUTPUT_PATH=${join(out, 'table')}`,
    `--SCHEMA=${schema}`,
    `--workers=${workers}`,
  ])
}
