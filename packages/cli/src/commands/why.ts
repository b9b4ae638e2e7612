import { traceMessage } from '@fletching/engine'
import { findJob } from '../find-job.ts'
import { runOptions } from '../options.ts'
import { givenParams } from '../params.ts'
import { Interrupted } from '../signals.ts'
import type { ToolCall } from '../tools.ts'
import { traceText } from '../trace-text.ts'

/** `fletching why <messageId>`: the ways of its events, as text for a person and as a JSON line each for a program. */
export async function execute(call: ToolCall): Promise<void> {
  const { words, values, out, voice, signal } = call
  const job = await findJob(typeof values.job === 'string' ? values.job : 'segment-to-personalize')
  const resolved = await givenParams(job, call)
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
