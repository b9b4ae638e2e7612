import type { Expr, OnFailure } from './expr.ts'
import type { Declared } from './schema.ts'
import type {
  BoolType,
  DateType,
  FieldType,
  Float64Type,
  Int32Type,
  Int64Type,
  LiteralOf,
  NullOf,
  StructType,
  TextType,
  TimestampType,
} from './types.ts'

declare const columnOf: unique symbol

/**
 * The author's handle on a value of every row. It computes nothing: each method gives a handle on a larger expression.
 * `T` is the type of the values, with `null` when a row may have none.
 */
export interface Column<out T extends FieldType | null> {
  readonly expr: Expr
  readonly type: FieldType
  /** Whether a row may have no value. */
  readonly nullable: boolean
  readonly [columnOf]: T

  /** Whether the row has no value. */
  isNull(): BoolColumn<BoolType>
  /** Whether the row has a value. */
  isNotNull(): BoolColumn<BoolType>
}

/** What can stand on the other side of a comparison: a value, or a column of the same type. */
type Operand<T extends FieldType | null> = LiteralOf<T> | Column<T | null>

/** `null` when the operand is a column that may be null. */
type NullOfOperand<O> = O extends Column<infer U> ? NullOf<U> : never

/** A column whose values can be compared and named. */
export interface ScalarColumn<T extends FieldType | null> extends Column<T> {
  /** Equal. Nulls propagate. */
  eq<const O extends Operand<T>>(other: O): BoolColumn<BoolType | NullOf<T> | NullOfOperand<O>>
  /** Not equal. Nulls propagate. */
  ne<const O extends Operand<T>>(other: O): BoolColumn<BoolType | NullOf<T> | NullOfOperand<O>>
  /** Less than; text by its UTF-8 bytes. Nulls propagate. */
  lt<const O extends Operand<T>>(other: O): BoolColumn<BoolType | NullOf<T> | NullOfOperand<O>>
  /** Less than or equal; text by its UTF-8 bytes. Nulls propagate. */
  le<const O extends Operand<T>>(other: O): BoolColumn<BoolType | NullOf<T> | NullOfOperand<O>>
  /** Greater than; text by its UTF-8 bytes. Nulls propagate. */
  gt<const O extends Operand<T>>(other: O): BoolColumn<BoolType | NullOf<T> | NullOfOperand<O>>
  /** Greater than or equal; text by its UTF-8 bytes. Nulls propagate. */
  ge<const O extends Operand<T>>(other: O): BoolColumn<BoolType | NullOf<T> | NullOfOperand<O>>
  /** Equal, null being a value like another. Never null. */
  eqNullSafe(other: Operand<T> | null): BoolColumn<BoolType>
  /** One of the values. Nulls propagate. */
  isIn(values: readonly LiteralOf<T>[]): BoolColumn<BoolType | NullOf<T>>
  /** The value, or `other` where there is none. */
  fillNull<const O extends Operand<T>>(other: O): ColumnOf<Exclude<T, null> | NullOfOperand<O>>
  /**
   * The value in another type.
   *
   * - Nulls: propagate; with `onFailure: 'null'`, a value that the type cannot hold becomes null.
   * - Errors: without it, such a value stops the run.
   */
  cast<U extends FieldType, const F extends OnFailure = 'error'>(
    type: Declared<U | null>,
    options?: { readonly onFailure?: F },
  ): ColumnOf<U | NullOf<T> | (F extends 'null' ? null : never)>
}

/** A column of texts. */
export interface TextColumn<T extends FieldType | null = TextType | null> extends ScalarColumn<T> {
  /** The number of characters (code points). Nulls propagate. */
  length(): NumberColumn<Int32Type | NullOf<T>>
  /** In lower case, whatever the language. Nulls propagate. */
  lower(): TextColumn<TextType | NullOf<T>>
  /** In upper case, whatever the language. Nulls propagate. */
  upper(): TextColumn<TextType | NullOf<T>>
  /** Without blanks at both ends. Nulls propagate. */
  trim(): TextColumn<TextType | NullOf<T>>
  /**
   * Other texts for some: one that is a key of `texts` becomes its value, any other stays as it is. Nulls propagate.
   *
   * - Source: PySpark `DataFrame.replace` with a dictionary.
   */
  mapValues(texts: Readonly<Record<string, string>>): TextColumn<TextType | NullOf<T>>
  /** Whether it begins with `prefix`. Nulls propagate. */
  startsWith<const O extends Operand<TextType>>(prefix: O): BoolColumn<BoolType | NullOf<T> | NullOfOperand<O>>
  /** Whether `part` stands in it. Nulls propagate. */
  contains<const O extends Operand<TextType>>(part: O): BoolColumn<BoolType | NullOf<T> | NullOfOperand<O>>
  /** The moment that the ISO 8601 text names; null when it names none. */
  parseTimestamp(): TimestampColumn<TimestampType | null>
}

