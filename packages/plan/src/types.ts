/**
 * The types a column can have, as plain data: they can be printed, compared, and sent to a worker.
 *
 * The same interfaces serve the compiler. A frame's columns are written `{ USER_ID: TextType; ITEM_ID: TextType | null }`,
 * where `| null` says that a row may have no value; so a compiler error reads "TextType | null is not assignable to TextType".
 */
export type FieldType =
  | TextType
  | Int32Type
  | Int64Type
  | Float64Type
  | BoolType
  | TimestampType
  | DateType
  | JsonType
  | ListType
  | StructType

/** What a JSON value of another type means: the line is set aside, or the value counts as null. */
export type Otherwise = 'setAside' | 'null'

/** UTF-8 text. All but `kind` says how JSON becomes such text. */
export interface TextType {
  readonly kind: 'text'
  /** A JSON number is its text as written, or a value of another type. */
  readonly numbers: 'text' | 'unfit'
  /** Whether a text that holds CR or LF fits. */
  readonly lineBreaks: 'keep' | 'unfit'
  /** Whether the empty text is a value. */
  readonly empty: 'keep' | 'null'
  readonly otherwise: Otherwise
  /** `dictionary` for few distinct values: each is held once, rows hold its number. */
  readonly encoding: 'plain' | 'dictionary'
}

/** Whole numbers in 32 bits. */
export interface Int32Type {
  readonly kind: 'int32'
  readonly otherwise: Otherwise
}

/** Whole numbers in 64 bits. */
export interface Int64Type {
  readonly kind: 'int64'
  readonly otherwise: Otherwise
}

/** IEEE 754 double precision. */
export interface Float64Type {
  readonly kind: 'float64'
  readonly otherwise: Otherwise
}

export interface BoolType {
  readonly kind: 'bool'
  readonly otherwise: Otherwise
}

/** A moment, in milliseconds since 1970-01-01T00:00:00Z. */
export interface TimestampType {
  readonly kind: 'timestamp'
  readonly otherwise: Otherwise
}

/** A day of the calendar, in UTC. */
export interface DateType {
  readonly kind: 'date'
  readonly otherwise: Otherwise
}

/** Any JSON value but null, as the text in which it was written. */
export interface JsonType {
  readonly kind: 'json'
  readonly otherwise: Otherwise
}

export interface ListType<Item extends FieldType | null = FieldType | null> {
  readonly kind: 'list'
  readonly item: FieldType
  readonly otherwise: Otherwise
  readonly [itemOf]?: Item
}

export interface StructType<Fields extends ColumnTypes = ColumnTypes> {
  readonly kind: 'struct'
  readonly fields: readonly Field[]
  readonly otherwise: Otherwise
  readonly [fieldsOf]?: Fields
}

/** Columns by name, as the compiler sees them. */
export interface ColumnTypes {
  readonly [name: string]: FieldType | null
}

/** A named column, as the program sees it. */
export interface Field {
  readonly name: string
  readonly type: FieldType
  /** Every row has a value. In a scan: a line without one is set aside. */
  readonly required: boolean
  /** The JSON key that it is read from, where that is not its name. */
  readonly key?: string
  /** What becomes of a value that does not fit; undefined where its type alone says so. */
  readonly contract?: Contract
  /** What it tells of the place that a row came from; undefined for what is read from the line itself. */
  readonly provenance?: Provenance
}

/**
 * What a run does with a line whose value does not fit a column or a field, and what who infers a schema anew may do with its type:
 *
 * - `evolve`: the line is set aside; the type may be widened, and fields added to it;
 * - `freeze`: the run fails; the type stays;
 * - `discard-value`: the value counts as null; the type stays;
 * - `discard-row`: the line is set aside; the type stays.
 */
export type Contract = (typeof contracts)[number]
export const contracts = Object.freeze(['evolve', 'freeze', 'discard-value', 'discard-row'] as const)

/** The name of the object, the number of the line, the offset of its first byte, and the received day in the object's key. */
export type Provenance = 'file' | 'line' | 'offset' | 'keyDay'

