import { authorError } from '@fletching/columns/errors'
import type { BoolColumn, Column, ColumnOf, TextColumn } from './column.ts'
import { call, derive, Handle, mistaken } from './handle.ts'
import { describe, literalFor, typeOfValue } from './literal.ts'
import { wantKind, wantSameType, wantScalar } from './type-check.ts'
import {
  BOOL,
  type BoolType,
  computed,
  type FieldType,
  type Float64Type,
  type Int64Type,
  type NullOf,
  TEXT,
  type TextType,
  type TimestampType,
} from './types.ts'

/** The type of a constant: a number is a float64, a bigint an int64, a Date a timestamp. */
type LiteralType<V> = V extends string
  ? TextType
  : V extends number
    ? Float64Type
    : V extends bigint
      ? Int64Type
      : V extends boolean
        ? BoolType
        : V extends Date
          ? TimestampType
          : never

/**
 * One value for every row.
 *
 * @example
 * ```ts
 * const source = lit('segment')
 * assert.deepEqual(source.expr.op, 'literal')
 * ```
 */
export function lit<V extends string | number | bigint | boolean | Date>(value: V): ColumnOf<LiteralType<V>> {
  return typed(constant(value))
}

/**
 * `then` where the condition is true, else `otherwise`, which may be `null` for no value.
 *
 * - Nulls: a condition without a value counts as false.
 * - Source: PySpark `when(condition, then).otherwise(otherwise)`.
 */
export function ifElse<T extends FieldType | null, U extends T | null = null>(
  condition: Column<BoolType | null>,
  then: Column<T>,
  otherwise: Column<U> | null,
): ColumnOf<Exclude<T, null> | NullOf<T | U>> {
  const inputs = [handle(condition), handle(then), otherwise === null ? nothing(handle(then)) : handle(otherwise)]
  return typed(
    derive(inputs, () => {
      const [test, left, right] = inputs
      wantKind('ifElse', test, ['bool'])
      wantSameType('ifElse', left, right)
      const decided = test.nullable
        ? call('coalesce', [test, new Handle(literalFor(false, BOOL), BOOL, false)], BOOL, false)
        : test
      return call('ifElse', [decided, left, right], computed(left.type), left.nullable || right.nullable)
    }),
  )
}

/** `ifElse` in PySpark's words: `when(condition, then).otherwise(value)`. */
export function when<T extends FieldType | null>(
  condition: Column<BoolType | null>,
  then: Column<T>,
): { otherwise<U extends T | null = null>(value: Column<U> | null): ColumnOf<Exclude<T, null> | NullOf<T | U>> } {
  return Object.freeze({
    otherwise: <U extends T | null = null>(value: Column<U> | null) => ifElse(condition, then, value),
  })
}

/**
 * The first value that there is.
 *
 * - Nulls: null only where every column is null.
 */
export function coalesce<T extends FieldType | null, Rest extends readonly Column<T | null>[]>(
  first: Column<T>,
  ...rest: Rest
): ColumnOf<Exclude<T, null> | NullOfAll<[Column<T>, ...Rest]>> {
  const inputs = [first, ...rest].map(handle)
  return typed(
    derive(inputs, () => {
      for (const input of inputs) wantSameType('coalesce', inputs[0], input)
      const nullable = inputs.every((input) => input.nullable)
      return call('coalesce', inputs, computed(inputs[0].type), nullable)
    }),
  )
}

/** `null` when each of the columns may be null. */
type NullOfAll<Columns extends readonly unknown[]> = Columns extends readonly [infer First, ...infer Rest]
  ? First extends Column<infer T>
    ? null extends T
      ? NullOfAll<Rest>
      : never
    : never
  : null

/**
 * The texts one after the other. A string stands for itself.
 *
 * - Nulls: propagate.
 * - Source: PySpark `concat`.
 */
export function concat<const Parts extends readonly (Column<TextType | null> | string)[]>(
  ...parts: Parts
): TextColumn<TextType | NullOf<Parts[number] extends infer P ? (P extends Column<infer T> ? T : never) : never>> {
  const inputs = parts.map((part) => (typeof part === 'string' ? constant(part) : handle(part)))
  return typed(
    derive(inputs, () => {
      for (const input of inputs) wantKind('concat', input, ['text'])
      const nullable = inputs.some((input) => input.nullable)
      return call('concatText', inputs, TEXT, nullable)
    }),
  )
}

/** True when each predicate is; Kleene. */
export function allOf(first: Column<BoolType | null>, ...rest: readonly Column<BoolType | null>[]): BoolColumn {
  return typed(rest.reduce<Handle>((all, one) => all.and(handle(one)), handle(first)))
}

/** True when one of the predicates is; Kleene. */
export function anyOf(first: Column<BoolType | null>, ...rest: readonly Column<BoolType | null>[]): BoolColumn {
  return typed(rest.reduce<Handle>((any, one) => any.or(handle(one)), handle(first)))
}

/** The typed face of a handle, which the caller's signature promises. */
export function typed<C>(column: Handle): C {
  return column as unknown as C
}

function handle(column: unknown): Handle {
  if (column instanceof Handle) return column
  return mistaken(
    authorError('NOT_A_COLUMN', `expected a column, got ${describe(column)}`, {
      help: "a column is made with col('path'), a constant with lit(value)",
    }),
  )
}

/** No value, in the type of a column. */
function nothing(like: Handle): Handle {
  const type = computed(like.type)
  return derive([like], () => {
    wantScalar('ifElse', like)
    return new Handle(literalFor(null, type), type, true)
  })
}

function constant(value: unknown): Handle {
  const type = typeOfValue(value)
  if (type !== undefined) return derive([], () => new Handle(literalFor(value, type), type, false))
  return mistaken(
    authorError('TYPE_MISMATCH', `lit got ${describe(value)}`, {
      help: 'expected a text, a number, a bigint, true, false or a Date',
    }),
  )
}
