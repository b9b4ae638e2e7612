import { type ChildKeys, childKeys, type TrieChild } from './child-keys.ts'
import { SLOT_SIZE, type Slots } from './slots.ts'

/**
 * The wanted paths as a tree of keys. Nodes are numbered from the root, 0, parents first, and what lies below a node has the
 * numbers up to its `last`: so a repeated key can clear all that its earlier value had left.
 */
export interface PathTrie {
  readonly nodeCount: number
  /** For each node, its children. */
  readonly children: readonly (readonly TrieChild[])[]
  /** For each node, the keys of its children. */
  readonly keys: readonly ChildKeys[]
  /** For each node, the last node below it, or itself. */
  readonly last: Int32Array
  /** The node at the end of each path, in the order in which the paths were given. */
  readonly nodes: readonly number[]
}

interface Branch {
  readonly branches: Map<string, Branch>
  node: number
}

/** Builds the tree of some paths; equal paths share a node. */
export function buildPathTrie(paths: readonly (readonly string[])[]): PathTrie {
  const root: Branch = { branches: new Map(), node: 0 }
  const ends = paths.map((path) => path.reduce((branch, name) => branchOf(branch, name), root))
  const children: TrieChild[][] = []
  const last: number[] = []
  number(root)
  return {
    nodeCount: children.length,
    children,
    keys: children.map(childKeys),
    last: Int32Array.from(last),
    nodes: ends.map(({ node }) => node),
  }

  function number(branch: Branch): void {
    branch.node = children.length
    const own: TrieChild[] = []
    children.push(own)
    last.push(0)
    for (const [name, below] of branch.branches) {
      number(below)
      own.push({ key: UTF8.encode(name), node: below.node })
    }
    last[branch.node] = children.length - 1
  }
}

function branchOf(branch: Branch, name: string): Branch {
  const known = branch.branches.get(name)
  if (known !== undefined) return known
  const made: Branch = { branches: new Map(), node: 0 }
  branch.branches.set(name, made)
  return made
}

/** Notes a value at a node, in place of all that an earlier value of the same key has left. */
export function fillSlot(trie: PathTrie, slots: Slots, node: number, kind: number, start: number, end: number): void {
  const at = node * SLOT_SIZE
  if (slots[at] !== 0) slots.fill(0, at, (trie.last[node] + 1) * SLOT_SIZE)
  slots[at] = kind
  slots[at + 1] = start
  slots[at + 2] = end
}

const UTF8 = new TextEncoder()
