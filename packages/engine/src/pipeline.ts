import { internal } from '@fletching/columns/errors'
import { CsvEncoder } from '@fletching/csv'
import { type DecodedBatch, type LineCounts, NdjsonDecoder } from '@fletching/ndjson'
import type { RecordBatch, Schema } from 'apache-arrow'
import { addTally, addTo, newTally, type Tally } from './accounting.ts'
import type { MorselBody, ObjectCounts, Reject, SinkPart } from './morsel.ts'
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
  readonly #plan: PhysicalPlan
  readonly #decoder: NdjsonDecoder
  readonly #sinks: readonly SinkEnd[]
  #objects: OpenObject[] = []
  /** How many of them had ended before the batch at hand. */
  #endedBefore = 0

  constructor(plan: PhysicalPlan) {
    this.#plan = plan
    const { scan, batchRows, lineBytesMax, scanner } = plan
    this.#decoder = new NdjsonDecoder(scan, { batchRows, lineBytesMax, scanner })
    this.#sinks = plan.sinks.map((sink) => new SinkEnd(sink))
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
    return this.#decoder.push(bytes).map((decoded) => this.#run(decoded))
  }

  /** Memory for the next bytes, good until the next call: who reads or inflates into it spares a copy. */
  room(): Uint8Array {
    return this.#decoder.buffer()
  }

  /** Takes the first bytes of what `room` gave, as `push` does. */
  commit(byteLength: number): MorselBody[] {
    return this.#decoder.commit(byteLength).map((decoded) => this.#run(decoded))
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
    for (const step of this.#plan.residual) {
      const kept = applyFilter(rows, step)
      const after = rowCounts(kept)
      for (const [at, before] of rowCounts(rows).entries()) {
        if (before > after[at]) addTo(objects[at].filtered, step.reason, before - after[at])
      }
      rows = kept
    }
    for (const { object, column, code } of rows.unfit) addTo(objects[object].setAside, `${column}: ${code}`, 1)
    const whole = setAside(rows)
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
      converted: lines.converted,
      tallies: lines.tallies,
    },
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
    const { counts } = this.#csv
    const before = counts.lineBreaksReplaced
    const bytes = this.#csv.encode(projected)
    return { format: 'csv', bytes, rows: projected.numRows, lineBreaksReplaced: counts.lineBreaksReplaced - before }
  }
}
