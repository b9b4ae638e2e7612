import { inflate, type ObjectInfo, type Store } from '@fletching/storage'
import { abortPromise } from './abort.ts'
import { assertAddsUp } from './accounting.ts'
import type { Coordinator } from './coordinator.ts'
import { assertMalformedCount, malformedError } from './malformed.ts'
import type { ObjectCounts } from './morsel.ts'
import type { RunOptions } from './options.ts'
import type { PhysicalPlan } from './physical.ts'
import { type MorselBody, Pipeline } from './pipeline.ts'

/** What became of an object, and which version of it was read. */
export interface ReadObject extends ObjectCounts {
  readonly etag: string | undefined
}

/**
 * Reads every object once, in order, and hands its morsels on. No more is in memory than a chunk, a batch and what the
 * sinks hold: the next chunk is asked for when the last has been written.
 *
 * - Errors: MALFORMED_JSON (data) for the first malformed line under `fail`; TOO_MANY_MALFORMED (data) as soon as a limit in
 *   lines is passed; what the store and gzip report; the signal's reason.
 */
export async function readObjects(
  plan: PhysicalPlan,
  store: Store,
  objects: readonly ObjectInfo[],
  coordinator: Coordinator,
  options: RunOptions,
): Promise<ReadObject[]> {
  const reading = new Reading(coordinator, objects, options)
  const pipeline = new Pipeline(plan)
  const read: ReadObject[] = []
  for (const object of objects) {
    pipeline.start(object.name)
    for await (const bytes of inflate(reading.watch(store.read(object)), object.name)) {
      await reading.handOn(pipeline.push(bytes))
    }
    await reading.handOn(pipeline.flush())
    const counts = pipeline.takeCounts(object.size)
    assertAddsUp(counts.accounting, object.name)
    reading.endObject(counts)
    read.push({ ...counts, etag: object.etag })
  }
  return read
}

/** How far the reading is, and the policy on what it meets. */
class Reading {
  readonly #coordinator: Coordinator
  readonly #options: RunOptions
  readonly #objectsTotal: number
  readonly #bytesTotal: number
  #objects = 0
  #bytes = 0
  #rows = 0
  #malformed = 0
  #seq = 0

  constructor(coordinator: Coordinator, objects: readonly ObjectInfo[], options: RunOptions) {
    this.#coordinator = coordinator
    this.#options = options
    this.#objectsTotal = objects.length
    this.#bytesTotal = objects.reduce((sum, object) => sum + object.size, 0)
  }

  /** Passes stored bytes through, telling the progress; ends with the signal's reason once that is given. */
  async *watch(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const { signal } = this.#options
    const iterator = source[Symbol.asyncIterator]()
    const aborted = abortPromise(signal)
    try {
      while (true) {
        signal?.throwIfAborted()
        const next = await (aborted === undefined ? iterator.next() : Promise.race([iterator.next(), aborted.promise]))
        if (next.done === true) return
        this.#bytes += next.value.length
        this.#tell()
        yield next.value
      }
    } finally {
      aborted?.release()
      // A read that hangs must not keep a run from ending.
      void iterator.return?.().catch(() => {})
    }
  }

  async handOn(bodies: readonly MorselBody[]): Promise<void> {
    const { onMalformed = 'fail', malformedMax, showData = false } = this.#options
    for (const body of bodies) {
      const malformed = body.rejects.filter(({ stage }) => stage === 'malformed')
      if (malformed.length > 0 && onMalformed === 'fail') throw malformedError(malformed[0], showData)
      this.#malformed += malformed.length
      assertMalformedCount(this.#malformed, malformedMax)
      const rejects = onMalformed === 'skip' ? body.rejects.filter(({ stage }) => stage !== 'malformed') : body.rejects
      await this.#coordinator.append({ seq: this.#seq++, parts: body.parts, rejects })
    }
  }

  endObject({ accounting }: ObjectCounts): void {
    this.#objects++
    this.#rows += accounting.rows
    this.#tell()
  }

  #tell(): void {
    this.#options.onProgress?.({
      objects: this.#objects,
      objectsTotal: this.#objectsTotal,
      bytes: this.#bytes,
      bytesTotal: this.#bytesTotal,
      rows: this.#rows,
    })
  }
}
