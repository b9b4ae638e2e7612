import type { Data } from 'apache-arrow'
import { type Entries, itemEntries, structEntries } from './entries.ts'
import { openRanges, type Ranges } from './ranges.ts'
import type { LeafNode, SchemaNode } from './schema-nodes.ts'
import { joinedValidity } from './validity.ts'
import type { WasmModule } from './wasm-module.ts'

/** Rows of a chunk of a column, which may be longer than what it is a child of. */
export interface ChunkRows {
  readonly data: Data
  readonly ranges: Ranges
}

/** A leaf of some rows: the chunks of its values, in order, and the entries that they belong to. */
export interface LeafRows {
  readonly leaf: LeafNode
  readonly chunks: readonly ChunkRows[]
  readonly entries: Entries
}

/**
 * The leaves of a column, in the order of their chunks in a file; what they share is worked out once.
 *
 * - Memory: uses that of the module between one leaf and the next.
 * - Errors: internal for a null where the schema has none.
 */
export function* leavesIn(
  module: WasmModule,
  node: SchemaNode,
  chunks: readonly ChunkRows[],
  entries: Entries,
): Generator<LeafRows> {
  if (node.kind === 'leaf') yield { leaf: node, chunks, entries }
  else {
    const slots = rowCount(chunks)
    const valid = joinedValidity(module, chunks, slots)
    if (node.kind === 'struct') {
      const within = structEntries(entries, node, slots, valid)
      for (const [index, child] of node.children.entries()) {
        const children = chunks.map(({ data, ranges }) => ({ data: data.children[index], ranges }))
        yield* leavesIn(module, child, children, within)
      }
    } else {
      const within = itemEntries(entries, node, slots, valid, joinedOffsets(chunks, slots))
      yield* leavesIn(module, node.item, chunks.flatMap(itemsOf), within)
    }
  }
}

/** How many rows the chunks have together. */
export function rowCount(chunks: readonly { readonly ranges: Ranges }[]): number {
  return chunks.reduce((sum, { ranges }) => sum + ranges.count, 0)
}

/** Where the items of each list start, counted from those of the first, and where the last ones end. */
function joinedOffsets(chunks: readonly ChunkRows[], lists: number): Int32Array {
  const joined = new Int32Array(lists + 1)
  let list = 0
  for (const { data, ranges } of chunks) {
    const { valueOffsets } = data
    const { pairs } = ranges
    for (let at = 0; at < pairs.length; at += 2) {
      const ahead = joined[list] - valueOffsets[pairs[at]]
      for (let row = pairs[at]; row < pairs[at + 1]; row++) joined[++list] = valueOffsets[row + 1] + ahead
    }
  }
  return joined
}

/** The items of lists; none where there are none. */
function itemsOf({ data, ranges }: ChunkRows): ChunkRows[] {
  const { valueOffsets, children } = data
  const [items] = children
  const found = openRanges(
    items.length,
    ranges.pairs.map((row) => valueOffsets[row]),
  )
  return found === undefined ? [] : [{ data: items, ranges: found }]
}
