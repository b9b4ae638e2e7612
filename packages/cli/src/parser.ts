import { authorError, type FletchingError } from '@fletching/columns/errors'
import { version } from '@fletching/engine'
import yargs, { type Argv } from 'yargs'
import type { BookmarkAction, Command } from './command.ts'
import {
  bookmarkOptionSpecs,
  explainOptionSpecs,
  genOptionSpecs,
  type OptionSpecs,
  type OptionValues,
  runOptionSpecs,
} from './option-specs.ts'
import { type Tool, toolGroups, toolOf, tools } from './tools.ts'

/**
 * Reads any command line with yargs; undefined where yargs has answered it by itself, with help or the version.
 *
 * - Errors: USAGE (author).
 */
export async function readCommand(argv: readonly string[]): Promise<Command | undefined> {
  let command: Command | undefined
  const take = (taken: Command) => {
    command = taken
  }
  const line = yargs()
    .scriptName('fletching')
    .usage('Glue jobs on Apache Arrow, without the cluster.\n\nUsage: fletching <command>')
    .example([...RUN_EXAMPLES.slice(0, 1), ...GEN_EXAMPLES.slice(0, 1)])
    .parserConfiguration(LITERAL)
    .command(
      'run <job>',
      'run a job on this machine',
      (run) =>
        declare(run.positional('job', JOB).usage(RUN_USAGE), runOptionSpecs)
          .example(RUN_EXAMPLES)
          .epilogue(RUN_EPILOGUE),
      (args) => {
        take({ name: 'run', job: args.job, values: ownValues(args, runOptionSpecs) })
      },
    )
    .command(
      'explain <job>',
      'print the plan of a job, before and after optimizing; touches no data without --analyze',
      (explain) =>
        declare(explain.positional('job', JOB).usage(EXPLAIN_USAGE), explainOptionSpecs)
          .implies(ANALYSIS_OPTIONS)
          .epilogue(EXPLAIN_EPILOGUE),
      (args) => {
        take({ name: 'explain', job: args.job, values: ownValues(args, explainOptionSpecs) })
      },
    )
    .command('list', 'list the jobs and their parameters', {}, () => {
      take({ name: 'list' })
    })
    .command(
      'gen',
      'write seeded Segment events as Segment stores them',
      (gen) => declare(gen.usage(GEN_USAGE), genOptionSpecs).example(GEN_EXAMPLES),
      (args) => {
        take({ name: 'gen', values: ownValues(args, genOptionSpecs) })
      },
    )
    .command(
      'bookmark <action> <job> [run]',
      'show or move the bookmark of a job, by which a run knows what is new',
      (bookmark) =>
        declare(
          bookmark
            .positional('action', { choices: BOOKMARK_ACTIONS, demandOption: true, describe: BOOKMARK_HELP })
            .positional('job', JOB)
            .positional('run', { type: 'string', describe: 'of rewind: the last run that stays known' })
            .usage(BOOKMARK_USAGE),
          bookmarkOptionSpecs,
        )
          .example(BOOKMARK_EXAMPLES)
          .epilogue(BOOKMARK_EPILOGUE),
      (args) => {
        const action = bookmarkAction(args.action, args.run)
        take({ name: 'bookmark', action, job: args.job, values: ownValues(args, bookmarkOptionSpecs) })
      },
    )
  addTools(line, argv, take)
  await line
    .demandCommand(1, 'a command is missing')
    .strict()
    // Messages and help in one language, whatever that of the machine: programs and people look for them.
    .locale('en')
    .help()
    .alias('help', 'h')
    .version(version)
    .wrap(100)
    .exitProcess(false)
    .fail((message: string | undefined, error: unknown) => {
      throw isMistake(error) ? usageError(message ?? error?.message ?? '', argv) : error
    })
    .parseAsync([...argv])
  return command
}

