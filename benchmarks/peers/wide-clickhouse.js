// @ts-check
// ClickHouse, as chdb: one scan with all columns and their types, inserted as it is read. A struct is a tuple that cannot be null; its fields can.
import chdb from 'chdb'
import { inputGlob, makeFolders, table, threadCount } from './task.js'
import { fields, keyOf, moments, scalarOf } from './wide-task.js'

const scalars = { text: 'String', int64: 'Int64', float64: 'Float64', bool: 'Bool', timestamp: "DateTime64(3, 'UTC')" }

makeFolders()
const session = new chdb.Session()
session.query(`SET max_threads = ${threadCount}, max_insert_threads = ${threadCount},
  input_format_skip_unknown_fields = 1, input_format_json_ignore_unknown_keys_in_named_tuple = 1,
  date_time_input_format = 'best_effort', output_format_parquet_compression_method = 'snappy'`)
const structure = fields.map((field) => `${quoted(keyOf(field))} ${typeOf(field)}`).join(', ')
session.query(`
  INSERT INTO FUNCTION file('${table}/dt={_partition_id}/part-00000.parquet', 'Parquet', $$${structure}$$)
  PARTITION BY toString(toDate(coalesce(${moments.map(quoted).join(', ')})))
  SELECT * FROM file('${inputGlob}', 'JSONEachRow', $$${structure}$$)`)
session.close()

/** @param {import('./wide-task.js').Field} field @returns {string} */
function typeOf(field) {
  if (field.item !== undefined) return `Array(${typeOf(field.item)})`
  if (field.fields === undefined) return `Nullable(${scalarOf(scalars, field)})`
  return `Tuple(${field.fields.map((inner) => `${quoted(keyOf(inner))} ${typeOf(inner)}`).join(', ')})`
}

/** @param {string} name */
function quoted(name) {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``
}
