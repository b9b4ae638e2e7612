import type { OptionValues } from './option-specs.ts'
import type { Tool, ToolCall } from './tools.ts'

/** What a command line asks for; the values are those of its own options, without the environment's. */
export type Command =
  | { readonly name: 'run'; readonly job: string; readonly values: OptionValues }
  | { readonly name: 'explain'; readonly job: string; readonly values: OptionValues }
  | { readonly name: 'list'; readonly job?: string }
  | { readonly name: 'gen'; readonly values: OptionValues }
  | BookmarkCommand
  | ToolCommand

export interface BookmarkCommand {
  readonly name: 'bookmark'
  readonly action: BookmarkAction
  readonly job: string
  readonly values: OptionValues
}

interface ToolCommand extends Pick<ToolCall, 'words' | 'more' | 'values'> {
  readonly name: 'tool'
  readonly tool: Tool
}

export type BookmarkAction =
  | { readonly name: 'show' | 'reset' | 'set-to-now' }
  | { readonly name: 'rewind'; readonly run: string }
