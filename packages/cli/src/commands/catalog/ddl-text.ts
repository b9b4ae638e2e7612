import type { TableSpec } from '@fletching/catalog'
import { queryWords } from '@fletching/catalog/reserved-words'

/** A statement with what is worth knowing of it before it, as comments. */
export function statement(text: string, notes: readonly string[] = []): string {
  return `${comments(notes)}${text};\n`
}

export function comments(notes: readonly string[]): string {
  return notes.map((note) => `-- ${note.replace(/\p{Cc}/gu, ' ')}\n`).join('')
}

/** Names that stand in quotes in queries. */
export function reservedNotes({ columns, partitions }: TableSpec): string[] {
  return [...columns, ...partitions]
    .filter(({ name }) => queryWords.has(name))
    .map(({ name }) => `a reserved word, in queries in quotes: "${name}"`)
}
