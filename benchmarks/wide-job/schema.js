// @ts-check
// The schema of a set, as `fletching schema infer` finds it.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../contest/engine.js'

/**
 * A field of a schema file.
 * @typedef {object} Field
 * @property {string} name
 * @property {string} [key] of the JSON, where it is not the name
 * @property {string} type
 * @property {readonly Field[]} [fields] of a struct
 * @property {Field} [item] of a list
 */

/**
 * The schema file of a set, made if it is not there, beside its input.
 *
 * Two kinds of fields are left out for everybody: one whose key differs from one before it in case alone, since a struct of DuckDB does not hold
 * both, and one whose key is not ASCII, which ClickHouse does not find where the JSON has it with escapes.
 *
 * @param {string} folder
 * @param {import('../contest/inputs.js').SetName} set
 */
export function schemaOf(folder, set) {
  const file = join(folder, `${set}.schema.json`)
  if (!existsSync(file)) {
    const command = join(root, 'packages/cli/bin/fletching.js')
    const input = join(folder, set === 'whole' ? 'plain' : set)
    const text = execFileSync(process.execPath, [command, 'schema', 'infer', input], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const { name, fields } = JSON.parse(text)
    writeFileSync(`${file}.new`, JSON.stringify({ name, fields: readable(fields) }, null, 2))
    renameSync(`${file}.new`, file)
  }
  const { fields } = JSON.parse(readFileSync(file, 'utf8'))
  return { file, fields: /** @type {readonly Field[]} */ (fields) }
}

/** @param {readonly Field[]} fields @returns {Field[]} */
function readable(fields) {
  const lower = fields.map((field) => keyOf(field).toLowerCase())
  return fields
    .filter((_, index) => lower.indexOf(lower[index]) === index && /^[\x20-\x7e]*$/.test(lower[index]))
    .map(readableWithin)
}

/** @param {Field} field @returns {Field} */
function readableWithin(field) {
  if (field.fields !== undefined) return { ...field, fields: readable(field.fields) }
  return field.item === undefined ? field : { ...field, item: readableWithin(field.item) }
}

/** The key of the JSON that a field is read from. @param {Field} field */
export function keyOf({ name, key = name }) {
  return key
}
