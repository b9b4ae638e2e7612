import { authorError } from '@fletching/columns/errors'
import {
  type BoolType,
  type ColumnTypes,
  type Contract,
  contracts,
  type DateType,
  type Field,
  type FieldType,
  type Float64Type,
  type Int32Type,
  type Int64Type,
  type JsonType,
  type ListType,
  type Otherwise,
  type StructType,
  type TextType,
  type TimestampType,
  underContract,
} from './types.ts'

/** How the author declares a column: its type, and whether every row has a value. `T` holds `null` until `required()`. */
export class Declared<T extends FieldType | null> {
  readonly type: FieldType
  readonly isRequired: boolean
  /** What else a field holds beside its type. */
  readonly field: Pick<Field, 'key' | 'contract'>
  declare readonly [declaredAs]: T

  constructor(type: FieldType, isRequired: boolean, field: Pick<Field, 'key' | 'contract'> = {}) {
    this.type = type
    this.isRequired = isRequired
    this.field = Object.freeze(field)
    Object.freeze(this)
  }

  /** Every row has a value: a scan sets a line aside that lacks one, a sink refuses a column that may be null. */
  required(): Declared<Exclude<T, null>> {
    return new Declared<Exclude<T, null>>(this.type, true, this.field)
  }

  /**
   * The key that the value has in JSON, where it is not the column's name.
   *
   * - Errors: BAD_KEY (author) for what is no text.
   *
   * @example
   * ```ts
   * const users = schema('users', { user_id: id().from('userId') })
   * assert.equal(users.fields[0].key, 'userId')
   * ```
   */
  from(key: string): Declared<T> {
    if (typeof key === 'string') return new Declared<T>(this.type, this.isRequired, { ...this.field, key })
    throw authorError('BAD_KEY', `from got ${typeof key} where a key is wanted`, {
      help: "expected the key as it stands in JSON, as in text().from('userId')",
    })
  }

  /**
   * What becomes of a value that does not fit: see `Contract`.
   *
   * - Errors: BAD_OPTION (author) for a word that is none.
   */
  contract(contract: Contract): Declared<T> {
    if (contracts.includes(contract)) {
      return new Declared<T>(underContract(this.type, contract), this.isRequired, { ...this.field, contract })
    }
    throw authorError('BAD_OPTION', `no contract "${String(contract)}"`, {
      help: `the contracts are: ${contracts.join(', ')}`,
    })
  }
}

declare const declaredAs: unique symbol

/** Declared columns by name. */
export type Declarations = Readonly<Record<string, Declared<FieldType | null>>>

/** The columns that declarations make, as the compiler sees them. */
export type ColumnsOf<D extends Declarations> = {
  readonly [K in keyof D]: D[K] extends Declared<infer T> ? T : never
} & {}

/** A named list of columns: what a scan reads, or what a sink demands. */
export interface Schema<C extends ColumnTypes = ColumnTypes> {
  readonly name: string
  readonly fields: readonly Field[]
  readonly [columnsOf]?: C
}

declare const columnsOf: unique symbol

/**
 * Names the columns that events have, or that a sink demands.
 *
 * - Order: a sink's columns come in the order of the declarations.
 *
 * @example
 * ```ts
 * const clicks = schema('clicks', { userId: id(), timestamp: timestamp().required() })
 * assert.deepEqual(clicks.fields.map((field) => field.required), [false, true])
 * ```
 */
export function schema<D extends Declarations>(name: string, declarations: D): Schema<ColumnsOf<D>> {
  return Object.freeze({ name, fields: fieldsOf(declarations) })
}

/** What a JSON value becomes when text is wanted. */
export type TextOptions = Partial<Omit<TextType, 'kind'>>

/** Text as written. A value that is not text sets the line aside. */
export function text(options: TextOptions = {}): Declared<TextType | null> {
  return declare({
    kind: 'text',
    numbers: options.numbers ?? 'unfit',
    lineBreaks: options.lineBreaks ?? 'keep',
    empty: options.empty ?? 'keep',
    otherwise: options.otherwise ?? 'setAside',
    encoding: options.encoding ?? 'plain',
  })
}

