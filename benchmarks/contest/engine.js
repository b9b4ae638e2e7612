// @ts-check
// A contestant: how it is started, and why it cannot take part where it cannot.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * @typedef {object} Engine
 * @property {string} name
 * @property {boolean} ours
 * @property {string} version
 * @property {string} table how the Parquet is laid out
 * @property {(task: Task) => string[]} args what Node is started with
 * @property {Readonly<Record<string, string>>} [environment]
 * @property {string} [missing] why it cannot be started
 */

/** @typedef {{ readonly input: string, readonly out: string, readonly schema?: string }} Task */

/** The repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** The folder whose `npm ci` makes the native peers available. */
export const peersFolder = join(root, 'benchmarks/peers')

export const BY_DAY = 'by day'
export const ONE_FILE = 'one file'

/**
 * The command as it is.
 *
 * @param {string} name
 * @param {(task: Task) => string[]} words
 * @returns {Engine}
 */
export function fletching(name, words) {
  const folder = join(root, 'packages/cli')
  const args = (/** @type {Task} */ task) => [join(folder, 'bin/fletching.js'), ...words(task)]
  return { name, ours: true, version: versionIn(folder), table: BY_DAY, args }
}

/**
 * A program in `peers` that needs Node alone.
 *
 * @param {string} name
 * @param {string} program
 * @param {number} threads
 * @param {string} table
 * @returns {Engine}
 */
export function node(name, program, threads, table) {
  const args = (/** @type {Task} */ { input, out, schema }) => [
    join(peersFolder, program),
    input,
    out,
    String(threads),
    ...(schema === undefined ? [] : [schema]),
  ]
  return { name, ours: false, version: process.versions.node, table, args }
}

/**
 * A program in `peers` that needs a package which is installed there.
 *
 * @param {string} name
 * @param {string} packageName
 * @param {string} program
 * @param {number} threads
 * @param {string} table
 * @returns {Engine}
 */
export function native(name, packageName, program, threads, table) {
  const folder = join(peersFolder, 'node_modules', packageName)
  const engine = node(name, program, threads, table)
  return existsSync(folder)
    ? { ...engine, version: versionIn(folder) }
    : { ...engine, version: '', missing: `${packageName} is not installed in benchmarks/peers` }
}

/** @param {string} folder */
function versionIn(folder) {
  return /** @type {string} */ (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version)
}
