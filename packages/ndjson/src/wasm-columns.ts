import type { PathTrie } from './path-trie.ts'
import { ARRAY, ESCAPED_STRING, FALSE, MISSING, NULL, NUMBER, OBJECT, STRING, TRUE } from './slots.ts'
import { ID_CHARACTERS, type ScanColumn, type ScanSpec } from './spec.ts'
import type { WasmModule } from './wasm-module.ts'

/*
 * Columns that assembly/columns.ts fills with what is common: which kind of value becomes what, and where it is then found. Of any other
 * value the writers of columns decide.
 */

/** The rows of a column as they lie in the module's memory, good until the next are written. */
export interface FilledColumn {
  /** How many rows are null, and how many are texts of numbers. */
  readonly counts: Int32Array
  /** For each row a byte, 0 for a null. */
  readonly validity: Uint8Array
  /** Where the text of a row ends, behind a zero; of a dictionary the number of the text; 1 for true. */
  readonly words: Int32Array
  readonly texts: Uint8Array
  readonly wholes: BigInt64Array
  readonly reals: Float64Array
}

/** The columns of the rows; none when there are too many, or one of them is of a type that is written in JavaScript alone. */
export function fillable(spec: ScanSpec): readonly ScanColumn[] {
  const outputs = spec.columns.filter(({ output }) => output)
  const isFillable = outputs.every(({ type }) => type.kind !== 'list' && type.kind !== 'struct')
  return isFillable && outputs.length <= COLUMNS_MAX ? outputs : []
}

/** The validity of the rows, unless all are valid. */
export function rowValidity({ counts, validity }: FilledColumn): Uint8Array | undefined {
  return counts[0] === 0 ? undefined : validity
}

/** Makes room for so many columns behind all else in the module's memory. */
export function openColumns(module: WasmModule, count: number): readonly FilledColumn[] {
  const { memory, COLUMNS, COLUMN_BYTES, COLUMN_VALUES, COLUMN_TEXTS, COLUMN_ROWS_MAX, COLUMN_TEXT_BYTES } = module
  const end = COLUMNS + count * COLUMN_BYTES
  memory.grow(Math.max(0, Math.ceil((end - memory.buffer.byteLength) / PAGE_BYTES)))
  const { buffer } = memory
  const rows = COLUMN_ROWS_MAX
  return Array.from({ length: count }, (_, number) => {
    const at = COLUMNS + number * COLUMN_BYTES
    const values = at + COLUMN_VALUES
    return {
      counts: new Int32Array(buffer, module.FILLED_COUNTS + 8 * number, 2),
      validity: new Uint8Array(buffer, at, rows),
      words: new Int32Array(buffer, values, rows + 1),
      texts: new Uint8Array(buffer, at + COLUMN_TEXTS, COLUMN_TEXT_BYTES),
      wholes: new BigInt64Array(buffer, values, rows),
      reals: new Float64Array(buffer, values, rows),
    }
  })
}

/** The words of each column's entry in the plan. */
export function columnEntries(spec: ScanSpec, trie: PathTrie, module: WasmModule): readonly (readonly number[])[] {
  return fillable(spec).map((column, number) => {
    const becomes = new Uint8Array(KINDS + 3)
    for (const [kind, action] of Object.entries(actionsOf(column))) becomes[Number(kind)] = action
    const target = module.COLUMNS + number * module.COLUMN_BYTES
    const node = trie.nodes[spec.columns.indexOf(column)]
    return [node, target, textBytesMax(column), ...new Int32Array(becomes.buffer)]
  })
}

/** Of the text of an id, as many as it may have characters; what is longer may be counted. */
function textBytesMax({ type }: ScanColumn): number {
  return 'lineBreaks' in type && type.lineBreaks === 'unfit' ? ID_CHARACTERS : 0x7fff_ffff
}

/** What each kind of value becomes, by its number; a kind that is not there is left to the writers. */
function actionsOf({ type, required }: ScanColumn): Readonly<Record<number, number>> {
  const none = (action: number) => (required ? {} : { [MISSING]: action, [NULL]: action })
  switch (type.kind) {
    case 'utf8':
    case 'dictionary': {
      const isWord = type.kind === 'dictionary'
      const text = type.empty === 'keep' ? AS_TEXT : required ? AS_TEXT_UNLESS_EMPTY : AS_TEXT_OR_NONE
      if (isWord) return { ...none(NO_WORD), [STRING]: text + AS_WORD - AS_TEXT }
      const number = type.numbers === 'text' ? { [NUMBER]: AS_NUMBER_TEXT } : {}
      return { ...none(NO_TEXT), [STRING]: text, [ESCAPED_STRING]: AS_UNESCAPED, ...number }
    }
    case 'json': {
      const values = [NUMBER, TRUE, FALSE, OBJECT, ARRAY].map((kind) => [kind, AS_TEXT])
      return { ...none(NO_TEXT), [STRING]: AS_QUOTED, [ESCAPED_STRING]: AS_QUOTED, ...Object.fromEntries(values) }
    }
    case 'timestamp':
      return { ...none(NO_VALUE), [STRING]: AS_MOMENT }
    case 'int64':
      return { ...none(NO_VALUE), [NUMBER]: AS_WHOLE }
    case 'float64':
      return { ...none(NO_VALUE), [NUMBER]: AS_REAL }
    case 'bool':
      return { ...none(NO_WORD), [TRUE]: AS_TRUE, [FALSE]: AS_FALSE }
    default:
      return {}
  }
}

/** What the module's memory may grow to. */
const COLUMNS_MAX = 128
const PAGE_BYTES = 65_536
const KINDS = 9
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
