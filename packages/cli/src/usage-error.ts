import { authorError, type FletchingError } from '@fletching/columns/errors'
import { toolGroups, toolOf } from './tools.ts'

/** Whether yargs complains about the command line; of some mistakes it tells by an error of its own. */
export function isMistake(error: unknown): error is Error | undefined {
  return error === undefined || error === null || (error as Error).name === 'YError'
}

/** A mistake of the command line, in words of ours where those of yargs do not say what is missing. */
export function usageError(message: string, argv: readonly string[]): FletchingError {
  const help = helpOf(argv)
  const withoutValue = /^Not enough arguments following: (.*)$/.exec(message)?.[1]
  const [, given, needed] = /^Implications failed:\s+(\S+) -> (\S+)/.exec(message) ?? []
  if (given !== undefined) return authorError('USAGE', `--${given} needs --${needed}`, { help })
  const [, had, wanted] = /^Not enough non-option arguments: got (\d+), need at least (\d+)/.exec(message) ?? []
  const what =
    wanted !== undefined
      ? `the ${firstMissing(argv, Number(wanted) - Number(had)) ?? 'job'} is missing`
      : withoutValue === undefined
        ? message.replace(/\s*\n\s*/g, ' ')
        : `--${withoutValue} has no value`
  return authorError('USAGE', what, { help: [help, ...inCapitals(message, argv)] })
}

/** An option that there is none of may be a parameter of the job, in lower case. */
function inCapitals(message: string, argv: readonly string[]): string[] {
  const names = /^Unknown arguments?: (.*)$/.exec(message)?.[1].split(', ') ?? []
  const flag = names.find((name) => argv.some((token) => token === `--${name}` || token.startsWith(`--${name}=`)))
  return flag === undefined
    ? []
    : [`if it is a parameter of the job, write it in capitals: --${flag.toUpperCase().replaceAll('-', '_')}`]
}

/** The first of the last so many words that a tool must have. */
function firstMissing(argv: readonly string[], missing: number): string | undefined {
  const needed = toolOf(argv)?.positionals.filter(({ isOptional }) => isOptional !== true)
  return needed?.at(-missing)?.name
}

/** Where the command that a line begins with is explained, or which commands there are. */
function helpOf(argv: readonly string[]): string {
  const own = [...OWN_COMMANDS, ...Object.keys(toolGroups)].find((word) => word === argv[0])
  const words = toolOf(argv)?.words ?? (own === undefined ? [] : [own])
  return words.length === 0
    ? 'fletching --help shows the commands'
    : `fletching ${words.join(' ')} --help shows how it is used`
}

const OWN_COMMANDS = ['run', 'explain', 'list', 'gen', 'bookmark']
