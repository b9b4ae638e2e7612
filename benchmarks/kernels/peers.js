// @ts-check
// Contestants from benchmarks/peers, when they are installed there.
import { existsSync } from 'node:fs'

const isInstalled = existsSync(new URL('../peers/node_modules', import.meta.url))
if (!isInstalled) console.log('arquero and duckdb are left out: benchmarks/peers is not installed')

/**
 * Arquero, with a table of columns; undefined when it is not installed.
 *
 * @param {Readonly<Record<string, readonly unknown[]>>} columns
 * @param {(table: any, op: any) => any} run gives a table
 * @param {string} result the column of that table that is the result
 * @returns {Promise<import('./contest.js').Contestant | undefined>}
 */
export async function arquero(columns, run, result) {
  if (!isInstalled) return undefined
  const { op, table } = await import('../peers/arquero.js')
  const input = table(columns)
  return { name: 'arquero', run: () => run(input, op), values: (output) => output.array(result) }
}

/**
 * DuckDB on one thread, with a table `input` of columns, from which `select` makes another; undefined when it is not installed.
 *
 * @param {Readonly<Record<string, { readonly type: 'VARCHAR' | 'INTEGER' | 'BOOLEAN', readonly values: readonly unknown[] }>>} columns
 * @param {string} select
 * @returns {Promise<import('./contest.js').Contestant | undefined>}
 */
export async function duckdb(columns, select) {
  if (!isInstalled) return undefined
  const { openDuckdb } = await import('../peers/duckdb-input.js')
  const { connection, close } = await openDuckdb(columns)
  return {
    name: 'duckdb',
    run: () => connection.run(`CREATE OR REPLACE TEMP TABLE output AS ${select}`),
    values: async () => (await connection.runAndReadAll('SELECT * FROM output')).getColumnsJS()[0] ?? [],
    close,
  }
}
