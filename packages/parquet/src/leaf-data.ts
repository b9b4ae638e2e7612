import type { Data } from 'apache-arrow'
import { type Entries, itemEntries, structEntries } from './entries.ts'
import type { LeafNode, SchemaNode } from './schema-nodes.ts'

/** A leaf of a batch: its values, and the entries that they belong to. */
export interface LeafData {
  readonly leaf: LeafNode
  readonly data: Data
  readonly entries: Entries
}

/**
 * The leaves of a column, in the order of their chunks; what they share is worked out once.
 *
 * - Errors: internal for a null where the schema has none.
 */
export function* leavesIn(node: SchemaNode, data: Data, entries: Entries): Generator<LeafData> {
  if (node.kind === 'leaf') yield { leaf: node, data, entries }
  else if (node.kind === 'struct') {
    const within = structEntries(entries, node, data)
    for (const [index, child] of node.children.entries()) {
      yield* leavesIn(child, rowsOf(data.children[index], 0, data.length), within)
    }
  } else {
    const { first, last } = itemRange(data)
    const items = rowsOf(data.children[0], first, last - first)
    yield* leavesIn(node.item, items, itemEntries(entries, node, data))
  }
}

/** So many rows of a child, which may be longer than what it is a child of. */
export function rowsOf(data: Data, start: number, length: number): Data {
  return data.length === length ? data : data.slice(start, length)
}

/** Where the items of a chunk's lists lie in its child; a chunk without lists may have no offsets. */
export function itemRange({ valueOffsets, length }: Data): { readonly first: number; readonly last: number } {
  const [first = 0] = valueOffsets
  return { first, last: valueOffsets[length] ?? first }
}
