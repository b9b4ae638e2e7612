import { buildPathTrie, type PathTrie } from './path-trie.ts'
import type { ScanColumn, ScanField, ScanSpec, ScanType } from './spec.ts'

/** A column of the rows as the module fills it, or a field within one: structs are taken apart. */
export interface Shape {
  readonly type: ScanType
  readonly required: boolean
  readonly unfit: 'setAside' | 'null'
  /** The node of its value in the path trie. */
  readonly node: number
  /** Of a struct. */
  readonly fields: readonly Shape[]
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
  if (!outputs.every(({ type }) => isFillable(type))) return unfilledShapes(spec)
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

/** The shapes and those within them, each before its own fields: a number for each, as the writers of columns have it. */
export function allShapes(shapes: readonly Shape[]): readonly Shape[] {
  return shapes.flatMap((shape) => [shape, ...allShapes(shape.fields)])
}

function isFillable(type: ScanType): boolean {
  return type.kind === 'struct' ? type.fields.every((field) => isFillable(field.type)) : type.kind !== 'list'
}

/** The path to a value and those to the fields within it, in the order of their shapes. */
function pathsOf(path: readonly string[], type: ScanType): readonly (readonly string[])[] {
  return [path, ...fieldsOf(type).flatMap((field) => pathsOf([...path, field.key], field.type))]
}

/** Takes the nodes of a column and of what lies within it from the front of a list. */
function shapeOf({ type, unfit }: ScanColumn | ScanField, required: boolean, nodes: number[]): Shape {
  const node = nodes.shift() as number
  return { type, required, unfit, node, fields: fieldsOf(type).map((field) => shapeOf(field, false, nodes)) }
}

function fieldsOf(type: ScanType): readonly ScanField[] {
  return type.kind === 'struct' ? type.fields : []
}
