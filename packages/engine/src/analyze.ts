import type { Job, Params, ValuesOf } from '@fletching/job'
import { NdjsonDecoder, type ScannerKind } from '@fletching/ndjson'
import { type FilterStep, formatExpr, formatKeys, formatNames, optimize } from '@fletching/plan'
import { asFolder, openDiscardStore, openStore, parseLocation } from '@fletching/storage'
import { orAborted } from './abort.ts'
import { type Accounting, sum } from './accounting.ts'
import { inJob } from './in-job.ts'
import { inputBytes } from './input-list.ts'
import { listInput } from './list-input.ts'
import { type Measured, Meter, type OperatorFigures, operatorName, timedBy } from './meter.ts'
import type { RunOptions } from './options.ts'
import { csvTarget } from './outputs.ts'
import { type Passed, passOver } from './pass.ts'
import { lower, type PhysicalPlan } from './physical.ts'
import type { Places } from './places.ts'
import { fileNames } from './write-mode.ts'

/** What a pass over the input did and how long it took, operator by operator. */
export interface Analysis {
  readonly job: string
  /** By the clock, from the listing of the input to the last row group. */
  readonly milliseconds: number
  /** Of CPU, that this process used in that time: what the operators used, and what compiling, garbage and messages between threads did. */
  readonly cpuMilliseconds: number
  /** Threads that scanned. */
  readonly threads: number
  /** How the operators were timed: by the CPU that they used, from Node 23.9 on, or by the clock. */
  readonly timedBy: 'cpu' | 'clock'
  readonly scan: {
    /** Who read the lines. */
    readonly scanner: ScannerKind
    readonly lines: number
    /** Lines that the scanner in WebAssembly left to the strict one. */
    readonly slowLines: number
    /** As stored. */
    readonly bytes: number
    readonly uncompressedBytes: number
  }
  /** In the way of the data: from reading to each sink. */
  readonly operators: readonly AnalyzedOperator[]
}

export interface AnalyzedOperator {
  /** In the words of the plan. */
  readonly operator: string
  /** Undefined where there are no rows yet; lines, for the scan and its filters. */
  readonly rowsIn: number | undefined
  readonly rowsOut: number | undefined
  /** That it took, of reading and scanning, or made, of encoding. */
  readonly bytes: number | undefined
  /** Of all threads together; undefined for what was waited for, and for what is a part of the scan. */
  readonly milliseconds: number | undefined
}

/**
 * Runs a job over its input with every output discarded, and tells what each operator did. No place but the input is touched, and
 * none is checked; what has no room in memory waits in a file, as in a run.
 *
 * - Units: an operator's time is that of the threads that it ran on, each moment counted for one operator alone.
 * - Errors: those of a run, other than those of its outputs.
 */
export async function analyzeJob<P extends Params>(
  job: Job<P>,
  params: ValuesOf<P>,
  options: RunOptions = {},
): Promise<Analysis> {
  return inJob(job.name, async () => {
    const plan = lower(optimize(job.build(params)), options)
    const places = await discardingPlaces(plan, options)
    const begin = performance.now()
    const cpuBefore = process.cpuUsage()
    const meter = new Meter()
    const finish = async (passed: Passed) => {
      // Encodes the last row groups.
      await passed.coordinator.prepare()
      const { user, system } = process.cpuUsage(cpuBefore)
      const times = { milliseconds: performance.now() - begin, cpuMilliseconds: (user + system) / 1000 }
      return { job: job.name, ...times, ...analysisOf(plan, passed, meter.take()) }
    }
    return passOver(
      plan,
      await orAborted(listInput(plan, places, options), options.signal),
      places,
      options,
      finish,
      meter,
    )
  })
}

async function discardingPlaces(plan: PhysicalPlan, { s3 }: RunOptions): Promise<Places> {
  const store = openDiscardStore()
  const sinks = plan.sinks.map((sink) => ({
    sink,
    store,
    target: sink.format === 'csv' ? csvTarget(sink.to).file : asFolder(parseLocation(sink.to)),
  }))
  const input = { store: await openStore(parseLocation(plan.location), s3) }
  const folder = { scheme: 'memory', key: '' } as const
  return {
    input,
    sinks,
    writeMode: 'replace',
    files: fileNames('replace', ''),
    keptAs: {},
    state: { store, folder, isSingleWriter: true, storeOf: async () => store },
    last: undefined,
    ledgerBefore: null,
    bookmark: undefined,
    run: undefined,
  }
}

