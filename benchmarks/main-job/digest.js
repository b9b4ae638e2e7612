// @ts-check
// What came out, as a count and a sum of hashes: the same for the same rows in any order.
import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'

/** @typedef {'doubled' | 'backslash'} Quoting how a quote stands within quotes */
/** @typedef {{ readonly rows: number, readonly csv: string, readonly table: string }} Digest */

/** Sums up rows: as the CSV has them, in seconds, and as the table has them, in milliseconds as well. */
export class RowDigest {
  #rows = 0
  #csv = new HashSum()
  #table = new HashSum()

  /**
   * @param {string} user
   * @param {string} item
   * @param {string} event
   * @param {number} timeMs
   */
  add(user, item, event, timeMs) {
    const seconds = Math.floor(timeMs / 1000)
    this.#rows++
    this.#csv.add(csvRow(user, item, event, seconds))
    this.#table.add(tableRow(user, item, event, seconds, timeMs))
  }

  /** @returns {Digest} */
  digest() {
    return { rows: this.#rows, csv: this.#csv.text(), table: this.#table.text() }
  }
}

/**
 * The rows of a CSV file with one header.
 *
 * @param {string} file
 * @param {Quoting} quoting
 */
export function csvDigest(file, quoting) {
  const sum = new HashSum()
  const lines = readFileSync(file, 'utf8').trimEnd().split(/\r?\n/)
  const header = fieldsOf(lines[0], quoting).join()
  if (header !== 'USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP') throw new Error(`the header of ${file} is ${header}`)
  for (const line of lines.slice(1)) {
    const [user, item, event, seconds] = fieldsOf(line, quoting)
    sum.add(csvRow(user, item, event, Number(seconds)))
  }
  return { rows: lines.length - 1, sum: sum.text() }
}

/**
 * The rows of every Parquet file in a folder; a row must lie in the folder of its day if there are such folders.
 *
 * @param {string} folder
 */
export async function tableDigest(folder) {
  const sum = new HashSum()
  let rows = 0
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.parquet')) continue
    const day = /(?:^|\/)dt=([^/]+)\//.exec(name)?.[1]
    const file = await asyncBufferFromFile(join(folder, name))
    for (const row of await parquetReadObjects({ file })) {
      const timeMs = /** @type {Date} */ (row.event_time).getTime()
      if (day !== undefined && !new Date(timeMs).toISOString().startsWith(day)) throw new Error(`${name}: ${timeMs}`)
      sum.add(tableRow(row.user_id, row.item_id, row.event_type, Number(row.timestamp_s), timeMs))
      rows++
    }
  }
  return { rows, sum: sum.text() }
}

/** A sum of 64-bit hashes, which does not depend on their order. */
class HashSum {
  #sum = 0n

  /** @param {string} row */
  add(row) {
    this.#sum += hash('md5', row, 'buffer').readBigUInt64LE(0)
  }

  text() {
    return BigInt.asUintN(64, this.#sum).toString(16).padStart(16, '0')
  }
}

/**
 * @param {string} user
 * @param {string} item
 * @param {string} event
 * @param {number} seconds
 */
function csvRow(user, item, event, seconds) {
  return `${user}\0${item}\0${event}\0${seconds}`
}

/**
 * @param {string} user
 * @param {string} item
 * @param {string} event
 * @param {number} seconds
 * @param {number} timeMs
 */
function tableRow(user, item, event, seconds, timeMs) {
  return `${csvRow(user, item, event, seconds)}\0${timeMs}`
}

/**
 * The fields of a line; no value of the input holds a line end.
 * @param {string} line
 * @param {Quoting} quoting
 */
function fieldsOf(line, quoting) {
  if (!line.includes('"')) return line.split(',')
  const { field, escaped } = grammars[quoting]
  return [...line.matchAll(field)].map(([, quoted, bare]) =>
    quoted === undefined ? bare : quoted.replaceAll(escaped, '$1'),
  )
}

const grammars = {
  doubled: { field: /(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g, escaped: /"(")/g },
  backslash: { field: /(?:^|,)(?:"((?:[^"\\]|\\.)*)"|([^",]*))/g, escaped: /\\(.)/g },
}
