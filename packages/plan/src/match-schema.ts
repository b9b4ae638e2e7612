import { formatPath } from '@fletching/columns'
import { authorError, type FletchingError } from '@fletching/columns/errors'
import { fieldsOf, type LogicalPlan, type ProjectNode } from './logical.ts'
import type { IsKnown } from './path-types.ts'
import type { Schema } from './schema.ts'
import { type Field, type FieldType, formatType, sameType } from './types.ts'

/** A frame that does not have the columns of a sink's schema. The text says what is wrong. */
export interface SinkMismatch<What extends string> {
  readonly mismatch: What
}

/** Nothing to add when columns `C` are those of the schema `S`, else a type that no frame has and that names the fault. */
export type Matching<C, S> =
  IsKnown<C> extends false ? unknown : [Fault<C, S>] extends [never] ? unknown : SinkMismatch<Fault<C, S>>

type Fault<C, S> = Lacking<C, S> | Surplus<C, S>
type Lacking<C, S> = {
  [K in keyof S & string]: K extends keyof C ? FaultIn<K, C[K], S[K]> : `${K} is missing`
}[keyof S & string]
type Surplus<C, S> = { [K in keyof C & string]: K extends keyof S ? never : `${K} is not in the schema` }[keyof C &
  string]
type FaultIn<K extends string, Given, Wanted> =
  KindOf<Given> extends KindOf<Wanted>
    ? null extends Given
      ? null extends Wanted
        ? never
        : `${K} may be null, but the schema needs a value in every row`
      : never
    : `${K} is ${KindOf<Given>}, but the schema needs ${KindOf<Wanted>}`
type KindOf<T> = NonNullable<T> extends { readonly kind: infer Kind extends string } ? Kind : never

/**
 * Refuses a plan whose columns are not those of a sink's schema: their names, order and types, and which may not be null.
 *
 * - Errors: SINK_MISMATCH (author), at `place`.
 */
export function assertMatches(plan: LogicalPlan, schema: Schema, place: string): void {
  const fields = fieldsOf(plan)
  const names = fields.map((field) => field.name)
  const wanted = schema.fields.map((field) => field.name)
  for (const { name, type, required } of schema.fields) {
    const field = fields.find((one) => one.name === name)
    if (field === undefined) {
      throw authorError('SINK_MISMATCH', `${name} is missing, but ${schema.name} needs it`, {
        at: place,
        help: `expected the columns ${wanted.join(', ')}; got ${names.join(', ')}`,
      })
    }
    if (!sameType(field.type, type)) throw wrongType(field, type, schema, place)
    if (required && !field.required) {
      throw authorError('SINK_MISMATCH', `${name} may be null, but ${schema.name} needs a value in every row`, {
        at: place,
        help: howToFill(name, plan),
      })
    }
  }
  if (names.join('\n') === wanted.join('\n')) return
  throw authorError(
    'SINK_MISMATCH',
    `the columns are ${names.join(', ')}, but ${schema.name} is ${wanted.join(', ')}`,
    {
      at: place,
      help: 'select the same columns in the same order',
    },
  )
}

function wrongType(field: Field, type: FieldType, schema: Schema, place: string): FletchingError {
  return authorError(
    'SINK_MISMATCH',
    `${field.name} is ${formatType(field.type)}, but ${schema.name} needs ${formatType(type)}`,
    {
      at: place,
      help:
        field.type.kind === 'timestamp' && type.kind === 'int64'
          ? 'take its .epochSeconds()'
          : `cast it: .cast(${formatType(type)}())`,
    },
  )
}

/** The way out for a column that may be null: where it came from, as the author wrote it. */
function howToFill(name: string, plan: LogicalPlan): string {
  const project = lastProject(plan)
  const expr = project?.columns.find((column) => column.name === name)?.expr
  if (project === undefined || expr?.op !== 'column')
    return `add .dropNulls('${formatPath([name])}'), or fill it with .fillNull`
  return `add .dropNulls('${formatPath(expr.path)}') before ${project.verb}, or fill it with .fillNull`
}

function lastProject(plan: LogicalPlan): ProjectNode | undefined {
  if (plan.node === 'project') return plan
  return plan.node === 'scan' ? undefined : lastProject(plan.input)
}