function analysisOf(plan: PhysicalPlan, { read, summary, threads }: Passed, measured: Measured) {
  const { scanner } = new NdjsonDecoder(plan.scan, { scanner: plan.scanner })
  const { accounting, slowLines } = summary
  const { explode, dropDuplicates } = plan
  const { bytes, uncompressedBytes } = inputBytes(read.inputs)
  const inflating = measured[operatorName.inflate]
  const operators: AnalyzedOperator[] = [
    { ...UNKNOWN, operator: 'read', bytes, milliseconds: measured[operatorName.read]?.milliseconds },
    ...(inflating === undefined ? [] : [{ ...UNKNOWN, operator: 'inflate', ...timeAndBytes(inflating) }]),
    ...scanOperators(plan, accounting, measured, uncompressedBytes),
    ...filterOperators(plan.residual, 0, measured),
    ...(explode === undefined
      ? []
      : [
          {
            ...(measured[operatorName.explode] ?? UNKNOWN),
            operator: `explode ${formatExpr(explode.list)}`,
            bytes: undefined,
          },
          ...filterOperators(explode.filters, plan.residual.length, measured),
        ]),
    ...(dropDuplicates === undefined
      ? []
      : [
          {
            ...(measured[operatorName.dropDuplicates] ?? UNKNOWN),
            operator: `dropDuplicates ${formatKeys(dropDuplicates.keys)}`,
            bytes: undefined,
          },
          ...filterOperators(dropDuplicates.filters, plan.residual.length + (explode?.filters.length ?? 0), measured),
        ]),
    { ...(measured[operatorName.setAside] ?? UNKNOWN), operator: 'set aside', bytes: undefined },
    ...plan.sinks.flatMap(({ format, to, columns }, number) => [
      {
        ...(measured[operatorName.project(number)] ?? UNKNOWN),
        operator: `project ${formatNames(columns.map(({ name }) => name))}`,
        bytes: undefined,
      },
      { ...(measured[operatorName.encode(number)] ?? UNKNOWN), operator: `encode ${format} ${to}` },
    ]),
  ]
  return {
    threads,
    timedBy,
    scan: { scanner, lines: accounting.lines, slowLines, bytes, uncompressedBytes },
    operators,
  }
}

/** The scan, and the filters in it by their reasons: what each lets pass is known, its time is the scan's. */
function scanOperators(
  plan: PhysicalPlan,
  { lines, blank, malformed, filtered }: Accounting,
  measured: Measured,
  bytes: number,
): AnalyzedOperator[] {
  const refused = { ...filtered }
  for (const [operator, reason] of reasonsAbove(plan)) {
    const { rowsIn, rowsOut } = measured[operatorName.lines(operator)] ?? measured[operator] ?? NO_ROWS
    if (rowsIn > rowsOut) refused[reason] -= rowsIn - rowsOut
  }
  let rows = lines - blank - sum(malformed)
  const filters = [...new Set(plan.scan.steps.map(({ reason }) => reason))].map((reason) => {
    const rowsIn = rows
    rows -= refused[reason] ?? 0
    return { ...UNKNOWN, operator: `  filter, else "${reason}"`, rowsIn, rowsOut: rows }
  })
  const { milliseconds } = measured[operatorName.scan] ?? UNKNOWN
  return [{ operator: `scan ndjson ${plan.location}`, rowsIn: lines, rowsOut: rows, bytes, milliseconds }, ...filters]
}

/** What drops lines above the scan, and the words under which they are counted. */
function reasonsAbove({ residual, explode, dropDuplicates }: PhysicalPlan): (readonly [string, string])[] {
  const filters = [...residual, ...(explode?.filters ?? []), ...(dropDuplicates?.filters ?? [])]
  const named = filters.map(({ reason }, number) => [operatorName.filter(number), reason] as const)
  return explode === undefined ? named : [...named, [operatorName.explode, explode.reason]]
}

/** - `before`: how many filters of the plan stand before them. */
function filterOperators(filters: readonly FilterStep[], before: number, measured: Measured): AnalyzedOperator[] {
  return filters.map(({ predicate }, number) => ({
    ...(measured[operatorName.filter(before + number)] ?? UNKNOWN),
    operator: `filter ${formatExpr(predicate)}`,
    bytes: undefined,
  }))
}

function timeAndBytes({ bytes, milliseconds }: OperatorFigures) {
  return { bytes, milliseconds }
}

const UNKNOWN = { rowsIn: undefined, rowsOut: undefined, bytes: undefined, milliseconds: undefined }
const NO_ROWS = { rowsIn: 0, rowsOut: 0 }
