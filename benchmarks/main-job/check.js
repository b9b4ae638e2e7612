// @ts-check
import { join } from 'node:path'
import { csvDigest, tableDigest } from './digest.js'

/**
 * Holds what an engine wrote against the rows that must come out.
 *
 * @param {import('./engines.js').MainJobEngine} engine
 * @param {string} out
 * @param {import('./digest.js').Digest} expected
 */
export async function check({ quoting }, out, expected) {
  same('CSV', csvDigest(join(out, 'csv/part-00000.csv'), quoting), expected.rows, expected.csv)
  same('table', await tableDigest(join(out, 'table')), expected.rows, expected.table)
}

/**
 * @param {string} what
 * @param {{ readonly rows: number, readonly sum: string }} got
 * @param {number} rows
 * @param {string} sum
 */
function same(what, got, rows, sum) {
  if (got.rows === rows && got.sum === sum) return
  throw new Error(`another ${what}: ${got.rows} rows with the digest ${got.sum}, where ${rows} with ${sum} are due`)
}
