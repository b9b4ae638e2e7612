import { environmentError, FletchingError } from '@fletching/columns/errors'
import { partArguments } from './arguments.ts'
import type { Command } from './command.ts'
import type { Context } from './context.ts'
import { errorText, exitCode } from './exit-code.ts'
import { bookmarkOptionSpecs, explainOptionSpecs, genOptionSpecs, runOptionSpecs } from './option-specs.ts'
import { assertSwitches, withEnvironment } from './options.ts'
import { readPlainLine } from './plain-line.ts'
import { Interrupted, onSignals } from './signals.ts'
import { toolOf } from './tools.ts'
import { openVoice } from './voice.ts'

/** The ends of a process that a command line may touch. */
export interface ProcessEnds {
  readonly env: NodeJS.ProcessEnv
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** Called while a run reads its input. */
  readonly onReading?: () => void
}

/** Runs a command line to its end and gives the exit code. */
export async function runCommandLine(argv: readonly string[], ends: ProcessEnds): Promise<number> {
  const { env, stdout, stderr, onReading = () => {} } = ends
  const written = watch(stdout)
  const told = watch(stderr)
  const voice = openVoice(stdout, stderr)
  const signals = onSignals()
  try {
    const { params, ignored, rest } = partArguments(argv)
    const ownSpecs = { ...runOptionSpecs, ...explainOptionSpecs, ...genOptionSpecs, ...bookmarkOptionSpecs }
    assertSwitches(rest, toolOf(rest)?.options ?? ownSpecs)
    for (const line of ignored) voice.note(line)
    const command = await readLine(withDefaultCommand(rest, env), (text) => stdout.write(text))
    const context = { params, environment: env, out: stdout, err: stderr, voice, signal: signals.signal, onReading }
    if (command !== undefined) await execute(command, context)
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

/** The command of a line; undefined where the line has been answered already. */
async function readLine(argv: readonly string[], print: (text: string) => void): Promise<Command | undefined> {
  const command = readPlainLine(argv)
  if (command !== undefined) return command
  const { readCommand } = await import('./parser.ts')
  return readCommand(argv, print)
}

/** Each command is loaded when it is asked for. */
async function execute(command: Command, context: Context): Promise<void> {
  const { environment } = context
  switch (command.name) {
    case 'run': {
      const values = withEnvironment(command.values, runOptionSpecs, environment)
      // They load their code while this thread loads its own. Without a number it is the input that says how many there are.
      const starting = values.workers === undefined ? undefined : await import('./start-workers.ts')
      const waitingWorkers = starting?.startWorkersFor(values)
      try {
        const { runCommand } = await import('./commands/run.ts')
        return await runCommand(command.job, values, context, waitingWorkers)
      } finally {
        await waitingWorkers?.dismiss()
      }
    }
    case 'explain': {
      const { explainCommand } = await import('./commands/explain.ts')
      return explainCommand(command.job, withEnvironment(command.values, explainOptionSpecs, environment), context)
    }
    case 'list': {
      const { listCommand } = await import('./commands/list.ts')
      return listCommand(command.job, context)
    }
    case 'bookmark': {
      const { bookmarkCommand } = await import('./commands/bookmark.ts')
      return bookmarkCommand(command, withEnvironment(command.values, bookmarkOptionSpecs, environment), context)
    }
    case 'tool': {
      const { tool, words, more, values } = command
      const { execute } = await tool.load()
      return execute({ ...context, words, more, values: withEnvironment(values, tool.options, environment) })
    }
    case 'gen': {
      const { genCommand } = await import('./commands/gen.ts')
      return genCommand(withEnvironment(command.values, genOptionSpecs, environment), context)
    }
  }
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
