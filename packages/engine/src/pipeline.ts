import { internal } from '@fletching/columns/errors'
import { CsvEncoder } from '@fletching/csv'
import { type DecodedBatch, type LineCounts, NdjsonDecoder } from '@fletching/ndjson'
import type { RecordBatch } from 'apache-arrow'
import { addTally, addTo, newTally, type Tally } from './accounting.ts'
import { type Meter, metered, operatorName } from './meter.ts'
import type { CsvPart, MorselBody, ObjectCounts, Reject, SinkPart } from './morsel.ts'
import { applyFilter, project, type Rows, setAside, sinkSchema } from './operators.ts'
import type { PhysicalPlan, PhysicalSink } from './physical.ts'

/** An object whose lines are in the pipeline, and what is known of them so far. */
interface OpenObject {
  readonly index: number
  readonly name: string
  readonly filtered: Tally
  readonly setAside: Tally
  rows: number
  /** What the decoder counted, once the object has ended. */
  lines: LineCounts | undefined
  bytes: number
}

/** What became of an object, or of a split of it, with its place in the order of the input. */
export interface EndedObject {
  readonly index: number
  readonly counts: ObjectCounts
}

/**
 * The synchronous part of a run: uncompressed bytes of one object after the other in, encoded parts out. It reads nothing and
 * writes nothing, and all it needs besides bytes is the physical plan, which is plain data; so it can stand on any thread.
 *
 * Objects share batches, so that many small ones cost little more than a large one; each has counts of its own all the same.
 */
export class Pipeline {
  readonly #decoder: NdjsonDecoder
  readonly #push: (bytes: Uint8Array) => DecodedBatch[]
  readonly #commit: (byteLength: number) => DecodedBatch[]
  readonly #filters: readonly { readonly reason: string; readonly apply: (rows: Rows) => Rows }[]
  readonly #setAside: (rows: Rows) => Rows
  readonly #sinks: readonly SinkEnd[]
  #objects: OpenObject[] = []
  /** How many of them had ended before the batch at hand. */
  #endedBefore = 0

  /** - `meter`: is told what every operator does. */
  constructor(plan: PhysicalPlan, meter?: Meter) {
    const { scan, residual, sinks, batchRows, lineBytesMax, scanner } = plan
    const decoder = new NdjsonDecoder(scan, { batchRows, lineBytesMax, scanner })
    const passed = (before: Rows, after: Rows) => ({ rowsIn: before.batch.numRows, rowsOut: after.batch.numRows })
    this.#decoder = decoder
    this.#push = metered(
      meter,
      operatorName.scan,
      (bytes: Uint8Array) => decoder.push(bytes),
      ({ length }) => ({ bytes: length }),
    )
    this.#commit = metered(
      meter,
      operatorName.scan,
      (count: number) => decoder.commit(count),
      (bytes) => ({ bytes }),
    )
    this.#filters = residual.map((step, number) => ({
      reason: step.reason,
      apply: metered(meter, operatorName.filter(number), (rows: Rows) => applyFilter(rows, step), passed),
    }))
    this.#setAside = metered(meter, operatorName.setAside, setAside, passed)
    this.#sinks = sinks.map((sink, number) => new SinkEnd(sink, number, meter))
  }

  /** Begins an object; its name goes into the rejects. */
  start(index: number, name: string): void {
    this.#objects.push({ index, name, filtered: newTally(), setAside: newTally(), rows: 0, lines: undefined, bytes: 0 })
  }

  /** Says that the next byte is the first of a line in the middle of the object, at this offset. */
  skipTo(byteOffset: number): void {
    this.#decoder.skipTo(byteOffset)
  }

  push(bytes: Uint8Array): MorselBody[] {
    return this.#push(bytes).map((decoded) => this.#run(decoded))
  }

  /** Memory for the next bytes, good until the next call: who reads or inflates into it spares a copy. */
  room(): Uint8Array {
    return this.#decoder.buffer()
  }

  /** Takes the first bytes of what `room` gave, as `push` does. */
  commit(byteLength: number): MorselBody[] {
    return this.#commit(byteLength).map((decoded) => this.#run(decoded))
  }

  /** Ends an object of so many stored bytes. */
  end(bytes: number): void {
    this.#decoder.endObject()
    const object = this.#objects[this.#objects.length - 1]
    object.lines = this.#decoder.takeCounts()
    object.bytes = bytes
  }

  /** Ends the batch. */
  flush(): MorselBody[] {
    return this.#decoder.flush().map((decoded) => this.#run(decoded))
  }

  /** What became of the objects that have ended; to be called after `flush`. */
  takeEnded(): EndedObject[] {
    const ended = this.#objects.map(endedObject)
    this.#objects = []
    this.#endedBefore = 0
    return ended
  }

  #run(decoded: DecodedBatch): MorselBody {
    const objects = this.#objects.slice(this.#endedBefore)
    const ended = decoded.objectEnds.length
    if (ended > objects.length) throw internal(`a batch ends ${ended} objects, of which ${objects.length} had begun`)
    this.#endedBefore += ended
    let rows: Rows = decoded
    for (const { reason, apply } of this.#filters) {
      const kept = apply(rows)
      const after = rowCounts(kept)
      for (const [at, before] of rowCounts(rows).entries()) {
        if (before > after[at]) addTo(objects[at].filtered, reason, before - after[at])
      }
      rows = kept
    }
    for (const { object, column, code } of rows.unfit) addTo(objects[object].setAside, `${column}: ${code}`, 1)
    const whole = this.#setAside(rows)
    for (const [at, count] of rowCounts(whole).entries()) if (count > 0) objects[at].rows += count
    return { parts: this.#sinks.map((sink) => sink.encode(whole.batch)), rejects: rejectsOf(decoded, rows, objects) }
  }
}

