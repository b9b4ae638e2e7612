// @ts-check
import { join } from 'node:path'
import { BY_DAY } from '../contest/engine.js'
import { withDuckdb } from './duckdb.js'
import { hashed, levelsOf, quoted } from './leaves.js'
import { keyOf } from './schema.js'

/** When an event was, by the first of these that has a value. */
const MOMENTS = ['timestamp', 'receivedAt', 'sentAt', 'originalTimestamp']

/**
 * Holds the table that an engine wrote against what must come out: rows, their days, and the values of every path.
 *
 * - Errors: the first path whose values are others.
 *
 * @param {import('./engines.js').Engine} engine
 * @param {string} out
 * @param {readonly import('./schema.js').Field[]} fields
 * @param {import('./expected.js').Expected} expected
 */
export async function check({ ours, table }, out, fields, expected) {
  const nameOf = ours ? (/** @type {import('./schema.js').Field} */ { name }) => name : keyOf
  const from = `read_parquet('${join(out, 'table')}/**/*.parquet', hive_partitioning = ${table === BY_DAY}, hive_types_autocast = false)`
  await withDuckdb(async (connection) => {
    const first = async (/** @type {string} */ sql) => (await connection.runAndReadAll(sql)).getRows()[0].map(String)
    const [rows] = await first(`SELECT count(*) FROM ${from}`)
    if (rows !== String(expected.rows)) throw new Error(`another table: ${rows} rows, where ${expected.rows} are due`)
    if (table === BY_DAY) {
      const moments = MOMENTS.flatMap((key) =>
        fields.filter(
          (field) => keyOf(field) === key && (field.type === 'timestamp' || (ours && field.type === 'text')),
        ),
      )
      // Our job reads the day from a text too, where that is a moment; the peers are asked for less.
      const days = moments.map((field) => `try_cast(${quoted(nameOf(field))} AS TIMESTAMPTZ)`)
      const day = `strftime(coalesce(${days.join(', ')}), '%Y-%m-%d')`
      const [misplaced] = await first(`SELECT count(*) FROM ${from} WHERE dt IS DISTINCT FROM ${day}`)
      if (misplaced !== '0') throw new Error(`another table: ${misplaced} rows do not lie in the folder of their day`)
    }
    for (const { from: items, leaves } of levelsOf(fields, nameOf, from)) {
      const sums = leaves.flatMap(({ kind, sql }) => [
        `count(${sql})`,
        `coalesce(sum(hash(${hashed[kind](sql)})) FILTER (${sql} IS NOT NULL), 0)`,
      ])
      if (sums.length === 0) continue
      const got = await first(`SELECT ${sums.join(', ')} FROM ${items}`)
      for (const [index, { path }] of leaves.entries()) {
        const { count, sum } = expected.paths[path]
        if (got[2 * index] === String(count) && got[2 * index + 1] === sum) continue
        throw new Error(
          `another ${path}: ${got[2 * index]} values with the sum ${got[2 * index + 1]}, where ${count} with ${sum} are due`,
        )
      }
    }
  })
}
