import { authorError } from '@fletching/columns/errors'
import { version } from '@fletching/engine'
import yargs from 'yargs'
import type { BookmarkAction, Command } from './command.ts'
import {
  BOOKMARK_EPILOGUE,
  BOOKMARK_EXAMPLES,
  BOOKMARK_HELP,
  BOOKMARK_USAGE,
  EXPLAIN_EPILOGUE,
  EXPLAIN_USAGE,
  GEN_EXAMPLES,
  GEN_USAGE,
  RUN_EPILOGUE,
  RUN_EXAMPLES,
  RUN_USAGE,
} from './command-help.ts'
import { declare, ownValues } from './declared-options.ts'
import { bookmarkOptionSpecs, explainOptionSpecs, genOptionSpecs, runOptionSpecs } from './option-specs.ts'
import { addTools } from './tool-commands.ts'
import { isMistake, usageError } from './usage-error.ts'

/**
 * Reads any command line with yargs; undefined where yargs has an answer of its own, help or the version, which goes to `print`.
 *
 * - Errors: USAGE (author).
 */
export async function readCommand(
  argv: readonly string[],
  print: (text: string) => void,
): Promise<Command | undefined> {
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
    .command(
      'list [job]',
      'list the jobs that are built in, or one job, with their parameters',
      (list) => list.positional('job', { ...JOB, demandOption: false }),
      ({ job }) => {
        take({ name: 'list', ...(job === undefined ? {} : { job }) })
      },
    )
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
    .parseAsync([...argv], {}, (_error, _parsed, answer) => {
      if (answer !== '') print(`${answer}\n`)
    })
  return command
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

const ANALYSIS_OPTIONS = Object.fromEntries(
  Object.keys(explainOptionSpecs).flatMap((name) => (name === 'analyze' ? [] : [[name, 'analyze']])),
)

const BOOKMARK_ACTIONS = ['show', 'reset', 'rewind', 'set-to-now'] as const
