import { ARRAY, ESCAPED_STRING, FALSE, MISSING, NULL, NUMBER, OBJECT, STRING, TRUE } from './slots.ts'
import { ID_CHARACTERS } from './spec.ts'
import { allRooms, type Rooms } from './wasm-rooms.ts'
import type { Shape } from './wasm-shape.ts'

/*
 * Columns that assembly/columns.ts fills with what is common: which kind of value becomes what, and where it is then found. Of any other
 * value the writers of columns decide.
 */

/** The words of each column's entry in the plan. */
export function columnEntries(rooms: Rooms): readonly (readonly number[])[] {
  return allRooms(rooms.columns).map(({ shape, start, values, texts, textBytes }, number) => {
    const becomes = new Uint8Array(KINDS.length + 3)
    for (const [kind, action] of Object.entries(actionsOf(shape))) becomes[Number(kind)] = action
    return [shape.node, start, values, texts, textBytes, number, textBytesMax(shape), ...new Int32Array(becomes.buffer)]
  })
}

/** Of the text of an id, as many as it may have characters; what is longer may be counted. */
function textBytesMax({ type }: Shape): number {
  return 'lineBreaks' in type && type.lineBreaks === 'unfit' ? ID_CHARACTERS : 0x7fff_ffff
}

/** What each kind of value becomes, by its number; a kind that is not there is left to the writers. */
type Actions = Readonly<Record<number, number>>

/** Where there may be none, so become kinds that never fit, of a column that takes them for none. */
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
    default:
      return {}
  }
}

function allBut(...kinds: readonly number[]): readonly number[] {
  return KINDS.filter((kind) => !kinds.includes(kind))
}

const KINDS = [MISSING, NULL, STRING, ESCAPED_STRING, NUMBER, TRUE, FALSE, OBJECT, ARRAY] as const
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
