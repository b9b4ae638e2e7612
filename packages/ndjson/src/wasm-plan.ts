import type { LineLimits } from './line-limits.ts'
import type { PathTrie } from './path-trie.ts'
import { ARRAY, ESCAPED_STRING, FALSE, MISSING, NULL, NUMBER, OBJECT, STRING, TRUE } from './slots.ts'
import type { ScanColumn, ScanPredicate, ScanSpec } from './spec.ts'
import { columnBytesMax, writeColumns } from './wasm-columns.ts'
import { keyBytesMax, writeSearch } from './wasm-keys.ts'
import type { WasmModule } from './wasm-module.ts'
import type { Rooms } from './wasm-rooms.ts'
import type { Shape, Shapes } from './wasm-shape.ts'
import { type Plan, put, putText, take, writeWords } from './wasm-words.ts'

/*
 * What is wanted, as the words that assembly/plan.ts describes. A predicate's leaf has a byte for each kind of value, which
 * says what such a value means for it; the writers of columns say the same of single values, and are asked wherever that byte is UNKNOWN.
 */

/**
 * Writes the plan for a specification into the module's memory.
 *
 * @returns false when it is larger than the fast scanner takes.
 */
export function writePlan(
  module: WasmModule,
  spec: ScanSpec,
  { trie, columns: shapes }: Shapes,
  rooms: Rooms,
  { lineBytesMax, depthMax }: LineLimits,
): boolean {
  const { buffer } = module.memory
  const address = module.PLAN
  const byteLength = module.PLAN_BYTES
  if (trie.nodeCount > NODES_MAX || planBytes(spec, trie, rooms) > byteLength) return false
  const bytes = new Uint8Array(buffer, address, byteLength)
  const plan: Plan = { address, bytes, words: new Int32Array(buffer, address, byteLength / 4), length: HEAD_WORDS * 4 }
  // The step that wants one of some values refuses most lines: what the steps up to it look at is searched first.
  const firstSteps = 1 + spec.steps.findIndex(({ predicate }) => predicate.op === 'isIn') || spec.steps.length
  const firstNodes = nodesOfSteps(spec.steps.slice(0, firstSteps), trie)
  const isFirst = (node: number) => firstNodes.some((below) => node <= below && below <= trie.last[node])
  const firstSearch = writeSearch(plan, trie, isFirst, 0)
  const restSearch = writeSearch(plan, trie, (node) => !isFirst(node), firstSearch.firstKey)
  const steps = writeSteps(plan, spec, trie)
  const columns = writeColumns(plan, rooms)
  const ended = jsonNodes(shapes)
  const head = [
    trie.nodeCount,
    firstSearch.address,
    restSearch.address,
    spec.steps.length,
    steps,
    Math.min(lineBytesMax, 0x7fff_ffff),
    columns.start,
    columns.end,
    restSearch.firstKey,
    rooms.rows,
    depthMax,
    firstSteps,
    put(plan, [ended.length, ...ended]),
  ]
  plan.words.set(head)
  return true
}

/** The nodes of the line whose values are written as they stand, so that the ends of objects and arrays are to be known. */
function jsonNodes(shapes: readonly Shape[]): readonly number[] {
  return shapes.flatMap(({ type, node, inner }) => {
    if (type.kind === 'json') return [node]
    return type.kind === 'struct' ? jsonNodes(inner) : []
  })
}

function writeSteps(plan: Plan, { columns, steps }: ScanSpec, trie: PathTrie): number {
  const table = take(plan, steps.length * 8)
  for (const [number, { predicate, tallyColumn }] of steps.entries()) {
    const tally =
      tallyColumn === undefined || !isText(columns[tallyColumn])
        ? 0
        : putTest(plan, trie.nodes[tallyColumn], 0, textMeanings(columns[tallyColumn]))
    writeWords(plan, table + 8 * number, [putPredicate(plan, predicate, columns, trie), tally])
  }
  return table
}

/** The nodes of the values that steps look at. */
function nodesOfSteps(steps: ScanSpec['steps'], { nodes }: PathTrie): readonly number[] {
  return steps.flatMap(({ predicate, tallyColumn }) => [
    ...columnsOf(predicate).map((column) => nodes[column]),
    ...(tallyColumn === undefined ? [] : [nodes[tallyColumn]]),
  ])
}

function columnsOf(predicate: ScanPredicate): readonly number[] {
  return 'inputs' in predicate ? predicate.inputs.flatMap(columnsOf) : [predicate.column]
}

function putPredicate(plan: Plan, predicate: ScanPredicate, columns: readonly ScanColumn[], trie: PathTrie): number {
  switch (predicate.op) {
    case 'and':
    case 'or': {
      const inputs = predicate.inputs.map((input) => putPredicate(plan, input, columns, trie))
      return put(plan, [predicate.op === 'and' ? OP_AND : OP_OR, inputs.length, ...inputs])
    }
    case 'isIn': {
      const column = columns[predicate.column]
      if (!isText(column)) return putTest(plan, trie.nodes[predicate.column], 0, {})
      const texts = predicate.values.map((value) => UTF8.encode(value))
      const list = put(plan, [texts.length, ...texts.flatMap((text) => [text.length, putText(plan, text)])])
      return putTest(plan, trie.nodes[predicate.column], list, listedMeanings(column))
    }
    case 'compare':
      return putTest(plan, trie.nodes[predicate.column], 0, whereThere(UNKNOWN))
    case 'isNotNull':
      return putTest(plan, trie.nodes[predicate.column], 0, presentMeanings(columns[predicate.column]))
    case 'isNull': {
      const meanings = presentMeanings(columns[predicate.column])
      const negated = Object.entries(meanings).map(([kind, meaning]) => [kind, NEGATED[meaning]])
      return putTest(plan, trie.nodes[predicate.column], 0, Object.fromEntries(negated))
    }
  }
}

