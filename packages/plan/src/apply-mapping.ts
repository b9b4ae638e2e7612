import { parsePath } from '@fletching/columns'
import { addPlace, authorError, type FletchingError } from '@fletching/columns/errors'
import type { Expr, OnFailure } from './expr.ts'
import { type GlueNameOf, type GlueType, type GlueTypeName, glueNameOf, glueType, glueTypes } from './glue-types.ts'
import { castTo, Handle } from './handle.ts'
import type { ProjectedColumn } from './logical.ts'
import { nearest } from './nearest.ts'
import type { IsKnown, PathOf, TypeAt } from './path-types.ts'
import { resolve } from './resolve.ts'
import type { ColumnTypes, Field, NullOf } from './types.ts'

/**
 * One line of Glue's ApplyMapping, as data:
 *
 * - `[source, target]` keeps the type;
 * - `[source, target, targetType]` casts;
 * - `[source, sourceType, target, targetType]` is Glue's own form. The declared source type must be the column's; Glue
 *   gives an empty column when it is not.
 */
export type Mapping =
  | readonly [source: string, target: string]
  | readonly [source: string, target: string, targetType: string]
  | readonly [source: string, sourceType: string, target: string, targetType: string]

export interface MappingOptions {
  /** A value that the target type cannot hold stops the run (the default), or becomes null, as in Glue. */
  readonly onCastFailure?: OnFailure
}

/** Nothing to add when the mappings fit the columns, else a type that no list has and that names the fault. */
export type FittingMappings<C, M extends readonly (readonly string[])[]> =
  IsKnown<C> extends false
    ? unknown
    : [FaultIn<C, M[number]>] extends [never]
      ? unknown
      : MappingMismatch<FaultIn<C, M[number]>>

/** Mappings that do not fit the frame's columns. The text says what is wrong. */
export interface MappingMismatch<What extends string> {
  readonly mismatch: What
}

type FaultIn<C, T> = T extends readonly [infer Source extends string, ...infer Rest]
  ? string extends Source
    ? never
    : Source extends PathOf<C>
      ? FaultInTypes<Source, GlueNameOf<TypeAt<C, Source>>, Rest>
      : `there is no column ${Source}`
  : T extends readonly []
    ? 'a mapping holds 2, 3 or 4 texts'
    : never

type FaultInTypes<Source extends string, SourceName extends string, Rest> = Rest extends readonly [string]
  ? never
  : Rest extends readonly [string, infer Target extends string]
    ? FaultInType<Target>
    : Rest extends readonly [infer Given extends string, string, infer Target extends string]
      ?
          | (Given extends SourceName ? never : `${Source} is mapped as ${Given}, but is ${SourceName}`)
          | FaultInType<Target>
      : 'a mapping holds 2, 3 or 4 texts'

type FaultInType<Name extends string> = Name extends GlueTypeName ? never : `there is no type ${Name}`

/** The columns that mappings make. Mappings that are known only when the job runs make columns that are known only then. */
export type Mapped<C, M extends readonly (readonly string[])[], F> = string extends M[number][0]
  ? ColumnTypes
  : { readonly [T in M[number] as Unquoted<TargetOf<T>>]: MappedType<C, T, F> } & {}

type TargetOf<T> = T extends readonly [string, infer Target extends string]
  ? Target
  : T extends readonly [string, infer Target extends string, string]
    ? Target
    : T extends readonly [string, string, infer Target extends string, string]
      ? Target
      : never

type MappedType<C, T, F> = T extends readonly [infer Source extends string, string]
  ? Exclude<TypeAt<C, Source>, null> | NullOf<TypeAt<C, Source>>
  : T extends readonly [infer Source extends string, ...string[], infer Target]
    ? GlueType<Target> | NullOf<TypeAt<C, Source>> | (F extends { readonly onCastFailure: 'null' } ? null : never)
    : never

