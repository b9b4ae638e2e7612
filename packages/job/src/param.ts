import type { ColumnTypes, Schema } from '@fletching/plan'

/** A schema whose columns are known only when the job runs. A type of its own, so that the declarations of a job name no other package. */
export interface FoundSchema extends Schema<ColumnTypes> {}

/** What a parameter's text means. */
export type ParamKind = 'location' | 'text' | 'number' | 'flag' | 'schema'

/** The values that parameters have. */
export type ParamValue = string | number | boolean | Schema | undefined

/** A parameter of a job: what it means, whether it must be given, and what it is otherwise. `T` is its value in the plan. */
export class Param<T extends ParamValue> {
  readonly kind: ParamKind
  readonly description: string
  /** Whether the job cannot run without it. */
  readonly required: boolean
  /** The value when it is not given. */
  readonly fallback: ParamValue
  declare readonly [paramOf]: T

  constructor(kind: ParamKind, description: string, required: boolean, fallback: ParamValue) {
    this.kind = kind
    this.description = description
    this.required = required
    this.fallback = fallback
    Object.freeze(this)
  }

  /** It may be left out; its value is then undefined. */
  optional(): Param<T | undefined> {
    return new Param<T | undefined>(this.kind, this.description, false, undefined)
  }

  /** It may be left out; its value is then `value`. */
  default(value: Exclude<T, undefined>): Param<Exclude<T, undefined>> {
    return new Param<Exclude<T, undefined>>(this.kind, this.description, false, value)
  }
}

declare const paramOf: unique symbol

/** Parameters by name, in upper case as in AWS Glue. */
export type Params = Readonly<Record<string, Param<ParamValue>>>

type ValueOf<P> = P extends Param<infer T> ? T : never

/** The names of the parameters that may be undefined. */
type OptionalNames<P extends Params> = {
  [K in keyof P]: undefined extends ValueOf<P[K]> ? K : never
}[keyof P]

/** The values of parameters, as `plan` sees them; one that may be undefined may also be left out. */
export type ValuesOf<P extends Params> = { readonly [K in Exclude<keyof P, OptionalNames<P>>]: ValueOf<P[K]> } & {
  readonly [K in OptionalNames<P>]?: ValueOf<P[K]>
}

/** Makes parameters, each with the line that describes it to who runs the job. */
export const param = Object.freeze({
  /** A place with bytes: `s3://bucket/key`, `file:///path`, a plain path, `-` for standard input. */
  location: (description: string): Param<string> => new Param('location', description, true, undefined),
  /** Any text but the empty one. */
  text: (description: string): Param<string> => new Param('text', description, true, undefined),
  /** A number in decimal notation. */
  number: (description: string): Param<number> => new Param('number', description, true, undefined),
  /** `true` or `false`; false when it is not given. */
  flag: (description: string): Param<boolean> => new Param('flag', description, false, false),
  /** The place of a schema file; in the plan, the schema that it holds: see `parseSchemaFile`. */
  schema: (description: string): Param<FoundSchema> => new Param('schema', description, true, undefined),
})