/** What each kind of value means, by its number; FALSE when it is not there. */
type Meanings = Readonly<Record<number, number>>

/** One meaning for whatever is neither missing nor null. */
function whereThere(meaning: number): Meanings {
  return Object.fromEntries(KINDS.filter((kind) => kind !== MISSING && kind !== NULL).map((kind) => [kind, meaning]))
}

function putTest(plan: Plan, node: number, list: number, meanings: Meanings): number {
  const table = new Uint8Array(KINDS.length + 3)
  for (const kind of KINDS) table[kind] = meanings[kind] ?? IS_FALSE
  return put(plan, [OP_TEST, node, list, ...new Int32Array(table.buffer)])
}

function isText({ type }: ScanColumn): boolean {
  return type.kind === 'utf8' || type.kind === 'dictionary'
}

/** When a value of a text column is a text, which is then to be tallied. */
function textMeanings({ type }: ScanColumn): Meanings {
  if (type.kind !== 'utf8' && type.kind !== 'dictionary') return {}
  return {
    [STRING]: type.empty === 'null' ? TRUE_UNLESS_EMPTY : IS_TRUE,
    [ESCAPED_STRING]: UNKNOWN,
    [NUMBER]: type.numbers === 'text' ? IS_TRUE : IS_FALSE,
  }
}

/** When a text column's value is one of some texts: one that does not fit may be, unless the column takes such values for none. */
function listedMeanings(column: ScanColumn): Meanings {
  const meanings = textMeanings(column)
  const unfit = column.unfit === 'setAside' ? UNKNOWN : IS_FALSE
  return {
    ...whereThere(unfit),
    [STRING]: meanings[STRING] === IS_TRUE ? TRUE_IF_LISTED : TRUE_IF_LISTED_UNLESS_EMPTY,
    [ESCAPED_STRING]: UNKNOWN,
    [NUMBER]: meanings[NUMBER] === IS_TRUE ? TRUE_IF_LISTED : unfit,
  }
}

/** When a column is not null: a value that does not fit is one, unless the column takes such values for none. */
function presentMeanings({ type, unfit }: ScanColumn): Meanings {
  const isNone = unfit !== 'setAside'
  const other = isNone ? IS_FALSE : IS_TRUE
  const depends = isNone ? UNKNOWN : IS_TRUE
  const meanings: Record<number, number> = Object.fromEntries(KINDS.map((kind) => [kind, other]))
  meanings[MISSING] = IS_FALSE
  meanings[NULL] = IS_FALSE
  switch (type.kind) {
    case 'utf8':
    case 'dictionary':
      meanings[STRING] = type.empty === 'null' ? TRUE_UNLESS_EMPTY : IS_TRUE
      meanings[ESCAPED_STRING] = type.lineBreaks === 'unfit' ? depends : IS_TRUE
      if (type.numbers === 'text') meanings[NUMBER] = IS_TRUE
      break
    case 'json':
      for (const kind of [STRING, ESCAPED_STRING, NUMBER, TRUE, FALSE, OBJECT, ARRAY]) meanings[kind] = IS_TRUE
      break
    case 'list':
      meanings[ARRAY] = IS_TRUE
      break
    case 'struct':
      meanings[OBJECT] = IS_TRUE
      break
    case 'bool':
      meanings[TRUE] = IS_TRUE
      meanings[FALSE] = IS_TRUE
      break
    case 'timestamp':
      meanings[STRING] = depends
      meanings[ESCAPED_STRING] = depends
      break
    default:
      meanings[NUMBER] = depends
  }
  return meanings
}

/** An upper bound of what a plan takes, so that none is begun that has no room. */
function planBytes(spec: ScanSpec, trie: PathTrie, rooms: Rooms): number {
  const predicate = (one: ScanPredicate): number => {
    if ('inputs' in one) return one.inputs.reduce((sum, input) => sum + predicate(input) + 4, 8)
    const values = one.op === 'isIn' ? one.values : []
    return values.reduce((sum, value) => sum + UTF8.encode(value).length + 28, 64)
  }
  const steps = spec.steps.reduce((sum, step) => sum + predicate(step.predicate) + 64, 0)
  return HEAD_WORDS * 4 + keyBytesMax(trie) + steps + columnBytesMax(rooms)
}

const UTF8 = new TextEncoder()
const NODES_MAX = 1024
const HEAD_WORDS = 13
const OP_AND = 0
const OP_OR = 1
const OP_TEST = 2
const KINDS = [MISSING, NULL, STRING, ESCAPED_STRING, NUMBER, TRUE, FALSE, OBJECT, ARRAY] as const
const IS_FALSE = 0
const UNKNOWN = 1
const IS_TRUE = 2
const TRUE_UNLESS_EMPTY = 3
const FALSE_UNLESS_EMPTY = 4
const TRUE_IF_LISTED = 5
const TRUE_IF_LISTED_UNLESS_EMPTY = 6
const NEGATED: Meanings = {
  [IS_FALSE]: IS_TRUE,
  [UNKNOWN]: UNKNOWN,
  [IS_TRUE]: IS_FALSE,
  [TRUE_UNLESS_EMPTY]: FALSE_UNLESS_EMPTY,
}