/** A column of numbers. */
export interface NumberColumn<T extends FieldType | null> extends ScalarColumn<T> {
  /** The moment so many seconds after 1970-01-01T00:00:00Z. Whole numbers only. Nulls propagate. */
  fromEpochSeconds(): TimestampColumn<TimestampType | NullOf<T>>
  /** The product of two float64, as IEEE 754 has it: too large a one is infinite. Nulls propagate. */
  times<const O extends Operand<T>>(other: O): NumberColumn<Float64Type | NullOf<T> | NullOfOperand<O>>
}

/** A column of truth values: what a filter takes. */
export interface BoolColumn<T extends FieldType | null = BoolType | null> extends ScalarColumn<T> {
  /** Both. Kleene: false and null is false. */
  and<U extends BoolType | null>(other: Column<U>): BoolColumn<BoolType | NullOf<T> | NullOf<U>>
  /** At least one. Kleene: true or null is true. */
  or<U extends BoolType | null>(other: Column<U>): BoolColumn<BoolType | NullOf<T> | NullOf<U>>
  /** The contrary. Nulls propagate. */
  not(): BoolColumn<BoolType | NullOf<T>>
}

/** A column of moments. */
export interface TimestampColumn<T extends FieldType | null = TimestampType | null> extends ScalarColumn<T> {
  /** Seconds since 1970-01-01T00:00:00Z, rounded down. Nulls propagate. */
  epochSeconds(): NumberColumn<Int64Type | NullOf<T>>
  /** The day in UTC. Nulls propagate. */
  date(): ScalarColumn<DateType | NullOf<T>>
}

/** A column of objects. */
export interface StructColumn<T extends FieldType | null> extends Column<T> {
  /** The value of a field. Null where the struct is null. */
  field<const N extends FieldNames<T>>(name: N): ColumnOf<FieldAt<T, N>>
}
type FieldNames<T> = NonNullable<T> extends StructType<infer Fields> ? keyof Fields & string : never
type FieldAt<T, N> =
  NonNullable<T> extends StructType<infer Fields> ? (N extends keyof Fields ? Fields[N] | NullOf<T> : never) : never

/** A column whose type is known only when the job runs; what does not fit is an error then. */
export interface LooseColumn extends Column<FieldType | null> {
  eq(other: LooseOperand): BoolColumn
  ne(other: LooseOperand): BoolColumn
  lt(other: LooseOperand): BoolColumn
  le(other: LooseOperand): BoolColumn
  gt(other: LooseOperand): BoolColumn
  ge(other: LooseOperand): BoolColumn
  eqNullSafe(other: LooseOperand | null): BoolColumn<BoolType>
  isIn(values: readonly LooseLiteral[]): BoolColumn
  fillNull(other: LooseOperand): LooseColumn
  length(): NumberColumn<Int32Type | null>
  lower(): TextColumn
  upper(): TextColumn
  trim(): TextColumn
  startsWith(prefix: string | Column<FieldType | null>): BoolColumn
  contains(part: string | Column<FieldType | null>): BoolColumn
  parseTimestamp(): TimestampColumn
  fromEpochSeconds(): TimestampColumn
  mapValues(texts: Readonly<Record<string, string>>): TextColumn
  times(other: LooseOperand): NumberColumn<Float64Type | null>
  and(other: Column<FieldType | null>): BoolColumn
  or(other: Column<FieldType | null>): BoolColumn
  not(): BoolColumn
  epochSeconds(): NumberColumn<Int64Type | null>
  date(): ScalarColumn<DateType | null>
  cast<U extends FieldType>(type: Declared<U | null>, options?: { readonly onFailure?: OnFailure }): ColumnOf<U | null>
  field(name: string): LooseColumn
}
type LooseLiteral = string | number | bigint | boolean | Date
type LooseOperand = LooseLiteral | Column<FieldType | null>

/** The handle that fits the type. */
export type ColumnOf<T extends FieldType | null> = [NonNullable<T>] extends [TextType]
  ? TextColumn<T>
  : [NonNullable<T>] extends [BoolType]
    ? BoolColumn<T>
    : [NonNullable<T>] extends [TimestampType]
      ? TimestampColumn<T>
      : [NonNullable<T>] extends [Int32Type | Int64Type | Float64Type]
        ? NumberColumn<T>
        : [NonNullable<T>] extends [DateType]
          ? ScalarColumn<T>
          : [NonNullable<T>] extends [StructType]
            ? StructColumn<T>
            : FieldType extends NonNullable<T>
              ? LooseColumn
              : Column<T>
