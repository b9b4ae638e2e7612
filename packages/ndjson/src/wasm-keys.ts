import type { PathTrie } from './path-trie.ts'
import { type Plan, put, putText, take, writeWords } from './wasm-words.ts'

/** A key that is wanted at one or more nodes. */
export interface WantedKey {
  /** In UTF-8, with both quotes. */
  readonly text: Uint8Array
  readonly nodes: { readonly node: number; readonly parent: number; readonly depth: number }[]
}

/** All keys of a trie, each once. */
export function wantedKeys(trie: PathTrie): readonly WantedKey[] {
  const keys = new Map<string, WantedKey>()
  const visit = (parent: number, depth: number) => {
    for (const { key, node } of trie.children[parent]) {
      const name = key.join()
      if (!keys.has(name)) keys.set(name, { text: Uint8Array.of(QUOTE, ...key, QUOTE), nodes: [] })
      keys.get(name)?.nodes.push({ node, parent, depth })
      visit(node, depth + 1)
    }
  }
  visit(0, 1)
  return [...keys.values()]
}

/** Where the keys and the table of their prefixes stand in the plan. */
export interface Prefixes {
  readonly table: number
  readonly mask: number
  readonly multiplier: number
  readonly shift: number
  /** Places of the table when it is one of long prefixes, else 0. */
  readonly longCount: number
  /** The first of all keys. */
  readonly firstKey: number
}

/**
 * Writes the keys, and a hash table of what they begin with. Of few keys that are their first four bytes, without collisions; a key shorter than three bytes
 * shares its first four with what follows it, so that fewer of them count. Many keys begin alike, and would have collisions: of them it is up
 * to eight bytes, and one that finds its place taken goes to the next.
 */
export function writePrefixes(plan: Plan, wanted: readonly WantedKey[]): Prefixes {
  const shortest = Math.min(3, ...wanted.map(({ text }) => text.length - 2))
  const mask = -1 >>> (8 * (3 - shortest))
  const byPrefix = groupBy(wanted, ({ text }) => prefixView(text).getInt32(0, true) & mask)
  if (byPrefix.size > SHORT_MAX) return writeLongPrefixes(plan, wanted)
  const multiplier = findMultiplier([...byPrefix.keys()])
  if (multiplier === undefined) return writeLongPrefixes(plan, wanted)
  const table = take(plan, 8 << SHORT_BITS)
  let last = 0
  for (const [prefix, keys] of byPrefix) {
    const first = writeKeys(plan, keys, last)
    const place = table + 8 * (Math.imul(prefix, multiplier) >>> SHORT_SHIFT)
    writeWords(plan, place, [prefix, first])
    last = first
  }
  return { table, mask, multiplier, shift: SHORT_SHIFT, longCount: 0, firstKey: last }
}

function writeLongPrefixes(plan: Plan, wanted: readonly WantedKey[]): Prefixes {
  const byPrefix = groupBy(wanted, ({ text }) => prefixView(text).getBigUint64(0, true))
  const longCount = 2 ** Math.ceil(Math.log2(2 * byPrefix.size))
  const table = take(plan, LONG_PREFIX_BYTES * longCount)
  const taken = new Set<number>()
  let last = 0
  for (const [prefix, keys] of byPrefix) {
    let place = Number((BigInt.asUintN(64, prefix * LONG_PREFIX_MULTIPLIER) >> 32n) & BigInt(longCount - 1))
    while (taken.has(place)) place = (place + 1) % longCount
    taken.add(place)
    last = writeKeys(plan, keys, last)
    const halves = [BigInt.asIntN(32, prefix), BigInt.asIntN(32, prefix >> 32n)].map(Number)
    writeWords(plan, table + LONG_PREFIX_BYTES * place, [...halves, last])
  }
  return { table, mask: 0, multiplier: 0, shift: 0, longCount, firstKey: last }
}

/** Bytes that the keys of a trie and the table of their prefixes take at most. */
export function keyBytesMax(trie: PathTrie): number {
  const keys = trie.children.flat()
  const table = Math.max(8 << SHORT_BITS, keys.length <= SHORT_MAX ? 0 : 4 * LONG_PREFIX_BYTES * keys.length)
  return keys.reduce((sum, { key }) => sum + key.length + 64, table)
}

/** The bytes behind the first quote, as many as a prefix has, and zeros where there are fewer. */
function prefixView(text: Uint8Array): DataView {
  const bytes = new Uint8Array(8)
  bytes.set(text.subarray(1, 9))
  return new DataView(bytes.buffer)
}

function groupBy<K>(keys: readonly WantedKey[], prefixOf: (key: WantedKey) => K): ReadonlyMap<K, readonly WantedKey[]> {
  const groups = new Map<K, WantedKey[]>()
  for (const key of keys) groups.set(prefixOf(key), [...(groups.get(prefixOf(key)) ?? []), key])
  return groups
}

/** Writes keys that begin alike, as a chain, and gives the first of it. */
function writeKeys(plan: Plan, keys: readonly WantedKey[], after: number): number {
  let next = 0
  let last = after
  for (const key of keys) {
    next = writeKey(plan, key, next, last)
    last = next
  }
  return next
}

/** A number by which no two prefixes come to the same place. The search takes the same turns on every machine. */
function findMultiplier(prefixes: readonly number[]): number | undefined {
  let multiplier = 0x9e3779b1
  for (let turn = 0; turn < MULTIPLIER_TURNS; turn++) {
    const places = new Set(prefixes.map((prefix) => Math.imul(prefix, multiplier) >>> SHORT_SHIFT))
    if (places.size === prefixes.length) return multiplier
    multiplier = (Math.imul(multiplier, 0x2545f491) + 0x6d2b79f5) | 1
  }
  return undefined
}

function writeKey(plan: Plan, { text, nodes }: WantedKey, next: number, after: number): number {
  let first = 0
  for (const { node, parent, depth } of nodes) first = put(plan, [first, depth, node, parent])
  return put(plan, [next, text.length, putText(plan, text), first, after])
}

const QUOTE = 0x22
const MULTIPLIER_TURNS = 10_000
/** Prefixes up to which they are of four bytes, and the bits of a place in their table. */
const SHORT_MAX = 64
const SHORT_BITS = 10
const SHORT_SHIFT = 32 - SHORT_BITS
const LONG_PREFIX_BYTES = 16
/** As assembly/keys.ts has it. */
const LONG_PREFIX_MULTIPLIER = 0x9e3779b97f4a7c15n