declare const itemOf: unique symbol
declare const fieldsOf: unique symbol

/** The types that a comparison, a literal and a CSV field can have. */
export type ScalarType = Exclude<FieldType, JsonType | ListType | StructType>

/** The JavaScript values that stand for a column's value. */
export type LiteralOf<T> = T extends TextType
  ? string
  : T extends Int64Type
    ? bigint | number
    : T extends Int32Type | Float64Type
      ? number
      : T extends BoolType
        ? boolean
        : T extends TimestampType | DateType
          ? Date
          : never

/** `null` when `T` may be null, else nothing. */
export type NullOf<T> = Extract<T, null>

/** The types that computed columns have. */
export const TEXT: TextType = Object.freeze({
  kind: 'text',
  numbers: 'unfit',
  lineBreaks: 'keep',
  empty: 'keep',
  otherwise: 'setAside',
  encoding: 'plain',
})
export const INT32: Int32Type = Object.freeze({ kind: 'int32', otherwise: 'setAside' })
export const INT64: Int64Type = Object.freeze({ kind: 'int64', otherwise: 'setAside' })
export const FLOAT64: Float64Type = Object.freeze({ kind: 'float64', otherwise: 'setAside' })
export const BOOL: BoolType = Object.freeze({ kind: 'bool', otherwise: 'setAside' })
export const TIMESTAMP: TimestampType = Object.freeze({ kind: 'timestamp', otherwise: 'setAside' })
export const DATE: DateType = Object.freeze({ kind: 'date', otherwise: 'setAside' })
export const JSON_TEXT: JsonType = Object.freeze({ kind: 'json', otherwise: 'setAside' })

/** The type of a value that is computed from values of `type`: how JSON becomes it matters no longer. */
export function computed(type: FieldType): FieldType {
  return type.kind === 'text' ? TEXT : type
}

/** The type of a column under a contract. A list's items are under that of the list; the fields of a struct have their own. */
export function underContract(type: FieldType, contract: Contract): FieldType {
  const otherwise: Otherwise = contract === 'discard-value' ? 'null' : 'setAside'
  return type.kind === 'list'
    ? Object.freeze({ ...type, otherwise, item: underContract(type.item, contract) })
    : Object.freeze({ ...type, otherwise })
}

/** The same type, of which no value sets its line aside: what does not fit counts as null, at every depth. */
export function lenient(type: FieldType): FieldType {
  if (type.kind === 'list') return { ...type, otherwise: 'null', item: lenient(type.item) }
  if (type.kind !== 'struct') return { ...type, otherwise: 'null' }
  return { ...type, otherwise: 'null', fields: type.fields.map((field) => ({ ...field, type: lenient(field.type) })) }
}

/** Whether a value of the column, or one within it, can set its line aside. */
export function canSetAside(type: FieldType): boolean {
  if (type.otherwise === 'setAside') return true
  if (type.kind === 'list') return canSetAside(type.item)
  return type.kind === 'struct' && type.fields.some((field) => canSetAside(field.type))
}

/** Whether two types hold the same values; how JSON becomes them does not matter. */
export function sameType(left: FieldType, right: FieldType): boolean {
  if (left.kind === 'list' && right.kind === 'list') return sameType(left.item, right.item)
  if (left.kind === 'struct' && right.kind === 'struct') {
    return (
      left.fields.length === right.fields.length &&
      left.fields.every(
        ({ name, type }, index) => right.fields[index].name === name && sameType(type, right.fields[index].type),
      )
    )
  }
  return left.kind === right.kind
}

/** The type as `explain` and error messages write it. */
export function formatType(type: FieldType): string {
  if (type.kind === 'list') return `list<${formatType(type.item)}>`
  if (type.kind === 'struct')
    return `struct<${type.fields.map((field) => `${field.name}: ${formatType(field.type)}`).join(', ')}>`
  return type.kind
}

export function isScalar(type: FieldType): type is ScalarType {
  return type.kind !== 'json' && type.kind !== 'list' && type.kind !== 'struct'
}
