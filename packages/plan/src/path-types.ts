import type { ColumnTypes, FieldType, Int32Type, ListType, NullOf, StructType } from './types.ts'

/** A name as it stands in a path: in backticks when it holds a dot, a blank or a backtick. */
export type Quoted<Name extends string> = Name extends `${string}${'.' | ' ' | '`'}${string}` ? `\`${Name}\`` : Name

/** The paths to every column and every field of a struct, dotted. */
export type PathOf<C> = {
  [K in keyof C & string]: NonNullable<C[K]> extends StructType<infer Fields>
    ? Quoted<K> | `${Quoted<K>}.${PathOf<Fields>}`
    : Quoted<K>
}[keyof C & string]

/** An object with a property for every path: a compiler error about one of its keys lists the paths. */
export type Paths<C> = { readonly [P in PathOf<C> as `${P}`]: P }

/** The type at a path: it may be null where the value, or a struct on the way, may be. */
export type TypeAt<C, P extends string> = {
  [K in keyof C & string]: P extends Quoted<K>
    ? C[K]
    : P extends `${Quoted<K>}.${infer Rest}`
      ? NonNullable<C[K]> extends StructType<infer Fields>
        ? TypeAt<Fields, Rest> | NullOf<C[K]>
        : never
      : never
}[keyof C & string]

/** Lets a list of paths through whose paths there are, and one that is known only when the job runs. */
export type KnownPaths<C, P extends readonly string[]> = string extends P[number]
  ? unknown
  : readonly (keyof Paths<C> & string)[]

/** What is left of the paths that lead into the column `Name`. */
type Below<Name extends string, P> = P extends `${Quoted<Name>}.${infer Rest}` ? Rest : never

/** The columns once rows without a value at `P` are gone; a struct on the way is then there as well. */
export type WithoutNulls<C, P extends string> = {
  readonly [K in keyof C]: K extends string
    ? [Below<K, P>] extends [never]
      ? Quoted<K> extends P
        ? Exclude<C[K], null>
        : C[K]
      : NonNullable<C[K]> extends StructType<infer Fields>
        ? StructType<StructColumns<WithoutNulls<Fields, Below<K, P>>>>
        : C[K]
    : never
} & {}

/** The columns without those at `P`; a struct on the way loses the field. */
export type WithoutFields<C, P extends string> = {
  readonly [K in keyof C as K extends string ? (Quoted<K> extends P ? never : K) : never]: K extends string
    ? [Below<K, P>] extends [never]
      ? C[K]
      : NonNullable<C[K]> extends StructType<infer Fields>
        ? StructType<StructColumns<WithoutFields<Fields, Below<K, P>>>> | NullOf<C[K]>
        : C[K]
    : never
} & {}

/** The columns once the list at `P` has made a row of each item. */
export type Exploded<C, P extends string, As extends string, Outer extends boolean, Position extends string> = Flat<
  WithoutFields<C, P> & { readonly [K in As]: ItemOf<TypeAt<C, P>> } & {
    readonly [K in Position]: Int32Type | (Outer extends true ? null : never)
  }
>

type ItemOf<T> = NonNullable<T> extends ListType<infer Item> ? Item | null : never

type StructColumns<C> = { readonly [K in keyof C]: C[K] extends FieldType | null ? C[K] : never } & {}

/** `false` for a frame whose columns are known only when the job runs. */
export type IsKnown<C> = string extends keyof C ? false : true

/** The object type written out, so that an error message shows columns and not how they were made. */
export type Flat<C> = { readonly [K in keyof C]: C[K] } & {}

/** Narrows an object type to what a frame may hold. */
export type AsColumns<C> = C extends ColumnTypes ? C : never
