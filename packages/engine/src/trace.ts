import { authorError, dataError } from '@fletching/columns/errors'
import { plural } from '@fletching/columns/plural'
import type { Job, Params, ValuesOf } from '@fletching/job'
import { type DropDuplicatesStep, optimize } from '@fletching/plan'
import { openStore, parseLocation } from '@fletching/storage'
import { orAborted } from './abort.ts'
import { withLine } from './failed-line.ts'
import { tellsFailedRow } from './failed-row.ts'
import { inJob } from './in-job.ts'
import { keptRows } from './kept-rows.ts'
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
  | 'depthMax'
  | 'scanner'
  | 's3'
  | 'onNote'
  | 'signal'
>

/**
 * Finds the events with a `messageId` in the input of a job, and tells the way of each through the job: the steps that it got over, the one at which
 * it ended, or the row that each output gets; of a job that explodes, of each item. Every verdict is that of the operators that run the job. Nothing
 * is written, and no place but the input is touched.
 *
 * - Order: that of the input; of more than a thousand events with the same id, the first thousand.
 * - Memory: one line, and what is told.
 * - Cost: the input is searched for the bytes of the id, and only lines that may hold it are read as JSON. Where the job drops duplicates by
 *   other columns than `messageId`, or keeps the last, the whole input is scanned for rows that are alike.
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
  const plan = lower(optimized, options)
  const { dropDuplicates } = plan
  const store = await openStore(parseLocation(plan.location), options.s3)
  const { objects } = await orAborted(listInput(plan, { input: { store }, bookmark: undefined }, options), signal)
  const input = { store, objects }
  const tracer = new LineTracer(plan, optimized, await findKept(dropDuplicates))
  const searched = nothingSearched()
  const traces: Trace[] = []
  let untold = 0
  for await (const message of searchMessage(input, id, plan, signal, searched)) {
    if (traces.length < TRACES_MAX) traces.push(tracer.trace(message))
    else untold++
  }
  if (traces.length === 0) throw notFound(plan.location, searched)
  if (untold > 0)
    options.onNote?.(`${untold} more ${plural(untold, 'line is', 'lines are')} not told of, behind these ${TRACES_MAX}`)
  return traces

  /** The rows of the whole input that are kept of those that are like the id's; none where the lines of the id tell it themselves. */
  async function findKept(step: DropDuplicatesStep | undefined) {
    if (step === undefined || (step.last === undefined && tellsByMessage(step))) return undefined
    if (parseLocation(plan.location).scheme === 'stdin') {
      const which =
        step.last === undefined ? 'drops duplicates by other columns than messageId' : 'keeps the last of rows'
      throw authorError('INPUT_ONCE', 'standard input can be read once', {
        help: `the job ${which}, and their likes have to be looked for: give a file`,
      })
    }
    const reader = new LineTracer(plan, optimized)
    const keys = new Set<string>()
    let read = 0
    for await (const message of searchMessage(input, id, plan, signal)) {
      for (const key of reader.keysOf(message)) keys.add(key)
      if (++read === TRACES_MAX) break
    }
    if (keys.size === 0) return undefined
    return keptRows(input, plan, step, keys, signal).catch(async (error: unknown) => {
      throw tellsFailedRow(error) ? await withLine(error, plan, input, signal) : error
    })
  }
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
