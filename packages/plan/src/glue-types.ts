import type { FieldType } from './types.ts'
import { BOOL, DATE, FLOAT64, INT32, INT64, TEXT, TIMESTAMP } from './types.ts'

/** The type names of AWS Glue that a mapping may use, with our types. */
export const glueTypes = Object.freeze({
  string: TEXT,
  int: INT32,
  long: INT64,
  bigint: INT64,
  double: FLOAT64,
  boolean: BOOL,
  timestamp: TIMESTAMP,
  date: DATE,
})

export type GlueTypeName = keyof typeof glueTypes

/** The type that a Glue name stands for. */
export type GlueType<N> = N extends GlueTypeName ? (typeof glueTypes)[N] : never

/** The Glue names of a type. */
export type GlueNameOf<T> = {
  [N in GlueTypeName]: NonNullable<T> extends { readonly kind: GlueType<N>['kind'] } ? N : never
}[GlueTypeName]

/** The type that a Glue name stands for; undefined when it is none. */
export function glueType(name: string): FieldType | undefined {
  return Object.hasOwn(glueTypes, name) ? glueTypes[name as GlueTypeName] : undefined
}

/** Glue's name of a type, for messages. */
export function glueNameOf(type: FieldType): string {
  const named = Object.entries(glueTypes).find(([, known]) => known.kind === type.kind)
  if (named !== undefined) return named[0]
  return type.kind === 'list' ? 'array' : type.kind
}
