import { authorError, FletchingError } from '@fletching/columns/errors'
import type { Write } from '@fletching/plan'
import { Param, type Params, type ValuesOf } from './param.ts'

/** A job as a value: it can be listed, explained, tested and run. Having it does nothing. */
export interface Job<P extends Params = Params> {
  readonly name: string
  readonly params: P
  /**
   * The sinks for these values of the parameters; those whose location is undefined are left out.
   *
   * - Errors: what the verbs of the plan find, with the job's name.
   */
  build(values: ValuesOf<P>): readonly Write[]
}

export interface JobDefinition<P extends Params> {
  /** Letters, digits, `-` and `_`: it names folders. */
  readonly name: string
  readonly params: P
  /** From values to sinks. It runs nothing: it says what is wanted. */
  readonly plan: (values: ValuesOf<P>) => readonly (Write | undefined)[]
}

/** Names that AWS Glue gives to every job. */
const RESERVED = new Set(['JOB_NAME', 'JOB_ID', 'JOB_RUN_ID', 'SECURITY_CONFIGURATION'])

/**
 * Makes a job.
 *
 * - Errors: BAD_JOB (author) for a name that cannot name a folder, or a parameter that no command line can give.
 *
 * @example
 * ```ts
 * export default defineJob({
 *   name: 'ids',
 *   params: { INPUT: param.location('Segment events'), OUTPUT: param.location('the CSV') },
 *   plan: ({ INPUT, OUTPUT }) => [writeCsv(scanNdjson(INPUT, segmentTrack).selectFields('userId'), { to: OUTPUT })],
 * })
 * ```
 */
export function defineJob<const P extends Params>(definition: JobDefinition<P>): Job<P> {
  const { name, params, plan } = definition
  assertDefinition(name, params, plan)
  return Object.freeze({
    name,
    params: Object.freeze({ ...params }),
    build: (values: ValuesOf<P>) => {
      try {
        const sinks = plan(values)
        if (!Array.isArray(sinks)) throw notSinks('plan did not return a list of sinks')
        return sinks.filter((sink) => sink !== undefined).map(asSink)
      } catch (error) {
        throw inJob(error instanceof FletchingError ? error : thrownByPlan(error), name)
      }
    },
  })
}

/** Whether a value, as the default export of a module, is a job. */
export function isJob(value: unknown): value is Job {
  if (typeof value !== 'object' || value === null) return false
  const { name, params, build } = value as Partial<Record<keyof Job, unknown>>
  return typeof name === 'string' && typeof params === 'object' && params !== null && typeof build === 'function'
}

function assertDefinition(name: unknown, params: unknown, plan: unknown): void {
  if (typeof name !== 'string' || !/^[A-Za-z0-9][\w-]{0,99}$/.test(name)) {
    throw authorError('BAD_JOB', `"${String(name)}" cannot name a job`, {
      help: 'expected letters, digits, - and _, as in segment-to-personalize',
    })
  }
  const at = `job ${name}`
  if (typeof plan !== 'function')
    throw authorError('BAD_JOB', 'plan is not a function', { at, help: 'expected: plan: ({ INPUT, OUTPUT }) => […]' })
  for (const [key, value] of Object.entries(params ?? {})) {
    if (RESERVED.has(key))
      throw authorError('BAD_JOB', `the parameter ${key} is one of AWS Glue's own`, {
        at,
        help: 'give it another name',
      })
    if (!/^[A-Z][A-Z0-9_]*$/.test(key)) {
      throw authorError('BAD_JOB', `"${key}" cannot name a parameter`, {
        at,
        help: 'expected upper case, as in S3_JSON_INPUT_PATH',
      })
    }
    if (!(value instanceof Param))
      throw authorError('BAD_JOB', `the parameter ${key} is not made with param`, {
        at,
        help: `expected: ${key}: param.location('…')`,
      })
  }
}

function asSink(value: unknown, index: number): Write {
  if ((value as Partial<Write> | null)?.node === 'write') return value as Write
  throw notSinks(`plan returned something that is no sink, at place ${index + 1} of its list`)
}

function notSinks(what: string): FletchingError {
  return authorError('BAD_JOB', what, { help: 'expected: return [writeCsv(…), writeParquet(…)]' })
}

/** What an author's function throws is the author's, with the line that says where. */
function thrownByPlan(error: unknown): FletchingError {
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : []
  const frame = frames.find((line) => /\bplan \(/.test(line)) ?? frames[0]
  return authorError('BAD_JOB', `plan failed with ${String(error)}`, {
    at: frame === undefined ? [] : [frame.trim().replace(/^at /, '')],
    help: 'plan says what is wanted; it is given the parameters and returns sinks',
    cause: error,
  })
}

/** The error with the job's name at its last place. */
function inJob(error: FletchingError, name: string): FletchingError {
  const { kind, code, what, at, help, details, cause } = error
  const places = at.length === 0 ? [`job ${name}`] : [...at.slice(0, -1), `${at.at(-1)}, job ${name}`]
  return new FletchingError(kind, code, what, { at: places, help, details, cause })
}
