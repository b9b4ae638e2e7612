import { bitmapByteLength, countOnes, fillBits, getBit } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import type { SchemaNode } from './schema-nodes.ts'

/**
 * The entries of a place in the schema, with their levels. An entry is a row, or below lists an item, or a list that is null or empty and stands for
 * itself. A slot is a place in Arrow's memory. The entries whose definition level is `level` have a slot each, in order; slots of no entry lie under a
 * null, and what is in them is never looked at.
 *
 * - Source: Dremel (Melnik et al., 2010); apache/parquet-format.
 */
export interface Entries {
  readonly count: number
  readonly level: number
  /** Undefined where every entry has a slot. */
  readonly definitions?: Uint8Array | undefined
  /** Undefined where every entry is a row, and has its number as slot. */
  readonly repetitions?: Uint8Array | undefined
  /** Which slots are an entry's, as bits from bit 0 on; undefined where all are. */
  readonly live?: Uint8Array | undefined
}

/** Those of a column: rows. */
export function rowEntries(rows: number): Entries {
  return { count: rows, level: 0 }
}

/**
 * Those of a struct's children.
 *
 * - `valid`: which of its slots have a value, as bits from bit 0 on; undefined when all have.
 * - Memory: shares what stays.
 * - Errors: internal for a null where the schema has none.
 */
export function structEntries(
  entries: Entries,
  node: SchemaNode,
  slots: number,
  valid: Uint8Array | undefined,
): Entries {
  const present = presentSlots(entries, node, slots, valid)
  if (!node.isOptional) return entries
  const { count, level, definitions, live } = entries
  if (present === live || present === undefined) {
    return { ...entries, level: node.level, definitions: definitions && raised(definitions, level) }
  }
  const levels =
    definitions === undefined && live === undefined
      ? raisedByRow(present, count, level)
      : raisedInOrder(entries, present)
  return { ...entries, level: node.level, definitions: levels, live: present }
}

/**
 * Those of a list's items.
 *
 * - `valid`: which of the list's slots have a value, as bits from bit 0 on; undefined when all have.
 * - `offsets`: where the items of each list start, from 0 on, and where the last ones end.
 * - Errors: internal for a null where the schema has none.
 */
export function itemEntries(
  entries: Entries,
  node: SchemaNode,
  slots: number,
  valid: Uint8Array | undefined,
  offsets: Int32Array,
): Entries {
  const present = presentSlots(entries, node, slots, valid)
  const count = entries.count + moreItems(offsets, slots, present)
  const definitions = new Uint8Array(count)
  const repetitions = new Uint8Array(count)
  putItems(entries, offsets, present, node, definitions, repetitions)
  return { count, level: node.level + 1, definitions, repetitions, live: itemBits(offsets, slots, present) }
}

/**
 * Which slots are an entry's and have a value, as bits from bit 0 on; undefined when all are and have. It is `live` where a value can be missing in
 * slots of no entry alone.
 *
 * - `valid`: which slots have a value, in the same form.
 * - Errors: internal for a null where the schema has none.
 */
function presentSlots(
  { live }: Entries,
  node: SchemaNode,
  slots: number,
  valid: Uint8Array | undefined,
): Uint8Array | undefined {
  if (valid === undefined) return live
  const present = live === undefined ? valid : bothOf(valid, live)
  if (node.isOptional) return present
  refuseNulls(node, onesOf(live, slots) - onesOf(present, slots))
  return live
}

/** - Errors: internal for a null where the schema has none. */
export function refuseNulls({ label }: SchemaNode, nulls: number): void {
  if (nulls > 0) throw internal(`column ${label} has no nulls, but a batch came with ${nulls}`)
}

/** How many of so many bits are 1; of none, all. */
function onesOf(bits: Uint8Array | undefined, length: number): number {
  return bits === undefined ? length : countOnes(bits, 0, length)
}

function bothOf(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bits = new Uint8Array(a.length)
  for (let i = 0; i < bits.length; i++) bits[i] = a[i] & b[i]
  return bits
}

/** One level more for each entry that has a slot. */
function raised(definitions: Uint8Array, level: number): Uint8Array {
  const levels = new Uint8Array(definitions.length)
  for (let i = 0; i < levels.length; i++) levels[i] = definitions[i] === level ? level + 1 : definitions[i]
  return levels
}

/** One level more for each row that has a value, where every row has a slot. */
function raisedByRow(present: Uint8Array, rows: number, level: number): Uint8Array {
  const levels = new Uint8Array(rows)
  for (let row = 0; row < rows; row++) levels[row] = level + ((present[row >> 3] >> (row & 7)) & 1)
  return levels
}

/** One level more for each entry whose slot has a value. */
function raisedInOrder({ count, level, definitions, live }: Entries, present: Uint8Array): Uint8Array {
  const levels = new Uint8Array(count)
  let slot = 0
  for (let i = 0; i < count; i++) {
    const definition = definitions === undefined ? level : definitions[i]
    levels[i] = definition
    if (definition !== level) continue
    if (live !== undefined) while (!getBit(live, slot)) slot++
    levels[i] += (present[slot >> 3] >> (slot & 7)) & 1
    slot++
  }
  return levels
}

/** By how many the items are more than the entries of their lists. */
function moreItems(offsets: Int32Array, lists: number, present: Uint8Array | undefined): number {
  let more = 0
  for (let list = 0; list < lists; list++) {
    const items = offsets[list + 1] - offsets[list]
    if (items > 1 && (present === undefined || getBit(present, list))) more += items - 1
  }
  return more
}

/** Writes the levels of the items of each list; one without items stands for itself. */
function putItems(
  { count, level: slotLevel, definitions, repetitions, live }: Entries,
  offsets: Int32Array,
  present: Uint8Array | undefined,
  { level, depth }: SchemaNode,
  toDefinitions: Uint8Array,
  toRepetitions: Uint8Array,
): void {
  let slot = 0
  let at = 0
  for (let entry = 0; entry < count; entry++) {
    let definition = definitions === undefined ? slotLevel : definitions[entry]
    let items = 0
    if (definition === slotLevel) {
      if (live !== undefined) while (!getBit(live, slot)) slot++
      if (present === undefined || getBit(present, slot)) {
        items = offsets[slot + 1] - offsets[slot]
        definition = items === 0 ? level : level + 1
      }
      slot++
    }
    toDefinitions[at] = definition
    toRepetitions[at++] = repetitions === undefined ? 0 : repetitions[entry]
    for (let item = 1; item < items; item++) {
      toDefinitions[at] = definition
      toRepetitions[at++] = depth + 1
    }
  }
}

/** Which items lie in lists that are there; undefined when all do. */
function itemBits(offsets: Int32Array, lists: number, present: Uint8Array | undefined): Uint8Array | undefined {
  if (present === undefined || !hasHidden(offsets, lists, present)) return undefined
  const bits = new Uint8Array(bitmapByteLength(offsets[lists]))
  for (let list = 0; list < lists; list++) {
    if (getBit(present, list)) fillBits(bits, offsets[list], offsets[list + 1] - offsets[list])
  }
  return bits
}

/** Whether a list that is not there has items nevertheless. */
function hasHidden(offsets: Int32Array, lists: number, present: Uint8Array): boolean {
  for (let list = 0; list < lists; list++) {
    if (offsets[list + 1] > offsets[list] && !getBit(present, list)) return true
  }
  return false
}
