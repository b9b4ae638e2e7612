import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { addPlace, authorError, FletchingError } from '@fletching/columns/errors'
import { isJob, type Job } from '@fletching/job'
import { builtInJobs } from '@fletching/jobs'

/**
 * The job of that name or path: a path to a module, else a name looked up in `./jobs`, else a job that comes with the command.
 *
 * - Errors: UNKNOWN_JOB (author) lists what exists; NOT_A_JOB (author) when a module cannot be loaded, or has no job as its default
 *   export; what `defineJob` finds.
 */
export async function findJob(nameOrPath: string): Promise<Job> {
  if (/[/\\]|\.[cm]?[jt]s$/.test(nameOrPath)) return loadJob(resolve(nameOrPath))
  const own = jobFiles(nameOrPath).find((file) => existsSync(file))
  if (own !== undefined) return loadJob(own)
  if (Object.hasOwn(builtInJobs, nameOrPath)) return builtInJobs[nameOrPath]()
  throw authorError('UNKNOWN_JOB', `no job "${nameOrPath}"`, {
    at: `./jobs and the built-in jobs`,
    help: [
      `built in: ${Object.keys(builtInJobs).join(', ')}`,
      'a job of your own is a module with defineJob(…) as its default export: give its path, or put it at ./jobs/NAME/job.js',
    ],
  })
}

/** Node runs TypeScript by itself from 22.18 on. */
const runsTypeScript = Boolean((process.features as { typescript?: unknown }).typescript)

function jobFiles(name: string): string[] {
  const endings = runsTypeScript ? ['.js', '.mjs', '.ts'] : ['.js', '.mjs']
  return endings.flatMap((ending) => [resolve('jobs', `${name}${ending}`), resolve('jobs', name, `job${ending}`)])
}

async function loadJob(file: string): Promise<Job> {
  if (!existsSync(file)) {
    throw authorError('UNKNOWN_JOB', `no file "${file}"`, {
      help: 'expected the path of a module whose default export is a job',
    })
  }
  if (/\.[cm]?ts$/.test(file) && !runsTypeScript) {
    throw authorError('NOT_A_JOB', `Node ${process.versions.node} does not run TypeScript`, {
      at: file,
      help: 'use Node 22.18 or newer, or compile the job and give the .js file',
    })
  }
  let module: { default?: unknown }
  try {
    module = await import(pathToFileURL(file).href)
  } catch (error) {
    // What defineJob found wrong is said as it is.
    if (error instanceof FletchingError) throw addPlace(error, file)
    throw notLoaded(error, file)
  }
  if (!isJob(module.default)) {
    throw authorError('NOT_A_JOB', 'the default export is not a job', {
      at: file,
      help: 'expected: export default defineJob({ name, params, plan })',
    })
  }
  return module.default
}

function notLoaded(error: unknown, file: string): FletchingError {
  const message = error instanceof Error ? error.message : String(error)
  return authorError('NOT_A_JOB', `the module could not be loaded: ${message}`, {
    at: file,
    help: wayToLoad(message),
    cause: error,
  })
}

function wayToLoad(message: string): string[] {
  const missing = /^Cannot find package '([^']+)'/.exec(message)?.[1]
  if (missing !== undefined) return [`install ${missing} where the job lies, in its folder or one above`]
  return /^(Cannot use import statement|Unexpected token 'export')/.test(message)
    ? ['name the file .mjs, or put "type": "module" into the package.json above it']
    : []
}
