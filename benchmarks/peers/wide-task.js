// @ts-check
// What the programs of the wide job are asked beyond `task.js`: every field that a schema file names, by its key.
import { readFileSync } from 'node:fs'

/** @typedef {{ readonly name: string, readonly key?: string, readonly type: string, readonly fields?: readonly Field[], readonly item?: Field }} Field */

/** @type {readonly Field[]} */
export const fields = JSON.parse(readFileSync(process.argv[5], 'utf8')).fields

/** When an event was, by the first of these that has a value. */
export const moments = ['timestamp', 'receivedAt', 'sentAt', 'originalTimestamp'].filter((key) =>
  fields.some((field) => keyOf(field) === key && field.type === 'timestamp'),
)

/** @param {Field} field */
export function keyOf({ name, key = name }) {
  return key
}

/** The one of `types` that a field's type is called; a benchmark has no other kinds. @template Type @param {Readonly<Record<string, Type>>} types @param {Field} field */
export function scalarOf(types, { name, type }) {
  if (Object.hasOwn(types, type)) return types[type]
  throw new Error(`${name} is of the type ${type}; expected ${Object.keys(types).join(', ')}, struct or list`)
}
