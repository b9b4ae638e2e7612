import type { PathTrie } from './path-trie.ts'
import { type Plan, put, putText, take, writeWords } from './wasm-words.ts'

/** A key that is wanted at one or more nodes. */
export interface WantedKey {
  /** In UTF-8, with both quotes. */
  readonly text: Uint8Array
  readonly nodes: WantedNode[]
}

interface WantedNode {
  readonly node: number
  readonly parent: number
  readonly depth: number
  /** The last node below it. */
  readonly last: number
}

/** The keys of some nodes of a trie, each once. */
export function wantedKeys(trie: PathTrie, isWanted: (node: number) => boolean): readonly WantedKey[] {
  const keys = new Map<string, WantedKey>()
  const visit = (parent: number, depth: number) => {
    for (const { key, node } of trie.children[parent]) {
      if (isWanted(node)) {
        const name = key.join()
        if (!keys.has(name)) keys.set(name, { text: Uint8Array.of(QUOTE, ...key, QUOTE), nodes: [] })
        keys.get(name)?.nodes.push({ node, parent, depth, last: trie.last[node] })
      }
      visit(node, depth + 1)
    }
  }
  visit(0, 1)
  return [...keys.values()]
}

/** Where a search stands in the plan, 0 when there is none, and the first of all keys. */
export interface Search {
  readonly address: number
  readonly firstKey: number
}

/**
 * Writes a search for some keys, in front of those that were written before: a hash table of what they begin with. Of few keys that are their first four
 * bytes, without collisions; a key shorter than three bytes shares its first four with what follows it, so that fewer of them count. Many keys begin
 * alike, and would have collisions: of them it is up to eight bytes, and one that finds its place taken goes to the next.
 */
export function writeSearch(plan: Plan, wanted: readonly WantedKey[], before: number): Search {
  if (wanted.length === 0) return { address: 0, firstKey: before }
  const shortest = Math.min(3, ...wanted.map(({ text }) => text.length - 2))
  const mask = -1 >>> (8 * (3 - shortest))
  const byPrefix = groupBy(wanted.filter(standsAsIs), ({ text }) => prefixView(text).getInt32(0, true) & mask)
  if (byPrefix.size > SHORT_MAX) return writeLongSearch(plan, wanted, before)
  const multiplier = findMultiplier([...byPrefix.keys()])
  if (multiplier === undefined) return writeLongSearch(plan, wanted, before)
  const table = take(plan, 8 << SHORT_BITS)
  let firstKey = wanted.filter(needsEscapes).reduce((after, key) => writeKey(plan, key, 0, after), before)
  for (const [prefix, keys] of byPrefix) {
    firstKey = writeKeys(plan, keys, firstKey)
    const place = table + 8 * (Math.imul(prefix, multiplier) >>> SHORT_SHIFT)
    writeWords(plan, place, [prefix, firstKey])
  }
  return { address: put(plan, [table, 0, mask, multiplier, SHORT_SHIFT]), firstKey }
}

function writeLongSearch(plan: Plan, wanted: readonly WantedKey[], before: number): Search {
  const byPrefix = groupBy(wanted.filter(standsAsIs), ({ text }) => prefixView(text).getBigUint64(0, true))
  const count = 2 ** Math.ceil(Math.log2(2 * byPrefix.size))
  const table = take(plan, LONG_PREFIX_BYTES * count)
  const taken = new Set<number>()
  let firstKey = wanted.filter(needsEscapes).reduce((after, key) => writeKey(plan, key, 0, after), before)
  for (const [prefix, keys] of byPrefix) {
    let place = Number((BigInt.asUintN(64, prefix * LONG_PREFIX_MULTIPLIER) >> 32n) & BigInt(count - 1))
    while (taken.has(place)) place = (place + 1) % count
    taken.add(place)
    firstKey = writeKeys(plan, keys, firstKey)
    const halves = [BigInt.asIntN(32, prefix), BigInt.asIntN(32, prefix >> 32n)].map(Number)
    writeWords(plan, table + LONG_PREFIX_BYTES * place, [...halves, firstKey])
  }
  return { address: put(plan, [table, count]), firstKey }
}

/** Bytes that the keys of a trie and the tables of two searches for them take at most. */
export function keyBytesMax(trie: PathTrie): number {
  const keys = trie.children.flat()
  const tables = 2 * SEARCH_BYTES + 2 * (8 << SHORT_BITS) + 4 * LONG_PREFIX_BYTES * keys.length
  return keys.reduce((sum, { key }) => sum + key.length + 68, tables)
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

/** Whether a key can stand in a line without escapes. One that cannot is looked for among those that have some alone, lest a part of such a key pass for it. */
function standsAsIs(key: WantedKey): boolean {
  return !needsEscapes(key)
}

function needsEscapes({ text }: WantedKey): boolean {
  return text.subarray(1, -1).some((byte) => byte === QUOTE || byte === BACKSLASH || byte < BLANK)
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
  for (const { node, parent, depth, last } of nodes) first = put(plan, [first, depth, node, parent, last])
  return put(plan, [next, text.length, putText(plan, text), first, after])
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const BLANK = 0x20
const MULTIPLIER_TURNS = 10_000
/** Prefixes up to which they are of four bytes, and the bits of a place in their table. */
const SHORT_MAX = 64
const SHORT_BITS = 10
const SHORT_SHIFT = 32 - SHORT_BITS
const LONG_PREFIX_BYTES = 16
const SEARCH_BYTES = 20
/** As assembly/keys.ts has it. */
const LONG_PREFIX_MULTIPLIER = 0x9e3779b97f4a7c15n
