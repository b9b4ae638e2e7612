import { buildPathTrie, type PathTrie } from './path-trie.ts'
import type { ScanColumn, ScanField, ScanItem, ScanSpec, ScanType, UnfitValue } from './spec.ts'

/** A column of the rows as the module fills it, or what lies within one: structs are taken apart, and lists have columns for their items. */
export interface Shape {
  readonly type: ScanType
  readonly required: boolean
  readonly unfit: UnfitValue
  /** The node of its value in the path trie: that of the line, or of the items of the list in which it lies. */
  readonly node: number
  /** The fields of a struct, or the item of a list. */
  readonly inner: readonly Shape[]
  /** Of the items of a list; their own node is the root. */
  readonly itemTrie: PathTrie | undefined
}

/** What the module looks for in a line, and what it makes of it. */
export interface Shapes {
  readonly trie: PathTrie
  /** For each column of the specification, its node. */
  readonly nodes: readonly number[]
  /** For each column of the rows, how it is filled; none when the rows are written in JavaScript alone. */
  readonly columns: readonly Shape[]
}

/** The shapes of all columns of the rows, and a trie in which the fields of structs have nodes of their own. */
export function openShapes(spec: ScanSpec): Shapes {
  const outputs = spec.columns.filter(({ output }) => output)
  const paths = [...spec.columns.map(({ path }) => path), ...outputs.flatMap(({ path, type }) => pathsOf(path, type))]
  const trie = buildPathTrie(paths)
  const inner = trie.nodes.slice(spec.columns.length)
  return { trie, nodes: trie.nodes, columns: outputs.map((column) => shapeOf(column, column.required, inner)) }
}

/** Shapes for rows that are written in JavaScript alone. */
export function unfilledShapes(spec: ScanSpec): Shapes {
  const trie = buildPathTrie(spec.columns.map(({ path }) => path))
  return { trie, nodes: trie.nodes, columns: [] }
}

/** The path to a value and those to the fields within it, in the order of their shapes. */
function pathsOf(path: readonly string[], type: ScanType): readonly (readonly string[])[] {
  return [path, ...fieldsOf(type).flatMap((field) => pathsOf([...path, field.key], field.type))]
}

/** Takes the nodes of a column and of the structs within it from the front of a list. */
function shapeOf({ type, unfit }: ScanColumn | ScanItem, required: boolean, nodes: number[]): Shape {
  const node = nodes.shift() as number
  if (type.kind !== 'list') {
    const inner = fieldsOf(type).map((field) => shapeOf(field, false, nodes))
    return { type, required, unfit, node, inner, itemTrie: undefined }
  }
  const itemTrie = buildPathTrie(pathsOf([], type.item.type))
  return { type, required, unfit, node, inner: [shapeOf(type.item, false, [...itemTrie.nodes])], itemTrie }
}

function fieldsOf(type: ScanType): readonly ScanField[] {
  return type.kind === 'struct' ? type.fields : []
}
