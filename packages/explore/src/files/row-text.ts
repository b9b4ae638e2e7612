/** Values by column, for showing: what JSON has, and bigint, Date, bytes, Map and `RowText` beside it. */
export interface Rows {
  readonly names: readonly string[]
  /** A column that a row does not have at all is undefined in it. */
  readonly rows: readonly (readonly unknown[])[]
}

/** A value as JSON text, whose digits stay as they were written. */
export class RowText {
  readonly json: string

  constructor(json: string) {
    this.json = json
  }
}

export type Format = 'table' | 'csv' | 'json'

/**
 * Makes texts of rows that come in parts; the first part also gives the names.
 *
 * - `table`: columns three blanks apart, as wide as the first part needs; control characters as their escapes, since a terminal would obey.
 * - `csv`: RFC 4180 with LF; null is an empty field, the empty text `""`.
 * - `json`: an object a line, numbers with all their digits.
 */
export function formatRows(format: Format, names: readonly string[]): (rows: Rows['rows']) => string {
  if (format === 'json') return (rows) => rows.map((row) => `${jsonLine(names, row)}\n`).join('')
  let isFirst = true
  let widths: readonly number[] = []
  return (rows) => {
    const head = isFirst ? [names] : []
    if (format === 'csv') {
      isFirst = false
      return [...head.map((line) => line.map(csvName)), ...rows.map((row) => names.map((_, n) => csvField(row[n])))]
        .map((fields) => `${fields.join(',')}\n`)
        .join('')
    }
    const cells = [...head, ...rows].map((row) => names.map((_, n) => visible(plain(row[n]))))
    if (isFirst) widths = names.map((_, n) => Math.max(...cells.map((line) => characters(line[n]))))
    isFirst = false
    return cells.map((line) => `${alignedLine(line, widths)}\n`).join('')
  }
}

function jsonLine(names: readonly string[], row: readonly unknown[]): string {
  const members = names.flatMap((name, n) => (row[n] === undefined ? [] : [`${JSON.stringify(name)}:${json(row[n])}`]))
  return `{${members.join(',')}}`
}

function json(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (value instanceof RowText) return value.json
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'null' : JSON.stringify(value)
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'))
  if (Array.isArray(value)) return `[${value.map(json).join(',')}]`
  if (value instanceof Map) return object([...(value as Map<unknown, unknown>)].map(([key, of]) => [plain(key), of]))
  if (typeof value === 'object') return object(Object.entries(value))
  return JSON.stringify(value)
}

function object(members: readonly (readonly [string, unknown])[]): string {
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${json(value)}`).join(',')}}`
}

/** A value as people write it: a text without quotes, and nothing for null. */
function plain(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  const text = json(value)
  return text.startsWith('"') ? (JSON.parse(text) as string) : text
}

function csvField(value: unknown): string {
  const text = plain(value)
  if (text === '') return value === null || value === undefined ? '' : '""'
  return csvName(text)
}

function csvName(text: string): string {
  return /[",\r\n]|^$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function alignedLine(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, n) => cell + ' '.repeat(Math.max(0, widths[n] - characters(cell))))
    .join('   ')
    .trimEnd()
}

function characters(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) =>
    JSON.stringify(control)
      .slice(1, -1)
      .replace(/^\P{ASCII}|^\x7f/u, escaped),
  )
}

function escaped(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`
}
