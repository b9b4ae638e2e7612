import { traceMessage } from '@fletching/engine'
import { resolveParams } from '@fletching/job'
import { findJob } from '../find-job.ts'
import { runOptions } from '../options.ts'
import { paramsFromEnvironment } from '../params.ts'
import { Interrupted } from '../signals.ts'
import type { ToolCall } from '../tools.ts'
import { traceText } from '../trace-text.ts'

/** `fletching why <messageId>`: the ways of its events, as text for a person and as a JSON line each for a program. */
export async function execute({ words, values, params, environment, out, voice, signal }: ToolCall): Promise<void> {
  const job = await findJob(typeof values.job === 'string' ? values.job : 'segment-to-personalize')
  const resolved = resolveParams(job, { ...paramsFromEnvironment(job, environment), ...params })
  const options = {
    ...runOptions(values, { cpus: undefined, memoryBytes: undefined }),
    signal,
    onNote: (text: string) => voice.note(text),
  }
  try {
    const traces = await traceMessage(job, resolved, words.messageId ?? '', options)
    out.write(traces.map(out.isTTY ? traceText : (trace) => `${JSON.stringify(trace)}\n`).join(''))
  } catch (error) {
    throw error instanceof Interrupted
      ? new Interrupted(error.signal, 'the search was ended; it writes nothing')
      : error
  }
}
