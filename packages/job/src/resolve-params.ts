import { authorError } from '@fletching/columns/errors'
import { nearest } from '@fletching/plan'
import type { Job } from './define-job.ts'
import type { Param, Params, ParamValue, ValuesOf } from './param.ts'

/**
 * The values of a job's parameters, from the texts that were given on the command line or in the environment.
 *
 * - Errors, all the author's: UNKNOWN_PARAMETER lists what there is; MISSING_PARAMETER names every missing one at once;
 *   BAD_PARAMETER for a text that does not mean a value.
 *
 * @example
 * ```ts
 * const job = defineJob({ name: 'few', params: { SHARE: param.number('of the lines').default(1) }, plan: () => [] })
 * assert.deepEqual(resolveParams(job, { SHARE: '0.5' }), { SHARE: 0.5 })
 * ```
 */
export function resolveParams<P extends Params>(job: Job<P>, given: Readonly<Record<string, string>>): ValuesOf<P> {
  for (const name of Object.keys(given)) if (!Object.hasOwn(job.params, name)) throw unknownParameter(job, name)
  const missing = Object.keys(job.params).filter((name) => job.params[name].required && !Object.hasOwn(given, name))
  if (missing.length > 0) throw missingParameters(job, missing)
  const values = Object.entries(job.params).map(([name, param]) => [
    name,
    Object.hasOwn(given, name) ? parse(name, param, given[name], job.name) : param.fallback,
  ])
  return Object.freeze(Object.fromEntries(values)) as ValuesOf<P>
}

function parse(name: string, param: Param<ParamValue>, text: string, job: string): ParamValue {
  switch (param.kind) {
    case 'location':
    case 'text':
      if (text.trim() !== '') return text
      throw badParameter(
        name,
        text,
        job,
        param.kind === 'location' ? 'expected a place such as s3://bucket/folder/' : 'expected a text',
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
      `give ${missing.length === 1 ? 'it' : 'each'} as --${missing[0]} VALUE, or as the environment variable ${missing[0]}`,
    ],
    details: { missing },
  })
}