/** How many rows of the batch each object has, the last of which goes on in the next batch. */
function rowCounts({ batch, objectEnds }: Rows): number[] {
  return [...objectEnds, batch.numRows].map((end, at) => end - (at === 0 ? 0 : objectEnds[at - 1]))
}

/** In the order of the lines, wherever batches end. */
function rejectsOf({ malformed }: DecodedBatch, { unfit }: Rows, objects: readonly OpenObject[]): Reject[] {
  const faults = [
    ...malformed.map((line) => ({ ...line, stage: 'malformed' as const, column: undefined })),
    ...unfit.map((line) => ({ ...line, stage: 'setAside' as const, errorOffset: undefined })),
  ]
  return faults
    .sort((a, b) => a.object - b.object || a.line - b.line)
    .map(({ object, line, byteOffset, errorOffset, stage, code, column, text }) => ({
      object: objects[object].name,
      line,
      byteOffset,
      errorOffset,
      stage,
      code,
      column,
      text,
    }))
}

function endedObject({ index, name, filtered, setAside, rows, lines, bytes }: OpenObject): EndedObject {
  if (lines === undefined) throw internal(`the counts of ${name} were taken before its end`)
  addTally(filtered, lines.filtered)
  const { blank, malformed } = lines
  return {
    index,
    counts: {
      object: name,
      bytes,
      uncompressedBytes: lines.bytes,
      accounting: { lines: lines.lines, rows, filtered, duplicates: 0, setAside, malformed, blank },
      slowLines: lines.slowLines,
      converted: lines.converted,
      tallies: lines.tallies,
    },
  }
}

/** The end of the pipeline that prepares batches for one sink. */
class SinkEnd {
  readonly #project: (batch: RecordBatch) => RecordBatch
  readonly #encode: (projected: RecordBatch) => SinkPart

  constructor(sink: PhysicalSink, number: number, meter: Meter | undefined) {
    const schema = sinkSchema(sink.columns)
    const counts = ({ numRows }: RecordBatch) => ({ rowsIn: numRows, rowsOut: numRows })
    this.#project = metered(
      meter,
      operatorName.project(number),
      (batch: RecordBatch) => project(batch, sink.columns, schema),
      counts,
    )
    this.#encode =
      sink.format === 'csv'
        ? metered(meter, operatorName.encode(number), csvPart(new CsvEncoder(schema, sink)), (batch, { bytes }) => ({
            ...counts(batch),
            bytes: bytes.length,
          }))
        : (batch) => ({ format: 'parquet', batch })
  }

  encode(batch: RecordBatch): SinkPart {
    return this.#encode(this.#project(batch))
  }
}

function csvPart(encoder: CsvEncoder): (batch: RecordBatch) => CsvPart {
  const { counts } = encoder
  return (batch) => {
    const before = counts.lineBreaksReplaced
    const bytes = encoder.encode(batch)
    return { format: 'csv', bytes, rows: batch.numRows, lineBreaksReplaced: counts.lineBreaksReplaced - before }
  }
}