type Unquoted<Name extends string> = Name extends `\`${infer Inner}\`` ? Inner : Name

/**
 * The columns that mappings make, in their order; columns that none names are dropped.
 *
 * - Errors, all the author's: BAD_MAPPING for a tuple of another length or an unknown type; UNKNOWN_COLUMN;
 *   MAPPING_TYPE_MISMATCH when the declared source type is not the column's; NOT_SUPPORTED_YET for a dotted target.
 * - Source: AWS Glue `ApplyMapping`. Glue's meaning of tuples of 2 and 3 is nowhere documented; ours is above.
 */
export function mappedColumns(
  mappings: readonly (readonly string[])[],
  fields: readonly Field[],
  owner: string,
  options: MappingOptions,
): ProjectedColumn[] {
  return mappings.map((mapping, index) => {
    try {
      return mappedColumn(readMapping(mapping), fields, owner, options.onCastFailure ?? 'error')
    } catch (error) {
      throw addPlace(error, `applyMapping, mapping ${index + 1} of ${mappings.length}`)
    }
  })
}

interface MappingParts {
  readonly source: string
  readonly sourceType: string | undefined
  readonly target: string
  readonly targetType: string | undefined
}

function readMapping(mapping: unknown): MappingParts {
  if (
    !Array.isArray(mapping) ||
    mapping.some((part) => typeof part !== 'string') ||
    mapping.length < 2 ||
    mapping.length > 4
  ) {
    throw authorError('BAD_MAPPING', `a mapping is a list of 2, 3 or 4 texts, got ${JSON.stringify(mapping)}`, {
      help: "expected ['properties.sku', 'ITEM_ID'], ['properties.sku', 'ITEM_ID', 'string'] or ['properties.sku', 'string', 'ITEM_ID', 'string']",
    })
  }
  const [source, second, third, fourth] = mapping as string[]
  if (fourth !== undefined) return { source, sourceType: second, target: third, targetType: fourth }
  return { source, sourceType: undefined, target: second, targetType: third }
}

function mappedColumn(
  mapping: MappingParts,
  fields: readonly Field[],
  owner: string,
  onFailure: OnFailure,
): ProjectedColumn {
  const { path, type, nullable } = resolve(mapping.source, fields, owner)
  if (mapping.sourceType !== undefined && wantGlueType(mapping.sourceType).kind !== type.kind) {
    throw authorError(
      'MAPPING_TYPE_MISMATCH',
      `"${mapping.source}" is mapped as ${mapping.sourceType}, but is ${glueNameOf(type)} in ${owner}`,
      {
        help: [
          `declare it as ${glueNameOf(type)}, or leave the source type out`,
          'Glue would silently make an empty column of it',
        ],
      },
    )
  }
  const source = new Handle(Object.freeze<Expr>({ op: 'column', path, type }), type, nullable)
  const result = mapping.targetType === undefined ? source : castTo(source, wantGlueType(mapping.targetType), onFailure)
  return { name: flatName(mapping.target), expr: result.expr, type: result.type, nullable: result.nullable }
}

/**
 * The name of an output column.
 *
 * - Errors: NOT_SUPPORTED_YET (author) for a dotted one.
 */
export function flatName(target: string): string {
  const path = parsePath(target)
  if (path.length === 1) return path[0]
  throw authorError('NOT_SUPPORTED_YET', `the target "${target}" would nest columns into a struct`, {
    help: `for a flat column whose name has a dot, write \`${target}\` in backticks`,
  })
}

function wantGlueType(name: string) {
  const type = glueType(name)
  if (type === undefined) throw unknownType(name)
  return type
}

function unknownType(name: string): FletchingError {
  const names = Object.keys(glueTypes)
  const near = nearest(name, names)
  return authorError('BAD_MAPPING', `no type "${name}"`, {
    help: `${near === undefined ? '' : `did you mean "${near}"? `}the types are: ${names.join(', ')}`,
  })
}
