import { dataError, internal } from '@fletching/columns/errors'
import { checkColumnName } from './column-name.ts'

/** What stands in the name of a folder for a value that is not there. */
export const DEFAULT_PARTITION = '__HIVE_DEFAULT_PARTITION__'

/**
 * The folder of a partition, as `dt=2019-05-18`.
 *
 * - Nulls: null and the empty text are `__HIVE_DEFAULT_PARTITION__`.
 * - Errors: BAD_COLUMN_NAME (author); PARTITION_TOO_LONG (data) over 255 bytes, PARTITION_NOT_UTF8 (data) for half a character.
 * - Source: Hive's `FileUtils.escapePathName`. Beyond it NUL is escaped, and each dot that follows a dot, so that no value can
 *   leave the folder; Hive and Athena read any `%XX` back.
 */
export function hivePartition(column: string, value: string | null): string {
  checkColumnName(column)
  if (value === null || value === '') return `${column}=${DEFAULT_PARTITION}`
  if (/\p{Surrogate}/u.test(value)) {
    throw dataError('PARTITION_NOT_UTF8', 'a partition value holds half a character', { at: `column ${column}` })
  }
  const folder = `${column}=${value.replace(ESCAPED, percent)}`
  const bytes = new TextEncoder().encode(folder).length
  if (bytes > LONGEST) {
    throw dataError('PARTITION_TOO_LONG', `a partition folder would have a name of ${bytes} bytes`, {
      at: `column ${column}`,
      help: `a folder's name has at most ${LONGEST} bytes; partition by a column of shorter values, or shorten them in the job`,
    })
  }
  return folder
}

/**
 * The value that names the folder of a partition.
 *
 * - Nulls: `__HIVE_DEFAULT_PARTITION__` is null; the empty text has that folder too.
 * - Errors: internal for a folder that `hivePartition` does not give this column.
 */
export function hiveValue(column: string, folder: string): string | null {
  const start = `${column}=`
  if (!folder.startsWith(start)) throw internal(`"${folder}" is no folder of the column ${column}`)
  const value = folder.slice(start.length)
  if (value === DEFAULT_PARTITION) return null
  return value.replace(/%([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

/** Control characters, what means something in a path or a partition, and a dot after a dot. */
const ESCAPED = /[^ -~\u0080-\uffff]|["#%'*/:=?\\{[\]^]|(?<=\.)\./g
const LONGEST = 255
