/** The header and records of interactions of which nothing is to be said, but that more are advised. */
export const header = 'USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP'
export const records: readonly string[] = Array.from(
  { length: 1040 },
  (_, row) => `u${row % 52},sku-${row % 17},Product Clicked,${1_558_000_000 + 7 * row}`,
)

/** A CSV of lines. */
export function csvOf(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`
}

export const good = csvOf([header, ...records])

/** The CSV with another record in the place of the one on line 500. */
export function withRecord(record: string): string {
  return csvOf([header, ...records.with(RECORD_LINE - 2, record)])
}

/** The CSV with one more column, whose value is made of the row. */
export function withColumn(name: string, valueAt: (row: number) => string): string {
  return csvOf([`${header},${name}`, ...records.map((record, row) => `${record},${valueAt(row)}`)])
}

/** Users or items: a key and one column. */
export function entities(key: string, column: string, value: (row: number) => string, count = 100): string {
  return csvOf([`${key},${column}`, ...Array.from({ length: count }, (_, row) => `e${row},${value(row)}`)])
}

/** The line, counted from 1 with the header, of the record that `withRecord` sets. */
export const RECORD_LINE = 500
