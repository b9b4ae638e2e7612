import type { OptionValues } from './options.ts'

/** What a command line asks for; the values are those of its own options, without the environment's. */
export type Command =
  | { readonly name: 'run'; readonly job: string; readonly values: OptionValues }
  | { readonly name: 'explain'; readonly job: string; readonly values: OptionValues }
  | { readonly name: 'list' }
  | { readonly name: 'gen'; readonly values: OptionValues }
