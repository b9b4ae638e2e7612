import { type Form, type Plain, type Random, randomValues, vectorOf } from '@fletching/testing'
import {
  Bool,
  type Data,
  DataType,
  DateDay,
  Dictionary,
  Field,
  Float64,
  Int32,
  Int64,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  TimestampMillisecond,
  Utf8,
} from 'apache-arrow'

type Row = { readonly [name: string]: Plain }

/** A field of a struct or a schema, null or not. */
export const field = (name: string, type: DataType, nullable = true) => new Field(name, type, nullable)

/** A list, of items that may be null or not. */
export const listOf = (type: DataType, nullable = true) => new List(new Field('item', type, nullable))

export const structOf = (...fields: readonly Field[]) => new Struct([...fields])

/** A batch of rows; where they lie in memory as a slice, wrong values lie under every null and around them. */
export function nestedBatch(fields: readonly Field[], rows: readonly Row[], form: Form = 'plain'): RecordBatch {
  const children = fields.map(({ name, type }) => {
    const values = rows.map((row) => row[name])
    return vectorOf<DataType>(type, values, form).data[0] as Data
  })
  const schema = new Schema([...fields])
  return new RecordBatch(
    schema,
    makeData({ type: new Struct([...fields]), length: rows.length, nullCount: 0, children }),
  )
}

/** Columns of random types, nested at most so deep. */
export function randomFields(random: Random, columns: number, depth: number): Field[] {
  return Array.from({ length: columns }, (_, column) =>
    field(`c${column}`, randomType(random, depth), nullable(random)),
  )
}

function randomType(random: Random, depth: number): DataType {
  const kind = depth === 0 ? 'leaf' : random.pick(['struct', 'list', 'struct', 'list', 'leaf'] as const)
  if (kind === 'leaf') return random.pick(LEAVES)
  if (kind === 'list') return listOf(randomType(random, depth - 1), nullable(random))
  const fields = Array.from({ length: 1 + random.below(3) }, (_, at) =>
    field(`f${at}`, randomType(random, depth - 1), nullable(random)),
  )
  return structOf(...fields)
}

const nullable = (random: Random) => random.below(4) > 0

/** Rows of those columns, with nulls and empty lists everywhere where they may be. */
export function randomRows(random: Random, fields: readonly Field[], count: number): Row[] {
  const nulls = random.pick([0, 1, 3, 8])
  const items = random.pick([2, 4, 9])
  const draw = ({ type, nullable }: Field): Plain => {
    if (nullable && random.below(10) < nulls) return null
    if (DataType.isStruct(type)) return rowOf((type as Struct).children)
    if (!DataType.isList(type)) return randomValues(random, type, 1, 0)[0]
    return Array.from({ length: random.below(items) }, () => draw((type as List).children[0]))
  }
  const rowOf = (of: readonly Field[]) => Object.fromEntries(of.map((one) => [one.name, draw(one)]))
  return Array.from({ length: count }, () => rowOf(fields))
}

/** A value or a null of a leaf, with its levels. */
export interface Entry {
  readonly repetition: number
  readonly definition: number
  readonly value: Plain
}

/** The entries of every leaf, as the paper on Dremel has them: the slow way. */
export function shred(fields: readonly Field[], rows: readonly Row[]): Entry[][] {
  const parts = rows.map((row) => fields.flatMap((one) => shredValue(one, row[one.name], 0, 0, 0)))
  return joined(parts)
}

function shredValue(
  { type, nullable }: Field,
  value: Plain,
  repetition: number,
  level: number,
  depth: number,
): Entry[][] {
  const definition = level + (nullable ? 1 : 0)
  if (value === null) return leavesOf(type).map(() => [{ repetition, definition: level, value }])
  if (DataType.isStruct(type)) {
    return (type as Struct).children.flatMap((child) =>
      shredValue(child, (value as Row)[child.name], repetition, definition, depth),
    )
  }
  if (!DataType.isList(type)) return [[{ repetition, definition, value }]]
  const [item] = (type as List).children
  const items = value as readonly Plain[]
  if (items.length === 0) return leavesOf(type).map(() => [{ repetition, definition, value: null }])
  return joined(
    items.map((one, at) => shredValue(item, one, at === 0 ? repetition : depth + 1, definition + 1, depth + 1)),
  )
}

function joined(parts: readonly Entry[][][]): Entry[][] {
  return parts[0].map((_, leaf) => parts.flatMap((part) => part[leaf]))
}

/** The types of all leaves, and the greatest of their levels. */
export function leavesOf(
  type: DataType,
  level = 0,
  depth = 0,
): { readonly type: DataType; readonly level: number; readonly depth: number }[] {
  if (!DataType.isStruct(type) && !DataType.isList(type)) return [{ type, level, depth }]
  const more = DataType.isList(type) ? 1 : 0
  return (type as Struct | List).children.flatMap((child: Field) =>
    leavesOf(child.type, level + more + (child.nullable ? 1 : 0), depth + more),
  )
}

const LEAVES: readonly DataType[] = [
  new Utf8(),
  new Utf8(),
  new Dictionary(new Utf8(), new Int32()),
  new Int64(),
  new Int32(),
  new Float64(),
  new Bool(),
  new TimestampMillisecond('UTC'),
  new DateDay(),
]
