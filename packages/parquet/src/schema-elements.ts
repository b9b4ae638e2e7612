import type { Schema } from 'apache-arrow'
import type { SchemaElement } from 'hyparquet'
import { type LeafNode, repetitionOf, type SchemaNode, schemaNodes } from './schema-nodes.ts'

/**
 * The Parquet schema of an Arrow schema: a root, and below it the columns, with both the converted and the logical type of each.
 *
 * - Errors: those of `schemaNodes`.
 */
export function schemaElements(schema: Schema): SchemaElement[] {
  const nodes = schemaNodes(schema)
  return [{ name: 'schema', num_children: nodes.length }, ...nodes.flatMap(elementsOf)]
}

/** Those that have values, in the order of their column chunks. */
export function leavesOf(nodes: readonly SchemaNode[]): LeafNode[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'leaf') return [node]
    return leavesOf(node.kind === 'struct' ? node.children : [node.item])
  })
}

/** A list is two groups, as the format has it: one that may be null, and one that is repeated for each item. */
function elementsOf(node: SchemaNode): SchemaElement[] {
  if (node.kind === 'leaf') return [node.element]
  const group = { name: node.name, repetition_type: repetitionOf(node.isOptional) }
  if (node.kind === 'struct') {
    return [{ ...group, num_children: node.children.length }, ...node.children.flatMap(elementsOf)]
  }
  return [
    { ...group, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    ...elementsOf(node.item),
  ]
}
