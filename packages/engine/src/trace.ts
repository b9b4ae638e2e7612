import { authorError, dataError } from '@fletching/columns/errors'
import type { Job, Params, ValuesOf } from '@fletching/job'
import { type DropDuplicatesStep, type OptimizedPlan, optimize } from '@fletching/plan'
import { openStore, parseLocation } from '@fletching/storage'
import { orAborted } from './abort.ts'
import { firstRows } from './first-rows.ts'
import { inJob } from './in-job.ts'
import { LineTracer, type Trace } from './line-tracer.ts'
import { listInput } from './list-input.ts'
import { nothingSearched, type Searched, searchMessage } from './message-search.ts'
import type { RunOptions } from './options.ts'
import { lower } from './physical.ts'

/** What a run would be told that bears on single lines, or on where they are read. */
export type TraceOptions = Pick<
  RunOptions,
  | 'exclude'
  | 'fromDay'
  | 'toDay'
  | 'csvDialect'
  | 'partitionBy'
  | 'lineBytesMax'
  | 'scanner'
  | 'tmp'
  | 's3'
  | 'onNote'
  | 'signal'
>

/**
 * Finds the events with a `messageId` in the input of a job, and tells the way of each through the job: the steps that it got over, the one at which
 * it ended, or the row that each output gets. Every verdict is that of the pipeline that runs the job. Nothing is written, and no place but the
 * input is touched.
 *
 * - Order: that of the input; of more than a thousand events with the same id, the first thousand.
 * - Memory: one line, and what is told.
 * - Cost: the input is searched for the bytes of the id, and only lines that may hold it are read as JSON. Where the job drops duplicates by
 *   other columns than `messageId`, the whole input is scanned for rows that are alike.
 * - Errors: MESSAGE_NOT_FOUND (data); those of a run, other than those of its outputs.
 */
export async function traceMessage<P extends Params>(
  job: Job<P>,
  params: ValuesOf<P>,
  id: string,
  options: TraceOptions = {},
): Promise<Trace[]> {
  return inJob(job.name, () => trace(job, params, id, options))
}

async function trace<P extends Params>(
  job: Job<P>,
  params: ValuesOf<P>,
  id: string,
  options: TraceOptions,
): Promise<Trace[]> {
  if (id === '')
    throw authorError('NO_ID', 'the messageId is empty', { help: 'an event without one cannot be looked for' })
  const { signal } = options
  const optimized = optimize(job.build(params))
  assertTraceable(optimized)
  const plan = lower(optimized, options)
  const { dropDuplicates } = plan
  const store = await openStore(parseLocation(plan.location), options.s3)
  const { objects } = await orAborted(listInput(plan, { input: { store }, bookmark: undefined }, options), signal)
  const input = { store, objects }
  const hasOtherLikes = dropDuplicates !== undefined && !tellsByMessage(dropDuplicates)
  const firsts = hasOtherLikes ? await findFirsts(dropDuplicates) : undefined
  const tracer = new LineTracer(plan, optimized, options, firsts)
  const searched = nothingSearched()
  const traces: Trace[] = []
  let untold = 0
  try {
    for await (const message of searchMessage(input, id, plan, signal, searched)) {
      if (traces.length < TRACES_MAX) traces.push(await tracer.trace(message))
      else untold++
    }
  } finally {
    await tracer.close()
  }
  if (traces.length === 0) throw notFound(plan.location, searched)
  if (untold > 0) options.onNote?.(`${untold} more lines are not told of, which come behind these ${TRACES_MAX}`)
  return traces

  /** The first rows of the whole input that are like those of the id. */
  async function findFirsts(step: DropDuplicatesStep) {
    if (parseLocation(plan.location).scheme === 'stdin') {
      throw authorError('INPUT_ONCE', 'standard input can be read once', {
        help: 'the job drops duplicates by other columns than messageId, and their likes have to be looked for: give a file',
      })
    }
    const reader = new LineTracer(plan, optimized, options)
    const keys = new Set<string>()
    for await (const message of searchMessage(input, id, plan, signal)) {
      for (const key of reader.keysOf(message)) if (keys.size < TRACES_MAX) keys.add(key)
    }
    await reader.close()
    return keys.size === 0 ? undefined : firstRows(input, plan, step, keys, signal)
  }
}

/** Of what an event becomes several rows, or is judged by later ones, a line alone does not tell. */
function assertTraceable({ explode, dropDuplicates }: OptimizedPlan): void {
  if (explode === undefined && dropDuplicates?.last === undefined) return
  const what = explode === undefined ? 'keeps the last of the rows that are alike' : 'makes several rows of one event'
  throw authorError('NOT_SUPPORTED_YET', `the way of an event through a job that ${what} is not told`, {
    help: 'the report counts such rows by reason, and the rejects hold the lines that were refused',
  })
}

/** Whether rows that are alike have the same `messageId`, so that no other line need be looked at. */
function tellsByMessage({ keys }: DropDuplicatesStep): boolean {
  return keys.some((key) => key.op === 'column' && key.path.length === 1 && key.path[0] === 'messageId')
}

function notFound(location: string, { objects, lines, elsewhere, firstElsewhere }: Searched) {
  return dataError('MESSAGE_NOT_FOUND', 'no event has that messageId', {
    at: [
      `${location}, objects searched: ${objects}, lines: ${lines}`,
      ...(firstElsewhere === undefined
        ? []
        : [`lines that hold it, but not as their messageId: ${elsewhere}, the first ${firstElsewhere}`]),
    ],
    help: 'ids are compared exactly, with capitals and blanks; --exclude, --from and --to leave objects out',
    details: { objects, lines },
  })
}

const TRACES_MAX = 1000
