import type { RowGroupEncoder } from '@fletching/parquet'

/** What an operator did. Its bytes are those that it took, or made, whichever says more of it. */
export interface OperatorFigures {
  rowsIn: number
  rowsOut: number
  bytes: number
  /** Of the threads that it ran on; undefined when it was not timed. */
  milliseconds: number | undefined
}

type Counts = Partial<Omit<OperatorFigures, 'milliseconds'>>

/** What operators did, by their names. */
export type Measured = Readonly<Record<string, OperatorFigures>>

/** From 23.9 on Node tells the CPU time of a thread. */
const cpuUsage = (process as { threadCpuUsage?: () => NodeJS.CpuUsage }).threadCpuUsage

/** Whether operators are timed by the CPU that they use, or by the clock, which also runs while their threads wait for a CPU. */
export const timedBy: 'cpu' | 'clock' = cpuUsage === undefined ? 'clock' : 'cpu'

function timeOfThread(): number {
  if (cpuUsage === undefined) return performance.now()
  const { user, system } = cpuUsage()
  return (user + system) / 1000
}

/** The names of the operators that are measured; filters and sinks have numbers. */
export const operatorName = {
  read: 'read',
  inflate: 'inflate',
  scan: 'scan',
  filter: (number: number) => `filter ${number}`,
  explode: 'explode',
  /** An operator again, with lines in the place of rows, where a line may have several. */
  lines: (operator: string) => `${operator}, lines`,
  dropDuplicates: 'drop duplicates',
  setAside: 'set aside',
  project: (sink: number) => `project ${sink}`,
  encode: (sink: number) => `encode ${sink}`,
}

/**
 * Measures the operators of a thread. An operator that runs within another has its time for itself alone, so that all times together are
 * that of the thread.
 */
export class Meter {
  #operators: Record<string, OperatorFigures> = {}
  #running: string | undefined
  #since = 0

  /** Does work, and counts its time for the operator. */
  time<T>(operator: string, work: () => T): T {
    const outer = this.#turnTo(operator)
    try {
      return work()
    } finally {
      this.#turnTo(outer)
    }
  }

  count(operator: string, { rowsIn = 0, rowsOut = 0, bytes = 0 }: Counts): void {
    const figures = this.#figuresOf(operator)
    figures.rowsIn += rowsIn
    figures.rowsOut += rowsOut
    figures.bytes += bytes
  }

  /** Adds what another thread measured. */
  add(measured: Measured): void {
    for (const [operator, { milliseconds, ...counts }] of Object.entries(measured)) {
      this.count(operator, counts)
      this.#addTime(operator, milliseconds)
    }
  }

  /** What was measured since this was last asked. */
  take(): Measured {
    const operators = this.#operators
    this.#operators = {}
    return operators
  }

  #turnTo(operator: string | undefined): string | undefined {
    const now = timeOfThread()
    const before = this.#running
    if (before !== undefined) this.#addTime(before, now - this.#since)
    this.#running = operator
    this.#since = now
    return before
  }

  #addTime(operator: string, milliseconds: number | undefined): void {
    if (milliseconds === undefined) return
    const figures = this.#figuresOf(operator)
    figures.milliseconds = (figures.milliseconds ?? 0) + milliseconds
  }

  #figuresOf(operator: string): OperatorFigures {
    this.#operators[operator] ??= { rowsIn: 0, rowsOut: 0, bytes: 0, milliseconds: undefined }
    return this.#operators[operator]
  }
}

/**
 * The work of an operator, of which a meter is told.
 *
 * - Cost: without a meter it is the work itself.
 */
export function metered<Input, Output>(
  meter: Meter | undefined,
  operator: string,
  work: (input: Input) => Output,
  counts: (input: Input, output: Output) => Counts,
): (input: Input) => Output {
  if (meter === undefined) return work
  return (input) => {
    const output = meter.time(operator, () => work(input))
    meter.count(operator, counts(input, output))
    return output
  }
}

/** The same pieces; making each is the operator's work. */
export function meteredPieces(
  meter: Meter | undefined,
  operator: string,
  pieces: Iterable<Uint8Array>,
): Iterable<Uint8Array> {
  return meter === undefined ? pieces : eachMetered(meter, operator, pieces)
}

function* eachMetered(meter: Meter, operator: string, pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  const iterator = pieces[Symbol.iterator]()
  try {
    while (true) {
      const next = meter.time(operator, () => iterator.next())
      if (next.done === true) return
      meter.count(operator, { bytes: next.value.length })
      yield next.value
    }
  } finally {
    iterator.return?.()
  }
}

/** The same encoder. Of one that waits, the time until it first does is counted. */
export function meteredEncoder(meter: Meter | undefined, operator: string, encoder: RowGroupEncoder): RowGroupEncoder {
  if (meter === undefined) return encoder
  return {
    encode: async (rows) => {
      const group = await meter.time(operator, () => encoder.encode(rows))
      meter.count(operator, { rowsIn: group.rows, rowsOut: group.rows, bytes: group.bytes.length })
      return group
    },
  }
}