/**
 * The name of a thing: a user, an item.
 *
 * - Nulls: the empty text is null.
 * - Errors: a number is its text as written; a boolean, an object, a list, or a text with a line break sets the line aside.
 */
export function id(): Declared<TextType | null> {
  return text({ numbers: 'text', lineBreaks: 'unfit', empty: 'null' })
}

/**
 * One of few names, as the kind of an event.
 *
 * - Nulls: the empty text is null, and so is a value that is not text.
 * - Memory: each distinct value is held once.
 */
export function category(): Declared<TextType | null> {
  return text({ empty: 'null', otherwise: 'null', encoding: 'dictionary' })
}

/** Whole numbers in 32 bits, for casts and sinks. */
export function int32(): Declared<Int32Type | null> {
  return declare({ kind: 'int32', otherwise: 'setAside' })
}

/** Whole numbers in 64 bits. */
export function int64(options: { otherwise?: Otherwise } = {}): Declared<Int64Type | null> {
  return declare({ kind: 'int64', otherwise: options.otherwise ?? 'setAside' })
}

/** Numbers in double precision. */
export function float64(options: { otherwise?: Otherwise } = {}): Declared<Float64Type | null> {
  return declare({ kind: 'float64', otherwise: options.otherwise ?? 'setAside' })
}

export function bool(options: { otherwise?: Otherwise } = {}): Declared<BoolType | null> {
  return declare({ kind: 'bool', otherwise: options.otherwise ?? 'setAside' })
}

/** A moment, in JSON a text in one of the ISO 8601 forms. */
export function timestamp(options: { otherwise?: Otherwise } = {}): Declared<TimestampType | null> {
  return declare({ kind: 'timestamp', otherwise: options.otherwise ?? 'setAside' })
}

/** A day of the calendar, for casts and sinks. */
export function date(): Declared<DateType | null> {
  return declare({ kind: 'date', otherwise: 'setAside' })
}

/** Any JSON value, as the text in which it was written. */
export function json(): Declared<JsonType | null> {
  return declare({ kind: 'json', otherwise: 'null' })
}

/**
 * A list of values.
 *
 * - Nulls: another JSON value counts as null.
 * - Errors: an item that does not fit sets the line aside, or counts as null, as the item's type says.
 */
export function list<T extends FieldType | null>(item: Declared<T>): Declared<ListType<T | null> | null> {
  return declare({ kind: 'list', item: item.type, otherwise: 'null' })
}

/** Whether a struct of these fields is itself there in every row. */
type StructIn<D extends Declarations> = true extends {
  [K in keyof D]: null extends ColumnsOf<D>[K] ? false : true
}[keyof D]
  ? StructType<ColumnsOf<D>>
  : StructType<ColumnsOf<D>> | null

/**
 * An object whose fields are reached by dotted paths.
 *
 * - Nulls: another JSON value counts as null. A struct with a required field is itself required.
 */
export function struct<D extends Declarations>(declarations: D): Declared<StructIn<D>> {
  const fields = fieldsOf(declarations)
  const type: StructType = Object.freeze({ kind: 'struct', fields, otherwise: 'null' })
  return new Declared(
    type,
    fields.some((field) => field.required),
  )
}

function declare<T extends FieldType>(type: T): Declared<T | null> {
  Object.freeze(type)
  return new Declared(type, false)
}

function fieldsOf(declarations: Declarations): readonly Field[] {
  const fields = Object.entries(declarations).map(([name, declared]): Field => {
    if (!(declared instanceof Declared)) {
      throw authorError('NOT_A_TYPE', `"${name}" is declared with ${typeof declared}, not with a type`, {
        help: `expected a call such as ${name}: text() or ${name}: timestamp().required()`,
      })
    }
    const { key, contract } = declared.field
    return Object.freeze({
      name,
      type: declared.type,
      required: declared.isRequired,
      ...(key === undefined || key === name ? {} : { key }),
      ...(contract === undefined ? {} : { contract }),
    })
  })
  return Object.freeze(fields)
}

/** The key in JSON that a field is read from. */
export function keyOf({ name, key = name }: Field): string {
  return key
}