/** The tools of one word as commands, those of two as commands of a command; where a word begins both, those that the line asks for. */
function addTools(line: Argv, argv: readonly string[], take: (command: Command) => void): void {
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
      for (const { name, describe, isOptional = false } of positionals) {
        own.positional(name, { type: 'string', demandOption: !isOptional, describe })
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

function declare<T>(command: Argv<T>, specs: OptionSpecs): Argv<T> {
  for (const [name, { describe, value, choices, repeats }] of Object.entries(specs)) {
    command.option(name, {
      describe: value === undefined || choices !== undefined ? describe : `${value}: ${describe}`,
      ...(choices === undefined ? {} : { choices }),
      ...(value === undefined ? { type: 'boolean' as const } : { type: 'string' as const, requiresArg: true }),
      ...(repeats === true ? { array: true, nargs: 1 } : {}),
    })
  }
  return command
}

/** The values of the command's own options; yargs makes a list of an option that is given twice. */
function ownValues(args: Readonly<Record<string, unknown>>, specs: OptionSpecs): OptionValues {
  const values: Record<string, OptionValues[string]> = {}
  for (const [name, { repeats = false }] of Object.entries(specs)) {
    const value = args[name] as OptionValues[string]
    if (value === undefined) continue
    if (Array.isArray(value) && !repeats) throw usageError(`--${name} is given twice`, args._ as string[])
    values[name] = value
  }
  return values
}

function bookmarkAction(name: (typeof BOOKMARK_ACTIONS)[number], run: string | undefined): BookmarkAction {
  if (name === 'rewind') {
    if (run !== undefined) return { name, run }
    throw authorError('USAGE', 'the run is missing', {
      help: 'fletching bookmark rewind JOB RUN forgets the runs behind RUN; fletching bookmark show JOB lists them',
    })
  }
  if (run === undefined) return { name }
  throw authorError('USAGE', `bookmark ${name} takes no run`, { help: 'fletching bookmark --help shows the commands' })
}

/** Whether yargs complains about the command line; of some mistakes it tells by an error of its own. */
function isMistake(error: unknown): error is Error | undefined {
  return error === undefined || error === null || (error as Error).name === 'YError'
}

function usageError(message: string, argv: readonly string[]): FletchingError {
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

/** Values are taken as they are written: no guessing of numbers, no other spellings. */
const LITERAL = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'short-option-groups': false,
}

const JOB = {
  type: 'string',
  demandOption: true,
  describe: 'a name, or the path of a module whose default export is a job',
} as const

const PARAMETERS_EPILOGUE =
  'A parameter of the job is written in capitals, as --NAME value or --NAME=value, and is read from the environment when it is absent; fletching list shows the parameters of the built-in jobs.'

const EXPLAIN_USAGE = 'Usage: fletching explain <job> [--PARAMETER value …] [--analyze [options]]'

const EXPLAIN_EPILOGUE = [
  PARAMETERS_EPILOGUE,
  'The options other than --analyze are those of run, and need it: the plan alone depends on none of them.',
].join('\n\n')

const ANALYSIS_OPTIONS = Object.fromEntries(
  Object.keys(explainOptionSpecs).flatMap((name) => (name === 'analyze' ? [] : [[name, 'analyze']])),
)

const RUN_USAGE = 'Usage: fletching run <job> [--PARAMETER value …] [options]'

const RUN_EXAMPLES: [string, string][] = [
  [
    '$0 run segment-to-personalize --S3_JSON_INPUT_PATH s3://logs/segment-logs --S3_CSV_OUTPUT_PATH s3://out/interactions',
    'events in a bucket to a CSV in a bucket',
  ],
  [
    '$0 run segment-to-personalize --S3_JSON_INPUT_PATH data/events --S3_CSV_OUTPUT_PATH out/csv --S3_PARQUET_OUTPUT_PATH out/table --on-malformed quarantine',
    'local files; a table as well; lines that are not JSON are set apart',
  ],
  [
    'S3_JSON_INPUT_PATH=data/events S3_CSV_OUTPUT_PATH=out/csv FLETCHING_JOB=segment-to-personalize $0',
    'all of it from the environment',
  ],
]

const EXIT_CODES_HELP =
  'Exit codes: 0 done, 2 the command or the job must change, 3 the data, 4 access, network or disk, 70 a bug, 130 and 143 signals.'

const RUN_EPILOGUE = [
  PARAMETERS_EPILOGUE,
  'An option is read from FLETCHING_<OPTION> when it is absent, as in FLETCHING_ON_EMPTY=header.',
  EXIT_CODES_HELP,
].join('\n\n')

const BOOKMARK_ACTIONS = ['show', 'reset', 'rewind', 'set-to-now'] as const

const BOOKMARK_HELP =
  'show the runs that the bookmark knows; forget them all; forget those behind a run; or take all that is in the input now for read'

const BOOKMARK_USAGE =
  'Usage: fletching bookmark <show|reset|rewind|set-to-now> <job> [run] [--PARAMETER value …] [options]'

const BOOKMARK_EXAMPLES: [string, string][] = [
  [
    '$0 bookmark show segment-to-personalize --S3_JSON_INPUT_PATH s3://logs/segment-logs --S3_CSV_OUTPUT_PATH s3://out/interactions',
    'the runs that have read objects, with how many; the parameters say whose bookmark it is',
  ],
  [
    '$0 bookmark rewind segment-to-personalize 20190518T201305Z-5f0cb1d2e3a4 --S3_JSON_INPUT_PATH data/events --S3_CSV_OUTPUT_PATH out/csv --S3_PARQUET_OUTPUT_PATH out/table --outputs remove',
    'what runs after that one have read is new again; their files of the table are removed',
  ],
  [
    '$0 bookmark reset segment-to-personalize --S3_JSON_INPUT_PATH data/events --S3_CSV_OUTPUT_PATH out/csv --S3_PARQUET_OUTPUT_PATH out/table --outputs remove',
    'the next run reads the whole input, and what earlier runs wrote to the table is removed',
  ],
]

const BOOKMARK_EPILOGUE = [
  PARAMETERS_EPILOGUE,
  'An option is read from FLETCHING_<OPTION> when it is absent, as in FLETCHING_STATE=s3://out/state.',
  EXIT_CODES_HELP,
].join('\n\n')

const GEN_USAGE = 'Usage: fletching gen --to LOCATION [options]'

const GEN_EXAMPLES: [string, string][] = [
  ['$0 gen --to data --bytes 50MB --seed 7', 'the same seed gives the same events'],
  [
    '$0 gen --to s3://logs --bytes 1GB --days 7 --traps 0.02 --malformed',
    'a week of events with two lines in a hundred that are hard to read',
  ],
]
