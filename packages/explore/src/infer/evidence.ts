import type { FieldType } from '@fletching/plan'
import type { FieldNode } from './field-node.ts'
import { type Kind, kinds, type Place } from './kinds.ts'

/** What stood at one path of the events, and what was made of it. No content: keys alone. */
export interface FieldEvidence {
  /** Of keys, as `properties.products[].price`; one with odd characters stands in backticks. */
  readonly path: string
  /** Of names, where it is a column or a field of one. */
  readonly column: string | null
  /** Values, null among them. */
  readonly present: number
  readonly null: number
  /** Objects that lack the key; 0 of the items of a list. */
  readonly missing: number
  readonly kinds: Partial<Readonly<Record<Kind, { readonly count: number; readonly first: Place }>>>
  /** As a schema file calls it; null where there is no column. */
  readonly type: string | null
  readonly why: string
}

/** How often a kind was seen, and where first, for each that was. */
export function kindsSeen(node: FieldNode): FieldEvidence['kinds'] {
  return Object.fromEntries(
    kinds
      .filter((kind) => node.count(kind) > 0)
      .map((kind) => [kind, { count: node.count(kind), first: node.first(kind) }]),
  )
}

/** A type in a word or two. */
export function typeName(type: FieldType): string {
  if (type.kind === 'list') return `list of ${typeName(type.item)}`
  return type.kind === 'text' && type.numbers === 'text' ? 'text with numbers as text' : type.kind
}

export function formatPlace({ object, line, byteOffset }: Place): string {
  return `${object} line ${line}, byte ${byteOffset}`
}
