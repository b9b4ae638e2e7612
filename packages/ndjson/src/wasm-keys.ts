import type { PathTrie } from './path-trie.ts'
import { type Plan, put, putText, take, writeWords } from './wasm-words.ts'

/** A key that is wanted at one or more nodes. */
interface WantedKey {
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
function wantedKeys(trie: PathTrie, isWanted: (node: number) => boolean): readonly WantedKey[] {
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
 * Writes a search for some nodes, with their keys in front of those that were written before. Of few keys it has a hash table of their first four
 * bytes, without collisions; a key shorter than three bytes shares its first four with what follows it, so that fewer of them count. Many keys begin
 * alike, and most of a line are wanted: then it is for all nodes, each found by its key and its parent.
 */
export function writeSearch(plan: Plan, trie: PathTrie, isWanted: (node: number) => boolean, before: number): Search {
  const wanted = wantedKeys(trie, isWanted)
  if (wanted.length === 0) return { address: 0, firstKey: before }
  const shortest = Math.min(3, ...wanted.map(({ text }) => text.length - 2))
  const mask = -1 >>> (8 * (3 - shortest))
  const byPrefix = groupBy(wanted.filter(standsAsIs), ({ text }) => firstBytes(text).getInt32(0, true) & mask)
  if (byPrefix.size > SHORT_MAX) return writePathSearch(plan, trie, before)
  const multiplier = findMultiplier([...byPrefix.keys()])
  if (multiplier === undefined) return writePathSearch(plan, trie, before)
  const table = take(plan, 8 << SHORT_BITS)
  let firstKey = wanted.filter(needsEscapes).reduce((after, key) => writeKey(plan, key, 0, after), before)
  for (const [prefix, keys] of byPrefix) {
    firstKey = writeKeys(plan, keys, firstKey)
    const place = table + 8 * (Math.imul(prefix, multiplier) >>> SHORT_SHIFT)
    writeWords(plan, place, [prefix, firstKey])
  }
  return { address: put(plan, [table, 0, mask, multiplier, SHORT_SHIFT]), firstKey }
}

function writePathSearch(plan: Plan, trie: PathTrie, before: number): Search {
  const places = placesFor(trie)
  const table = take(plan, PLACE_BYTES * places)
  const taken = new Set<number>()
  let firstKey = before
  for (const key of wantedKeys(trie, () => true)) {
    firstKey = writeKey(plan, key, 0, firstKey)
    if (needsEscapes(key)) continue
    const text = firstBytes(key.text)
    const words = [0, 4, 8, 12].map((at) => text.getInt32(at, true))
    for (const { node, parent, last } of key.nodes) {
      let place = placeOf(text, key.text.length - 2, parent) % places
      while (taken.has(place)) place = (place + 1) % places
      taken.add(place)
      writeWords(plan, table + PLACE_BYTES * place, [...words, node, parent, last, firstKey])
    }
  }
  return { address: put(plan, [table, places]), firstKey }
}

/** How many places the table for a trie has: a power of two, and no less than twice as many as there are nodes. */
function placesFor({ nodeCount }: PathTrie): number {
  return 2 ** Math.ceil(Math.log2(2 * nodeCount))
}

/** As assembly/paths.ts has it. */
function placeOf(text: DataView, length: number, parent: number): number {
  const mixed = text.getBigUint64(0, true) ^ BigInt(Math.min(length, PLACE_TEXT_BYTES))
  return Number(BigInt.asUintN(64, mixed * PLACE_MULTIPLIER) >> 40n) + parent * 5
}

/** Bytes that the keys of a trie and the tables of two searches for them take at most. */
export function keyBytesMax(trie: PathTrie): number {
  const keys = trie.children.flat()
  const tables = SEARCH_BYTES + Math.max(8 << SHORT_BITS, PLACE_BYTES * placesFor(trie))
  return 2 * keys.reduce((sum, { key }) => sum + key.length + 68, tables)
}

/** The bytes behind the first quote, as many as a place has, and zeros where there are fewer. */
function firstBytes(text: Uint8Array): DataView {
  const bytes = new Uint8Array(PLACE_TEXT_BYTES)
  bytes.set(text.subarray(1, 1 + PLACE_TEXT_BYTES))
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
const PLACE_BYTES = 32
const PLACE_TEXT_BYTES = 16
const PLACE_MULTIPLIER = 0x9e3779b97f4a7c15n
const SEARCH_BYTES = 20
