import type { PathTrie } from './path-trie.ts'
import { ARRAY, ESCAPED_STRING, FALSE, MISSING, NULL, NUMBER, OBJECT, SLOT_SIZE, STRING, TRUE } from './slots.ts'
import { ID_CHARACTERS } from './spec.ts'
import { allRooms, type Room, type Rooms } from './wasm-rooms.ts'
import type { Shape } from './wasm-shape.ts'
import { type Plan, put, putText, take } from './wasm-words.ts'

/*
 * Columns that assembly/columns.ts fills with what is common: which kind of value becomes what, and where it is then found. Of any other
 * value the writers of columns decide.
 */

/** Where the entries of some columns stand in the plan, and where they end. */
export interface ColumnTable {
  readonly start: number
  readonly end: number
}

/** Writes the entries of all columns, those of the items of lists first. */
export function writeColumns(plan: Plan, rooms: Rooms): ColumnTable {
  const numbers = new Map(allRooms(rooms.columns).map((room, number) => [room, number]))
  return writeTable(plan, rooms.columns, numbers)
}

function writeTable(plan: Plan, rooms: readonly Room[], numbers: ReadonlyMap<Room, number>): ColumnTable {
  const entries = rooms.flatMap(withFields).map((room) => {
    const { shape, start, values, texts, textBytes } = room
    const becomes = new Uint8Array(KINDS.length + 3)
    for (const [kind, action] of Object.entries(actionsOf(shape))) becomes[Number(kind)] = action
    const items = shape.itemTrie === undefined ? 0 : writeItems(plan, room, shape.itemTrie, numbers)
    const number = numbers.get(room) as number
    const words = [shape.node, start, values, texts, textBytes, number, textBytesMax(shape)]
    return [...words, ...new Int32Array(becomes.buffer), items]
  })
  const start = put(plan, entries.flat())
  return { start, end: start + entries.length * ENTRY_BYTES }
}

/** A column and those of the fields of structs within it, which all have as many rows. */
function withFields(room: Room): readonly Room[] {
  return [room, ...(room.shape.type.kind === 'struct' ? room.inner.flatMap(withFields) : [])]
}

/** Writes what the items of a list are, and gives its address. */
function writeItems(plan: Plan, { inner }: Room, trie: PathTrie, numbers: ReadonlyMap<Room, number>): number {
  const { start, end } = writeTable(plan, inner, numbers)
  const slotsBytes = trie.nodeCount * SLOT_SIZE * 4
  const slots = take(plan, slotsBytes)
  const object = trie.nodeCount === 1 ? 0 : writeObject(plan, trie, 0, slots)
  return put(plan, [start, end, slots, slots + slotsBytes, inner[0].rows, object])
}

/** Writes the fields of an object that are wanted, and gives its address. */
function writeObject(plan: Plan, trie: PathTrie, node: number, slots: number): number {
  const slotAt = (at: number) => slots + at * SLOT_SIZE * 4
  const fields = trie.children[node].map(({ key, node }) => {
    const text = Uint8Array.of(QUOTE, ...key, QUOTE)
    const below = trie.last[node] === node ? 0 : writeObject(plan, trie, node, slots)
    return [text.length, putText(plan, text), slotAt(node), slotAt(trie.last[node] + 1), below]
  })
  return put(plan, [fields.length, ...fields.flat()])
}

/** Bytes that the columns take of a plan at most. */
export function columnBytesMax(rooms: Rooms): number {
  const items = (trie: PathTrie | undefined) =>
    trie?.children.flat().reduce((sum, { key }) => sum + key.length + 80, 64) ?? 0
  return allRooms(rooms.columns).reduce((sum, { shape }) => sum + ENTRY_BYTES + items(shape.itemTrie), 0)
}

/** Of the text of an id, as many as it may have characters; what is longer may be counted. */
function textBytesMax({ type }: Shape): number {
  return 'lineBreaks' in type && type.lineBreaks === 'unfit' ? ID_CHARACTERS : 0x7fff_ffff
}

/** What each kind of value becomes, by its number; a kind that is not there is left to the writers. */
type Actions = Readonly<Record<number, number>>

/** Where there may be none, so become kinds that never fit, of a column that takes them for none and does not count them. */
function actionsOf({ type, required, unfit }: Shape): Actions {
  const none = (action: number, neverFit: readonly number[]): Actions => {
    const kinds = required ? [] : [MISSING, NULL, ...(unfit === 'null' ? neverFit : [])]
    return Object.fromEntries(kinds.map((kind) => [kind, action]))
  }
  switch (type.kind) {
    case 'utf8':
    case 'dictionary': {
      const isWord = type.kind === 'dictionary'
      const others = [TRUE, FALSE, OBJECT, ARRAY, ...(type.numbers === 'unfit' ? [NUMBER] : [])]
      const text = type.empty === 'keep' ? AS_TEXT : required ? AS_TEXT_UNLESS_EMPTY : AS_TEXT_OR_NONE
      if (isWord)
        return { ...none(NO_WORD, others), [STRING]: text + AS_WORD - AS_TEXT, [ESCAPED_STRING]: AS_UNESCAPED_WORD }
      const number = type.numbers === 'text' ? { [NUMBER]: AS_NUMBER_TEXT } : {}
      return { ...none(NO_TEXT, others), [STRING]: text, [ESCAPED_STRING]: AS_UNESCAPED, ...number }
    }
    case 'json': {
      const values = [NUMBER, TRUE, FALSE, OBJECT, ARRAY].map((kind) => [kind, AS_TEXT])
      return { ...none(NO_TEXT, []), [STRING]: AS_QUOTED, [ESCAPED_STRING]: AS_QUOTED, ...Object.fromEntries(values) }
    }
    case 'timestamp':
      return { ...none(NO_VALUE, [NUMBER, TRUE, FALSE, OBJECT, ARRAY]), [STRING]: AS_MOMENT }
    case 'int64':
      return { ...none(NO_VALUE, allBut(NUMBER)), [NUMBER]: AS_WHOLE }
    case 'float64':
      return { ...none(NO_VALUE, allBut(NUMBER)), [NUMBER]: AS_REAL }
    case 'bool':
      return { ...none(NO_WORD, allBut(TRUE, FALSE)), [TRUE]: AS_TRUE, [FALSE]: AS_FALSE }
    case 'struct':
      return { ...none(NO_STRUCT, allBut(OBJECT)), [OBJECT]: AS_STRUCT }
    case 'list':
      return { ...none(NO_LIST, allBut(ARRAY)), [ARRAY]: AS_LIST }
  }
}

function allBut(...kinds: readonly number[]): readonly number[] {
  return KINDS.filter((kind) => !kinds.includes(kind))
}

const KINDS = [MISSING, NULL, STRING, ESCAPED_STRING, NUMBER, TRUE, FALSE, OBJECT, ARRAY] as const
const QUOTE = 0x22
const ENTRY_BYTES = 44
const NO_TEXT = 1
const NO_WORD = 2
const NO_VALUE = 3
const AS_TEXT = 4
const AS_TEXT_UNLESS_EMPTY = 5
const AS_TEXT_OR_NONE = 6
const AS_WORD = 7
const AS_MOMENT = 10
const AS_WHOLE = 11
const AS_REAL = 12
const AS_TRUE = 13
const AS_FALSE = 14
const AS_QUOTED = 15
const AS_NUMBER_TEXT = 16
const AS_UNESCAPED = 17
const NO_STRUCT = 18
const AS_STRUCT = 19
const AS_UNESCAPED_WORD = 20
const NO_LIST = 21
const AS_LIST = 22
