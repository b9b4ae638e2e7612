import type { Argv } from 'yargs'
import type { Command } from './command.ts'
import { EXIT_CODES_HELP, PARAMETERS_EPILOGUE } from './command-help.ts'
import { declare, ownValues } from './declared-options.ts'
import { type Tool, toolGroups, toolOf, tools } from './tools.ts'

/** The tools of one word as commands, those of two as commands of a command; where a word begins both, those that the line asks for. */
export function addTools(line: Argv, argv: readonly string[], take: (command: Command) => void): void {
  const asked = toolOf(argv)?.words ?? []
  const alone = tools.filter(({ words }) => words.length === 1 && !(asked.length === 2 && asked[0] === words[0]))
  for (const tool of alone) addTool(line, tool, argv, take)
  for (const [group, describe] of Object.entries(toolGroups)) {
    const members = tools.filter(({ words }) => words.length === 2 && words[0] === group)
    if (members.length === 0 || alone.some(({ words }) => words[0] === group)) continue
    line.command(group, describe, (inner) => {
      for (const tool of members) addTool(inner, tool, argv, take)
      return inner.demandCommand(1, `what ${group} shall do is missing`)
    })
  }
}

function addTool(line: Argv, tool: Tool, argv: readonly string[], take: (command: Command) => void): void {
  const { words, describe, positionals, takesParameters, options, examples } = tool
  const places = positionals.map(({ name, isOptional = false, repeats = false }) => {
    const text = repeats ? `${name}..` : name
    return isOptional ? `[${text}]` : `<${text}>`
  })
  line.command(
    [words.at(-1), ...places].join(' '),
    describe,
    (own) => {
      for (const { name, describe, isOptional = false, repeats = false } of positionals) {
        const none = repeats ? { defaultDescription: 'none' } : {}
        own.positional(name, { type: 'string', demandOption: !isOptional, ...none, describe })
      }
      const usage = ['Usage: fletching', ...words, ...places, ...(takesParameters ? ['[--PARAMETER value …]'] : [])]
      return declare(own, options)
        .usage([...usage, '[options]'].join(' '))
        .example(examples.map(([command, does]) => [`$0 ${command}`, does]))
        .epilogue([...(takesParameters ? [PARAMETERS_EPILOGUE] : []), EXIT_CODES_HELP].join('\n\n'))
    },
    (args) => {
      // Of a lone dash, which is standard input, yargs makes the empty text.
      const wordOf = (word: unknown) => (word === '' && argv.includes('-') ? '-' : (word as string | undefined))
      const single = positionals.filter(({ repeats }) => repeats !== true)
      const given = Object.fromEntries(single.map(({ name }) => [name, wordOf(args[name])]))
      const last = positionals.find(({ repeats }) => repeats === true)
      const more = last === undefined ? [] : ((args[last.name] ?? []) as string[]).map((word) => `${wordOf(word)}`)
      take({ name: 'tool', tool, words: given, more, values: ownValues(args, options) })
    },
  )
}
