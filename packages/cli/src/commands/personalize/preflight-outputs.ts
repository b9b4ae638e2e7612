import { dataError, FletchingError } from '@fletching/columns/errors'
import { describeOutputs, type Report, type RunOptions } from '@fletching/engine'
import type { Job, Params, ValuesOf } from '@fletching/job'
import type { Checklist } from '@fletching/personalize/checklist'
import type { Dataset } from '@fletching/personalize/dataset'
import { preflightAt } from '@fletching/personalize/preflight-folder'
import { formatLocation } from '@fletching/storage'
import type { OutputVerdict } from '../../output-verdict.ts'
import { ended } from '../../signals.ts'
import { datasetOf } from './dataset-of.ts'

/**
 * Looks at each CSV that a run has written for Personalize. The outputs stand, whatever is found; so what keeps it from looking is told, and is no
 * error of the run.
 */
export async function preflightOutputs<P extends Params>(
  job: Job<P>,
  params: ValuesOf<P>,
  options: RunOptions & { readonly signal: AbortSignal },
  { outputs }: Report,
): Promise<readonly OutputVerdict[]> {
  const written = new Set(outputs.map(({ name }) => name))
  const verdicts: OutputVerdict[] = []
  for (const described of describeOutputs(job, params, options)) {
    const { location } = described
    const output = formatLocation(location)
    const dataset = datasetOf(described)
    if (dataset === undefined || !written.has(output)) continue
    try {
      // The run is over: whatever the look waits for, a signal ends it at once.
      const look = preflightAt(location, preflightOptions(dataset, options))
      verdicts.push(verdictOf(output, await Promise.race([look, ended(options.signal)])))
    } catch (error) {
      const why = options.signal.aborted ? 'the run was told to end' : reasonOf(error)
      verdicts.push({ output, verdict: 'unknown', failures: [], warnings: [], why, checklist: undefined })
    }
  }
  return verdicts
}

/**
 * The error of a run that ends where the preflight fails.
 *
 * - Errors: PREFLIGHT_FAILED (data) for the first CSV that is not passed.
 */
export function assertPassed(verdicts: readonly OutputVerdict[]): void {
  for (const { output, verdict, failures, why } of verdicts) {
    if (verdict !== 'failed' && verdict !== 'unknown') continue
    const what =
      verdict === 'failed'
        ? `Personalize would refuse the CSV: ${failures.join(', ')}`
        : `the CSV could not be looked at: ${why}`
    throw dataError('PREFLIGHT_FAILED', what, {
      at: output,
      help: [
        'the outputs of the run are complete and have been committed; only the import has to wait',
        `fletching personalize preflight ${output} says where, and the way out`,
      ],
    })
  }
}

function reasonOf(error: unknown): string {
  return error instanceof FletchingError ? `${error.code}: ${error.what}` : String(error)
}

function preflightOptions(dataset: Dataset, { csv, s3, signal }: RunOptions): Parameters<typeof preflightAt>[1] {
  return {
    dataset,
    mode: csv === 'increment' ? 'incremental' : 'full',
    now: Math.floor(Date.now() / 1000),
    slotsMax: SLOTS_MAX,
    ...(s3 === undefined ? {} : { s3 }),
    ...(signal === undefined ? {} : { signal }),
  }
}

function verdictOf(output: string, checklist: Checklist): OutputVerdict {
  const codes = (severity: string) =>
    checklist.findings.filter((finding) => finding.severity === severity).map(({ code }) => code)
  return {
    output,
    verdict: checklist.verdict,
    failures: codes('failure'),
    warnings: codes('warning'),
    why: undefined,
    checklist,
  }
}

/** A look of its own counts exactly; here figures of more than 32,768 users, items or records are within about one in a hundred. */
const SLOTS_MAX = 65_536
