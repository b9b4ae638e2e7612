import { analyzeJob } from '@fletching/engine'
import { explain } from '@fletching/plan'
import { analysisText } from '../analysis-text.ts'
import { containerLimits } from '../container-limits.ts'
import type { Context } from '../context.ts'
import { findJob } from '../find-job.ts'
import type { OptionValues } from '../option-specs.ts'
import { runOptions } from '../options.ts'
import { givenParams } from '../params.ts'

/** `fletching explain <job>`: the plan alone, for which no place is opened; with `--analyze`, also what a pass over the input does. */
export async function explainCommand(name: string, values: OptionValues, context: Context): Promise<void> {
  const { out, signal, onReading } = context
  const job = await findJob(name)
  const resolved = await givenParams(job, context)
  out.write(`${explain(job.build(resolved))}\n`)
  if (values.analyze !== true) return
  const options = { ...runOptions(values, containerLimits()), signal, onProgress: onReading }
  out.write(analysisText(await analyzeJob(job, resolved, options)))
}
