import { authorError, environmentError, FletchingError } from '@fletching/columns/errors'
import { version } from '@fletching/engine'
import yargs, { type Argv } from 'yargs'
import { partArguments } from './arguments.ts'
import { explainCommand } from './commands/explain.ts'
import { genCommand } from './commands/gen.ts'
import { listCommand } from './commands/list.ts'
import { runCommand } from './commands/run.ts'
import type { Context } from './context.ts'
import { errorText, exitCode } from './exit-code.ts'
import { assertSwitches, genOptionSpecs, type OptionSpecs, runOptionSpecs, withEnvironment } from './options.ts'
import { Interrupted, onSignals } from './signals.ts'
import { openVoice } from './voice.ts'

/** The ends of a process that a command line may touch. */
export interface ProcessEnds {
  readonly env: NodeJS.ProcessEnv
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
}

/** Runs a command line to its end and gives the exit code. */
export async function runCommandLine(argv: readonly string[], ends: ProcessEnds): Promise<number> {
  const { env, stdout, stderr } = ends
  const written = watch(stdout)
  const told = watch(stderr)
  const voice = openVoice(stdout, stderr)
  const signals = onSignals()
  try {
    const { params, ignored, rest } = partArguments(argv)
    assertSwitches(rest, { ...runOptionSpecs, ...genOptionSpecs })
    for (const line of ignored) voice.note(line)
    const context = { params, environment: env, out: stdout, voice, signal: signals.signal }
    await parser(context).parseAsync([...withDefaultCommand(rest, env)])
    await written()
    return 0
  } catch (error) {
    return fail(error)
  } finally {
    // Nobody is left to be told that an error could not be told.
    await Promise.allSettled([written(), told()])
    signals.release()
  }

  function fail(error: unknown): number {
    if (error instanceof Interrupted) {
      voice.failed('interrupted', 'INTERRUPTED', error.message)
      stderr.write(`${error.message}\n`)
      return error.exitCode
    }
    const { kind, code, message } =
      error instanceof FletchingError ? error : { kind: 'internal', code: 'INTERNAL', message: String(error) }
    voice.failed(kind, code, message)
    stderr.write(`${errorText(error)}\n`)
    return exitCode(error)
  }
}

/** With FLETCHING_JOB set, a command line without a job runs that one: a container needs no arguments. */
function withDefaultCommand(rest: readonly string[], environment: NodeJS.ProcessEnv): readonly string[] {
  const job = environment.FLETCHING_JOB
  const [first, second] = rest
  if (job === undefined || job === '' || isAboutCommand(first)) return rest
  if (first === undefined || first.startsWith('-')) return ['run', job, ...rest]
  const lacksJob = (first === 'run' || first === 'explain') && (second === undefined || second.startsWith('-'))
  return lacksJob ? [first, job, ...rest.slice(1)] : rest
}

function isAboutCommand(flag: string | undefined): boolean {
  return flag === '--help' || flag === '-h' || flag === '--version'
}

function parser(context: Context): Argv {
  const { environment } = context
  return (
    yargs()
      .scriptName('fletching')
      .usage('Glue jobs on Apache Arrow, without the cluster.\n\nUsage: fletching <command>')
      .example([...RUN_EXAMPLES.slice(0, 1), ...GEN_EXAMPLES.slice(0, 1)])
      .parserConfiguration(LITERAL)
      .command(
        'run <job>',
        'run a job on this machine',
        (command) =>
          declare(command.positional('job', JOB).usage(RUN_USAGE), runOptionSpecs)
            .example(RUN_EXAMPLES)
            .epilogue(RUN_EPILOGUE),
        (args) => runCommand(args.job, withEnvironment(args as never, runOptionSpecs, environment), context),
      )
      .command(
        'explain <job>',
        'print the plan of a job, before and after optimizing; touches no data',
        (command) => command.positional('job', JOB).usage(EXPLAIN_USAGE).epilogue(PARAMETERS_EPILOGUE),
        (args) => explainCommand(args.job, context),
      )
      .command('list', 'list the jobs and their parameters', {}, () => listCommand(context))
      .command(
        'gen',
        'write seeded Segment events as Segment stores them',
        (command) => declare(command.usage(GEN_USAGE), genOptionSpecs).example(GEN_EXAMPLES),
        (args) => genCommand(withEnvironment(args as never, genOptionSpecs, environment), context),
      )
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
        throw isMistake(error) ? usageError(message ?? error?.message ?? '') : error
      })
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

/** Whether yargs complains about the command line; of some mistakes it tells by an error of its own. */
function isMistake(error: unknown): error is Error | undefined {
  return error === undefined || error === null || (error as Error).name === 'YError'
}

function usageError(message: string): FletchingError {
  const withoutValue = /^Not enough arguments following: (.*)$/.exec(message)?.[1]
  const what = message.startsWith('Not enough non-option arguments')
    ? 'the job is missing'
    : withoutValue === undefined
      ? message.replace(/\s*\n\s*/g, ' ')
      : `--${withoutValue} has no value`
  return authorError('USAGE', what, {
    help: 'fletching --help shows the commands, fletching run --help the options of run',
  })
}

/**
 * Lets a stream fail without ending the process, and gives the wait for its last byte. A reader that goes away (`| head`) has
 * seen what it wanted.
 *
 * - Errors: OUTPUT_NOT_WRITTEN (environment), from the wait, for any other failure.
 */
function watch(stream: NodeJS.WriteStream): () => Promise<void> {
  let failed: NodeJS.ErrnoException | undefined
  stream.on('error', (error) => {
    failed ??= error
  })
  return async () => {
    await new Promise<void>((resolve) => {
      stream.write('', () => resolve())
    })
    if (failed === undefined || failed.code === 'EPIPE') return
    throw environmentError('OUTPUT_NOT_WRITTEN', `standard output cannot be written: ${failed.code}`, {
      help: 'what the command did is done; only its words are lost',
      cause: failed,
    })
  }
}

/** Values are taken as they are written: no guessing of numbers, no joining of repeated flags, no other spellings. */
const LITERAL = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'duplicate-arguments-array': false,
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

const EXPLAIN_USAGE = 'Usage: fletching explain <job> [--PARAMETER value …]'

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

const RUN_EPILOGUE = [
  PARAMETERS_EPILOGUE,
  'An option is read from FLETCHING_<OPTION> when it is absent, as in FLETCHING_ON_EMPTY=header.',
  'Exit codes: 0 done, 2 the command or the job must change, 3 the data, 4 access, network or disk, 70 a bug, 130 and 143 signals.',
].join('\n\n')

const GEN_USAGE = 'Usage: fletching gen --to LOCATION [options]'

const GEN_EXAMPLES: [string, string][] = [
  ['$0 gen --to data --bytes 50MB --seed 7', 'the same seed gives the same events'],
  [
    '$0 gen --to s3://logs --bytes 1GB --days 7 --traps 0.02 --malformed',
    'a week of events with two lines in a hundred that are hard to read',
  ],
]
