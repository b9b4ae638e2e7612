import type { Context } from './context.ts'
import type { OptionSpecs, OptionValues } from './option-specs.ts'
import { catalogDdl } from './tools/catalog-ddl.ts'
import { catalogRegister } from './tools/catalog-register.ts'
import { count } from './tools/count.ts'
import { diff } from './tools/diff.ts'
import { head } from './tools/head.ts'
import { personalizeCheck } from './tools/personalize-check.ts'
import { personalizeImport } from './tools/personalize-import.ts'
import { personalizePolicy } from './tools/personalize-policy.ts'
import { personalizePreflight } from './tools/personalize-preflight.ts'
import { personalizeSchema } from './tools/personalize-schema.ts'
import { profile } from './tools/profile.ts'
import { query } from './tools/query.ts'
import { schema } from './tools/schema.ts'
import { schemaInfer } from './tools/schema-infer.ts'
import { why } from './tools/why.ts'

/** A command beside those that run jobs: one file of `tools/`, and what does the work in `commands/`, loaded when it is asked for. */
export interface Tool {
  /** As one types it: `query`, or `catalog ddl`. */
  readonly words: readonly [string] | readonly [string, string]
  readonly describe: string
  readonly positionals: readonly Positional[]
  /** Whether it takes the parameters of a job. */
  readonly takesParameters: boolean
  readonly options: OptionSpecs
  /** Command lines without the leading `fletching`, each with what it does. */
  readonly examples: readonly (readonly [string, string])[]
  readonly load: () => Promise<{ readonly execute: (call: ToolCall) => Promise<void> }>
}

/** A word of the command line behind the command's own. */
interface Positional {
  readonly name: string
  readonly describe: string
  readonly isOptional?: boolean
  /** Whether it stands for any number of words; there is one such at most, and it is the last. */
  readonly repeats?: boolean
}

/** What a tool is called with. */
export interface ToolCall extends Context {
  readonly words: Readonly<Record<string, string | undefined>>
  /** The words of the positional that repeats. */
  readonly more: readonly string[]
  readonly values: OptionValues
}

/** Every tool, in the order of `--help`. */
export const tools: readonly Tool[] = [
  catalogDdl,
  catalogRegister,
  count,
  diff,
  head,
  personalizeCheck,
  personalizeImport,
  personalizePolicy,
  personalizePreflight,
  personalizeSchema,
  profile,
  query,
  schema,
  schemaInfer,
  why,
]

/** What the first word of tools with two words stands for. */
export const toolGroups: Readonly<Record<string, string>> = {
  catalog: 'tables of a job for Athena and the Glue Data Catalog',
  personalize:
    'what Amazon Personalize accepts: schemas, a check of data before it is imported, the import, and the rights for it',
  schema: 'the schema by which a job reads events, as a file',
}

/** The tool that a command line begins with: `schema infer` before `schema`. */
export function toolOf(argv: readonly string[]): Tool | undefined {
  const begun = tools.filter(({ words }) => words.every((word, index) => argv[index] === word))
  return begun.find(({ words }) => words.length === 2) ?? begun[0]
}
