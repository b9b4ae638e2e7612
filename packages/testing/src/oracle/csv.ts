import type { OracleRow } from './segment-to-personalize.ts'

/** A field as each dialect writes it. */
const fields = {
  /** AWS Glue's writer: quoted when longer than 24 units, or when it holds a character below `-`; quotes doubled. */
  glue: (text: string) => (text.length > 24 || /[^\x2d-\uffff]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text),
  /** Amazon Personalize: quoted for comma, quote, backslash, blanks at an end; a backslash before quote and backslash. */
  personalize: (text: string) =>
    /[",\\]|^[ \t]|[ \t]$/.test(text) ? `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"` : text,
} as const

/** The rows as one CSV text, header first, in the order given. */
export function csvOf(rows: readonly OracleRow[], dialect: keyof typeof fields): string {
  const field = fields[dialect]
  const lines = rows.map(({ USER_ID, ITEM_ID, EVENT_TYPE, TIMESTAMP }) =>
    [field(USER_ID), field(ITEM_ID), field(EVENT_TYPE), String(TIMESTAMP)].join(','),
  )
  return ['USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP', ...lines, ''].join('\n')
}
