import { authorError, internal } from '@fletching/columns/errors'
import { nearest, parseSchemaFile } from '@fletching/plan'
import type { Job } from './define-job.ts'
import type { Param, ParamKind, Params, ParamValue, ValuesOf } from './param.ts'

/** Texts by the names of parameters. */
type Texts = Readonly<Record<string, string>>

/**
 * The values of a job's parameters, from the texts that were given on the command line or in the environment.
 *
 * - `contents`: of the schema files that `schemaFiles` names, by parameter; reading them is the caller's.
 * - Errors, all the author's: UNKNOWN_PARAMETER lists what there is; MISSING_PARAMETER names every missing one at once;
 *   BAD_PARAMETER for a text that does not mean a value; BAD_SCHEMA_FILE.
 *
 * @example
 * ```ts
 * const job = defineJob({ name: 'few', params: { SHARE: param.number('of the lines').default(1) }, plan: () => [] })
 * assert.deepEqual(resolveParams(job, { SHARE: '0.5' }), { SHARE: 0.5 })
 * ```
 */
export function resolveParams<P extends Params>(job: Job<P>, given: Texts, contents: Texts = {}): ValuesOf<P> {
  assertGiven(job, given)
  const values = Object.entries(job.params).map(([name, param]) => [
    name,
    Object.hasOwn(given, name) ? paramValue(name, param, given[name], job.name, contents) : param.fallback,
  ])
  return Object.freeze(Object.fromEntries(values)) as ValuesOf<P>
}

/**
 * The places of the schema files that a job's parameters name, by parameter.
 *
 * - Errors: UNKNOWN_PARAMETER, MISSING_PARAMETER, BAD_PARAMETER (author): what can be said before a file is read.
 */
export function schemaFiles(job: Job, given: Texts): Texts {
  assertGiven(job, given)
  const named = Object.entries(job.params).filter(([name, { kind }]) => kind === 'schema' && Object.hasOwn(given, name))
  return Object.fromEntries(named.map(([name]) => [name, placeOf(name, given[name], job.name)]))
}

function assertGiven(job: Job, given: Texts): void {
  for (const name of Object.keys(given)) if (!Object.hasOwn(job.params, name)) throw unknownParameter(job, name)
  const missing = Object.keys(job.params).filter((name) => job.params[name].required && !Object.hasOwn(given, name))
  if (missing.length > 0) throw missingParameters(job, missing)
}

function paramValue(name: string, param: Param<ParamValue>, text: string, job: string, contents: Texts): ParamValue {
  if (param.kind !== 'schema') return parse(name, param.kind, text, job)
  const place = placeOf(name, text, job)
  if (!Object.hasOwn(contents, name)) throw internal(`the schema file of ${name} was not read`, { at: place })
  return parseSchemaFile(contents[name], place)
}

function placeOf(name: string, text: string, job: string): string {
  if (text.trim() !== '') return text
  throw badParameter(name, text, job, 'expected the place of a schema file such as s3://bucket/logs.schema.json')
}

function parse(name: string, kind: Exclude<ParamKind, 'schema'>, text: string, job: string): ParamValue {
  switch (kind) {
    case 'location':
    case 'text':
      if (text.trim() !== '') return text
      throw badParameter(
        name,
        text,
        job,
        kind === 'location' ? 'expected a place such as s3://bucket/folder/' : 'expected a text',
      )
    case 'number':
      if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text))) return Number(text)
      throw badParameter(name, text, job, 'expected a number such as 100 or 0.5')
    case 'flag':
      if (text === 'true' || text === 'false') return text === 'true'
      throw badParameter(name, text, job, 'expected true or false')
  }
}

function badParameter(name: string, text: string, job: string, help: string) {
  return authorError('BAD_PARAMETER', `${name} got "${text}"`, { at: `job ${job}`, help })
}

function unknownParameter(job: Job, name: string) {
  const names = Object.keys(job.params)
  const near = nearest(name, names)
  return authorError('UNKNOWN_PARAMETER', `no parameter ${name}`, {
    at: `job ${job.name}`,
    help: `${near === undefined ? '' : `did you mean ${near}? `}the job has: ${names.join(', ') || 'none'}`,
  })
}

function missingParameters(job: Job, missing: readonly string[]) {
  const what = missing.length === 1 ? `${missing[0]} is not given` : `${missing.join(', ')} are not given`
  const width = Math.max(...missing.map((name) => name.length))
  return authorError('MISSING_PARAMETER', what, {
    at: `job ${job.name}`,
    help: [
      ...missing.map((name) => `${name.padEnd(width)}  ${job.params[name].description}`),
      ...(missing.some((name) => job.params[name].kind === 'schema')
        ? ['a schema file is made of the input by: fletching schema infer IN > logs.schema.json']
        : []),
      `give ${missing.length === 1 ? 'it' : 'each'} as --${missing[0]} VALUE, or as the environment variable ${missing[0]}`,
    ],
    details: { missing },
  })
}
