import { internal } from '@fletching/columns/errors'
import { type DecodedBatch, type LineCounts, NdjsonDecoder } from '@fletching/ndjson'
import { addTally, newRowCounts, type RowCounts } from './accounting.ts'
import { onRows, rowsGoingOn } from './failed-row.ts'
import { type Filters, openExplode, openFilters } from './filters.ts'
import { type Meter, metered, operatorName } from './meter.ts'
import type { Ended, EndedObject, MorselBody, ObjectName } from './morsel.ts'
import type { Rows } from './operators.ts'
import type { PhysicalPlan } from './physical.ts'
import { addObjectColumns, type ObjectColumn } from './provenance.ts'
import { Tail } from './tail.ts'

/** An object whose lines are in the pipeline, and what is known of them so far. */
interface OpenObject extends ObjectName {
  readonly counts: RowCounts
  /** What the decoder counted, once the object has ended. */
  lines: LineCounts | undefined
  bytes: number
  /** Where its first line begins. */
  from: number
}

/**
 * The synchronous part of a run: uncompressed bytes of one object after the other in, encoded parts out. It reads nothing and
 * writes nothing, and all it needs besides bytes is the physical plan, which is plain data; so it can stand on any thread.
 *
 * Objects share batches, so that many small ones cost little more than a large one; each has counts of its own all the same.
 *
 * Of a plan that drops duplicates it is only the part before that: its bodies hold rows that are undecided, and its counts no rows.
 */
export class Pipeline {
  readonly #decoder: NdjsonDecoder
  readonly #push: (bytes: Uint8Array) => DecodedBatch[]
  readonly #commit: (byteLength: number) => DecodedBatch[]
  readonly #objectColumns: readonly ObjectColumn[]
  readonly #steps: readonly Filters[]
  readonly #explodes: boolean
  /** Undefined for a plan that drops duplicates: what stands behind that is done where it is done. */
  readonly #tail: Tail | undefined
  #objects: OpenObject[] = []
  /** How many of them had ended before the batch at hand. */
  #endedBefore = 0
  /** Rows of the first object of the batch at hand that came in earlier ones. */
  #firstRow = 0

  /** - `meter`: is told what every operator does. */
  constructor(plan: PhysicalPlan, meter?: Meter) {
    const { scan, objectColumns, residual, explode, dropDuplicates, batchRows, lineBytesMax, depthMax, scanner } = plan
    const decoder = new NdjsonDecoder(scan, { batchRows, lineBytesMax, depthMax, scanner })
    this.#decoder = decoder
    this.#objectColumns = objectColumns
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
    this.#explodes = explode !== undefined
    this.#steps = [
      openFilters(residual, 0, meter),
      ...(explode === undefined
        ? []
        : [openExplode(explode, meter), openFilters(explode.filters, residual.length, meter)]),
    ]
    this.#tail = dropDuplicates === undefined ? new Tail(plan, meter) : undefined
  }

  /** Begins an object; its name goes into the rejects. */
  start(index: number, name: string): void {
    this.#objects.push({ index, name, counts: newRowCounts(this.#explodes), lines: undefined, bytes: 0, from: 0 })
  }

  /** Says that the next byte is the first of a line in the middle of the object, at this offset. */
  skipTo(byteOffset: number): void {
    this.#decoder.skipTo(byteOffset)
    this.#objects[this.#objects.length - 1].from = byteOffset
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
  takeEnded(): Ended {
    const objects = this.#objects.map(endedObject)
    this.#objects = []
    this.#endedBefore = 0
    this.#firstRow = 0
    return { objects, remarks: this.#decoder.takeRemarks() }
  }

  #run(decoded: DecodedBatch): MorselBody {
    const { malformed, objectEnds } = decoded
    const ended = objectEnds.length
    const open = this.#objects.slice(this.#endedBefore, this.#endedBefore + ended + 1)
    if (ended > open.length) throw internal(`a batch ends ${ended} objects, of which ${open.length} had begun`)
    this.#endedBefore += ended
    const firstRow = this.#firstRow
    this.#firstRow = rowsGoingOn(decoded.batch.numRows, { objectEnds, firstRow })
    const counts = open.map((object) => object.counts)
    const objects = open.map(({ index, name }) => ({ index, name }))
    const rows = addObjectColumns(decoded, this.#objectColumns, objects)
    return onRows(rows, { objects, objectEnds, from: open[0].from, firstRow, of: 'scanned' }, (some) => {
      const left = this.#steps.reduce((kept: Rows, step) => step(kept, counts), some)
      const undecided = { ...left, malformed, objects }
      return this.#tail === undefined ? { parts: [], rejects: [], undecided } : this.#tail.run(undecided, counts)
    })
  }
}

function endedObject({ index, name, counts, lines, bytes }: OpenObject): EndedObject {
  if (lines === undefined) throw internal(`the counts of ${name} were taken before its end`)
  addTally(counts.filtered, lines.filtered)
  const { blank, malformed } = lines
  return {
    index,
    counts: {
      object: name,
      bytes,
      uncompressedBytes: lines.bytes,
      accounting: { lines: lines.lines, ...counts, malformed, blank },
    },
  }
}
