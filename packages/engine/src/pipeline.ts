import { CsvEncoder } from '@fletching/csv'
import { type DecodedBatch, type LineCounts, NdjsonDecoder } from '@fletching/ndjson'
import type { RecordBatch, Schema } from 'apache-arrow'
import { type Accounting, addTo, newTally } from './accounting.ts'
import type { MorselBody, ObjectCounts, Reject, SinkPart } from './morsel.ts'
import { applyFilter, project, setAside, sinkSchema } from './operators.ts'
import type { PhysicalPlan, PhysicalSink } from './physical.ts'

/**
 * The synchronous part of a run: uncompressed bytes of one object after the other in, encoded parts out. It reads nothing and
 * writes nothing, and all it needs besides bytes is the physical plan, which is plain data; so it can stand on any thread.
 */
export class Pipeline {
  readonly #plan: PhysicalPlan
  readonly #decoder: NdjsonDecoder
  readonly #sinks: readonly SinkEnd[]
  #object = ''
  #filtered = newTally()
  #setAside = newTally()
  #rows = 0

  constructor(plan: PhysicalPlan) {
    this.#plan = plan
    this.#decoder = new NdjsonDecoder(plan.scan, { batchRows: plan.batchRows, lineBytesMax: plan.lineBytesMax })
    this.#sinks = plan.sinks.map((sink) => new SinkEnd(sink))
  }

  /** Begins an object; its name goes into the rejects. */
  start(object: string): void {
    this.#object = object
  }

  /** Says that the next byte is the first of a line in the middle of the object, at this offset. */
  skipTo(byteOffset: number): void {
    this.#decoder.skipTo(byteOffset)
  }

  push(bytes: Uint8Array): MorselBody[] {
    return this.#decoder.push(bytes).map((decoded) => this.#run(decoded))
  }

  /** Ends an object. */
  flush(): MorselBody[] {
    return this.#decoder.flush().map((decoded) => this.#run(decoded))
  }

  /** What became of the object's lines; to be called once after `flush`. */
  takeCounts(bytes: number): ObjectCounts {
    const counts = this.#decoder.takeCounts()
    const object: ObjectCounts = {
      object: this.#object,
      bytes,
      uncompressedBytes: counts.bytes,
      accounting: this.#account(counts),
      converted: counts.converted,
      tallies: counts.tallies,
    }
    this.#filtered = newTally()
    this.#setAside = newTally()
    this.#rows = 0
    return object
  }

  #account(counts: LineCounts): Accounting {
    for (const [reason, count] of Object.entries(counts.filtered)) addTo(this.#filtered, reason, count)
    return {
      lines: counts.lines,
      rows: this.#rows,
      filtered: this.#filtered,
      duplicates: 0,
      setAside: this.#setAside,
      malformed: counts.malformed,
      blank: counts.blank,
    }
  }

  #run(decoded: DecodedBatch): MorselBody {
    const rejects: Reject[] = decoded.malformed.map((line) => ({
      object: this.#object,
      line: line.line,
      byteOffset: line.byteOffset,
      errorOffset: line.errorOffset,
      stage: 'malformed',
      code: line.code,
      column: undefined,
      text: line.text,
    }))
    let rows = { batch: decoded.batch, unfit: decoded.unfit }
    for (const step of this.#plan.residual) {
      const kept = applyFilter(rows, step)
      const dropped = rows.batch.numRows - kept.batch.numRows
      if (dropped > 0) addTo(this.#filtered, step.reason, dropped)
      rows = kept
    }
    for (const { line, byteOffset, column, code, text } of rows.unfit) {
      addTo(this.#setAside, `${column}: ${code}`, 1)
      rejects.push({
        object: this.#object,
        line,
        byteOffset,
        errorOffset: undefined,
        stage: 'setAside',
        code,
        column,
        text,
      })
    }
    // The rejects are in the order of the lines, wherever batches end.
    rejects.sort((a, b) => a.line - b.line)
    const batch = setAside(rows)
    this.#rows += batch.numRows
    return { parts: this.#sinks.map((sink) => sink.encode(batch)), rejects }
  }
}

/** The end of the pipeline that prepares batches for one sink. */
class SinkEnd {
  readonly #sink: PhysicalSink
  readonly #schema: Schema
  readonly #csv: CsvEncoder | undefined

  constructor(sink: PhysicalSink) {
    this.#sink = sink
    this.#schema = sinkSchema(sink.columns)
    this.#csv = sink.format === 'csv' ? new CsvEncoder(this.#schema, { dialect: sink.dialect }) : undefined
  }

  encode(batch: RecordBatch): SinkPart {
    const projected = project(batch, this.#sink.columns, this.#schema)
    if (this.#csv === undefined) return { format: 'parquet', batch: projected }
    return { format: 'csv', bytes: this.#csv.encode(projected), rows: projected.numRows }
  }
}
