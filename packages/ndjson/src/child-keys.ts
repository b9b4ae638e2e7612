/*
 * How it works: a few keys are compared one by one. More have an open hash table of numbers, at most half full, in which a place holds the hash of a
 * key and which one it is, counted from 1; a key that finds its place taken goes to the next. Keys of the input are hashed where they stand, so that
 * a look-up makes no garbage, and bytes are compared only with those of a key that has the same hash.
 *
 * Why: a schema may have thousands of fields side by side, and then lines have thousands of keys. The hash is of every byte, since keys in such
 * numbers are alike: they begin and end with the same words, and are of the same length.
 */

export interface TrieChild {
  /** The key in UTF-8. */
  readonly key: Uint8Array
  readonly node: number
}

/** The keys below a node of a trie, or those of a struct, such that one is found by its bytes. */
export interface ChildKeys {
  readonly children: readonly TrieChild[]
  /** The most bytes that a key has: what is longer need not be hashed. */
  readonly keyBytesMax: number
  /** The hash table: for each place, a hash and the number of a key; none when the keys are few. */
  readonly places: Int32Array | undefined
  /** By how many bits a hash is shifted to give its place. */
  readonly shift: number
}

/** Of several equal keys, the first is found. */
export function childKeys(children: readonly TrieChild[]): ChildKeys {
  const keyBytesMax = children.reduce((most, { key }) => Math.max(most, key.length), 0)
  if (children.length <= FEW_MAX) return { children, keyBytesMax, places: undefined, shift: 0 }
  const bits = Math.ceil(Math.log2(2 * children.length))
  const shift = 32 - bits
  const places = new Int32Array(2 << bits)
  for (const [number, { key }] of children.entries()) {
    const hash = hashOf(key, 0, key.length)
    let at = firstPlace(hash, shift)
    while (places[at + 1] !== 0) at = nextPlace(at, places)
    places[at] = hash
    places[at + 1] = number + 1
  }
  return { children, keyBytesMax, places, shift }
}

/**
 * The child whose key has these bytes, or -1.
 *
 * - Cost: that of the key's bytes, however many children there are.
 */
export function childOf(keys: ChildKeys, bytes: Uint8Array, start: number, end: number): number {
  const { children, places } = keys
  if (end - start > keys.keyBytesMax) return -1
  if (places === undefined) {
    for (let c = 0; c < children.length; c++) {
      const { key, node } = children[c]
      if (isKey(key, bytes, start, end)) return node
    }
    return -1
  }
  const hash = hashOf(bytes, start, end)
  for (let at = firstPlace(hash, keys.shift); places[at + 1] !== 0; at = nextPlace(at, places)) {
    if (places[at] !== hash) continue
    const { key, node } = children[places[at + 1] - 1]
    if (isKey(key, bytes, start, end)) return node
  }
  return -1
}

function isKey(key: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (key.length !== end - start) return false
  let i = 0
  while (i < key.length && key[i] === bytes[start + i]) i++
  return i === key.length
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193)
  return hash
}

function firstPlace(hash: number, shift: number): number {
  return 2 * (Math.imul(hash, 0x9e3779b1) >>> shift)
}

function nextPlace(at: number, places: Int32Array): number {
  return (at + 2) & (places.length - 1)
}

/** Up to so many, comparing them one by one is as fast. */
const FEW_MAX = 8
