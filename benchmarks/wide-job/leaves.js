// @ts-check
// The fields of a schema that hold values: what they are called in the JSON, and how DuckDB reads them from a table.
import { keyOf } from './schema.js'

/** @typedef {import('./schema.js').Field} Field */
/** @typedef {'text' | 'int64' | 'float64' | 'bool' | 'timestamp'} Kind */
/** @typedef {{ readonly path: string, readonly kind: Kind, readonly sql: string }} Leaf a path of JSON keys, and its value in SQL */
/** @typedef {{ readonly from: string, readonly leaves: readonly Leaf[] }} Level rows of a table, or items of a list in them */

/** The value that is hashed, of one that `sql` gives. @type {Readonly<Record<Kind, (sql: string) => string>>} */
export const hashed = {
  text: (sql) => `CAST(${sql} AS VARCHAR)`,
  int64: (sql) => `CAST(${sql} AS BIGINT)`,
  float64: (sql) => `CAST(${sql} AS DOUBLE)`,
  bool: (sql) => `CAST(${sql} AS BOOLEAN)`,
  timestamp: (sql) => `epoch_ms(CAST(${sql} AS TIMESTAMPTZ))`,
}

/**
 * The leaves of the columns of a table, and of the lists within them.
 *
 * @param {readonly Field[]} fields
 * @param {(field: Field) => string} nameOf what a field is called in the table
 * @param {string} from
 * @returns {Level[]}
 */
export function levelsOf(fields, nameOf, from) {
  return level(fields.map((field) => ({ field, path: keyOf(field), sql: quoted(nameOf(field)) })))

  /** @param {{ field: Field, path: string, sql: string }[]} columns @returns {Level[]} */
  function level(columns, rows = from) {
    const leaves = []
    const lists = []
    for (let at = 0; at < columns.length; at++) {
      const { field, path, sql } = columns[at]
      if (field.item !== undefined) {
        const items = `(SELECT unnest(${sql}) AS item FROM ${rows})`
        lists.push(...level([{ field: field.item, path: `${path}[]`, sql: 'item' }], items))
      } else if (field.fields === undefined) {
        leaves.push({ path, kind: kindOf(field, path), sql })
      } else {
        for (const inner of field.fields)
          columns.push({ field: inner, path: `${path}.${keyOf(inner)}`, sql: `${sql}[${literal(nameOf(inner))}]` })
      }
    }
    return [{ from: rows, leaves }, ...lists]
  }
}

/** @param {Field} field @param {string} path */
function kindOf({ type }, path) {
  if (Object.hasOwn(hashed, type)) return /** @type {Kind} */ (type)
  throw new Error(`${path} is of the type ${type}; expected ${Object.keys(hashed).join(', ')}, struct or list`)
}

/** @param {string} name */
export function quoted(name) {
  return `"${name.replaceAll('"', '""')}"`
}

/** @param {string} text */
function literal(text) {
  return `'${text.replaceAll("'", "''")}'`
}
