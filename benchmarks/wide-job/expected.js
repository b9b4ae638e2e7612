// @ts-check
// What must come out of a set of input, found with JSON.parse: how many values there are at each path, and the sum of their hashes. The hash is
// that of DuckDB, which reads the tables back; here it is given the values themselves.
import { createHash } from 'node:crypto'
import { linesOf } from '../contest/inputs.js'
import { withDuckdb } from './duckdb.js'
import { hashed, levelsOf } from './leaves.js'
import { keyOf } from './schema.js'

/** @typedef {{ readonly count: number, readonly sum: string }} Sum */
/** @typedef {{ readonly rows: number, readonly values: number, readonly table: string, readonly paths: Readonly<Record<string, Sum>> }} Expected */

/** So many different values are held before they are summed up. */
const VALUES_HELD = 400_000

/**
 * @param {string} folder
 * @param {import('../contest/inputs.js').SetName} set
 * @param {readonly import('./schema.js').Field[]} fields
 * @returns {Promise<Expected>}
 */
export function expectedOf(folder, set, fields) {
  return withDuckdb(async (connection) => {
    const leaves = levelsOf(fields, keyOf, 'input').flatMap((level) => level.leaves)
    await connection.run('CREATE TABLE held (path VARCHAR, kind VARCHAR, value VARCHAR, times BIGINT)')
    await connection.run('CREATE TABLE summed (path VARCHAR, count HUGEINT, sum HUGEINT)')
    const values = new Values(leaves.map(({ path }) => path))
    let rows = 0
    for (const line of linesOf(folder, set)) {
      values.addObject(JSON.parse(line), fields, '')
      rows++
      if (values.held >= VALUES_HELD) await sumUp()
    }
    await sumUp()
    const summed = await connection.runAndReadAll(
      'SELECT path, sum(count)::VARCHAR, sum(sum)::VARCHAR FROM summed GROUP BY path',
    )
    const found = new Map(
      summed.getRows().map(([path, count, sum]) => [path, { count: Number(count), sum: String(sum) }]),
    )
    const paths = Object.fromEntries(leaves.map(({ path }) => [path, found.get(path) ?? { count: 0, sum: '0' }]))
    const table = createHash('sha256').update(JSON.stringify(paths)).digest('hex').slice(0, 16)
    return { rows, values: Object.values(paths).reduce((all, { count }) => all + count, 0), table, paths }

    async function sumUp() {
      const appender = await connection.createAppender('held')
      for (const { path, kind } of leaves) {
        for (const [value, times] of values.take(path)) {
          appender.appendVarchar(path)
          appender.appendVarchar(kind)
          appender.appendVarchar(value)
          appender.appendBigInt(BigInt(times))
          appender.endRow()
        }
      }
      appender.closeSync()
      const kinds = Object.entries(hashed).map(([kind, sql]) => `WHEN '${kind}' THEN hash(${sql('value')})`)
      await connection.run(`INSERT INTO summed
        SELECT path, sum(times), sum(times * CAST(CASE kind ${kinds.join(' ')} END AS HUGEINT)) FROM held GROUP BY path`)
      await connection.run('TRUNCATE held')
    }
  })
}

/** The different values of each path, as texts, and how often each was there. */
class Values {
  held = 0
  /** @type {Map<string, Map<string, number>>} */
  #paths

  /** @param {readonly string[]} paths */
  constructor(paths) {
    this.#paths = new Map(paths.map((path) => [path, new Map()]))
  }

  /**
   * @param {Record<string, unknown>} object
   * @param {readonly import('./schema.js').Field[]} fields
   * @param {string} prefix
   */
  addObject(object, fields, prefix) {
    for (const field of fields) this.#add(object[keyOf(field)], field, prefix + keyOf(field))
  }

  /**
   * @param {any} value
   * @param {import('./schema.js').Field} field
   * @param {string} path
   */
  #add(value, field, path) {
    if (value === null || value === undefined) return
    if (field.fields !== undefined) this.addObject(value, field.fields, `${path}.`)
    else if (field.item !== undefined) for (const item of value) this.#add(item, field.item, `${path}[]`)
    else {
      const values = /** @type {Map<string, number>} */ (this.#paths.get(path))
      const text = field.type === 'timestamp' ? new Date(value).toISOString() : String(value)
      const times = values.get(text)
      if (times === undefined) this.held++
      values.set(text, (times ?? 0) + 1)
    }
  }

  /** The values of a path, which are forgotten. @param {string} path */
  take(path) {
    const values = /** @type {Map<string, number>} */ (this.#paths.get(path))
    this.#paths.set(path, new Map())
    this.held -= values.size
    return values
  }
}
