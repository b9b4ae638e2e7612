import { authorError } from '@fletching/columns/errors'

/** A command line in Glue's form, parted into what concerns the job, what concerns Glue, and what concerns the command. */
export interface Arguments {
  /** `--UPPER_CASE value` or `--UPPER_CASE=value`: the job's parameters. */
  readonly params: Readonly<Record<string, string>>
  /** One line for each of Glue's own arguments that was ignored. */
  readonly ignored: readonly string[]
  /** The rest, in order. */
  readonly rest: readonly string[]
}

/**
 * Parts a command line.
 *
 * - Errors: BAD_PARAMETER (author) for a parameter without a value or given twice.
 * - Source: AWS Glue, "Job parameters used by AWS Glue" and `getResolvedOptions`.
 */
export function partArguments(argv: readonly string[]): Arguments {
  const params: Record<string, string> = Object.create(null)
  const ignored: string[] = []
  const rest: string[] = []
  for (let at = 0; at < argv.length; at++) {
    // What follows a `--` is read as if it were not there, rather than ignored.
    if (argv[at] === '--') continue
    const { name, value } = splitFlag(argv[at])
    if (name === undefined || !(PARAMETER.test(name) || GLUE_ARGUMENTS.has(name))) {
      rest.push(argv[at])
      continue
    }
    const next = argv[at + 1]
    const given = value ?? (next === undefined || next.startsWith('--') ? undefined : argv[++at])
    if (GLUE_ARGUMENTS.has(name)) ignored.push(`--${name} is an argument of AWS Glue and is ignored here`)
    else if (given === undefined) throw withoutValue(name, next)
    else if (Object.hasOwn(params, name)) throw authorError('BAD_PARAMETER', `--${name} is given twice`)
    else params[name] = given
  }
  return { params, ignored, rest }
}

function splitFlag(token: string): { name: string | undefined; value: string | undefined } {
  const parts = /^--([^=]+)(?:=(.*))?$/s.exec(token)
  return { name: parts?.[1], value: parts?.[2] }
}

function withoutValue(name: string, next: string | undefined) {
  return authorError('BAD_PARAMETER', `--${name} has no value`, {
    help:
      next === undefined
        ? `expected --${name} VALUE or --${name}=VALUE`
        : `a value that begins with -- needs the form --${name}=${next}`,
  })
}

const PARAMETER = /^[A-Z][A-Z0-9_]*$/

/** Glue's own arguments; `JOB_NAME` is one, although it looks like a job's. */
const GLUE_ARGUMENTS = new Set([
  'JOB_NAME',
  'JOB_ID',
  'JOB_RUN_ID',
  'SECURITY_CONFIGURATION',
  'TempDir',
  'RedshiftTempDir',
  'additional-python-modules',
  'class',
  'conf',
  'continuation-option',
  'continuous-log-logGroup',
  'datalake-formats',
  'enable-auto-scaling',
  'enable-continuous-cloudwatch-log',
  'enable-continuous-log-filter',
  'enable-data-lineage',
  'enable-glue-datacatalog',
  'enable-job-insights',
  'enable-metrics',
  'enable-observability-metrics',
  'enable-s3-parquet-optimized-committer',
  'enable-spark-ui',
  'encryption-type',
  'extra-files',
  'extra-jars',
  'extra-py-files',
  'job-language',
  'scriptLocation',
  'spark-event-logs-path',
  'user-jars-first',
])
