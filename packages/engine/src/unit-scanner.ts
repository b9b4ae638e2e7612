import { type ByteTarget, Inflater, putBytes, RawInflate, type Store } from '@fletching/storage'
import { ContentLimit } from './limits.ts'
import { type Meter, metered, meteredPieces, operatorName } from './meter.ts'
import type { Ended, MorselBody } from './morsel.ts'
import type { Pipeline } from './pipeline.ts'
import { isRange } from './read-split.ts'
import type { Split, Unit } from './split.ts'

/** What comes out of a unit, in the order of its lines. */
export type ScanMessage =
  | { readonly kind: 'morsel'; readonly index: number; readonly body: MorselBody }
  /** Every line of the unit has gone through. */
  | { readonly kind: 'ended'; readonly ended: Ended }
  /** More stored bytes have been read. */
  | { readonly kind: 'progress'; readonly bytes: number }

/** Where the stored bytes of a unit come from. */
export interface ScanSource {
  /** Read from without waiting where it can. */
  readonly store: Store | undefined
  /** Stored bytes as they come, as `readSplit` gives them, for every other store; whoever gives them tells the progress. */
  chunks(split: Split): AsyncIterable<Uint8Array>
  /** The split's content, where somebody else reads and inflates it, and tells the progress. */
  contents?(split: Split): AsyncIterable<Uint8Array>
  /** Is told of each split before it is read. */
  begins?(split: Split): void
  /** An object of which more comes out, times what is stored of it, is refused; undefined for no limit. */
  readonly gzipRatioMax?: number | undefined
}

/** Stored bytes, and what inflates them. */
interface StoredPiece {
  readonly inflater: Inflater
  readonly bytes: Uint8Array
}

/** Reads, inflates and scans units, one after the other; nothing but waiting for bytes is asynchronous. */
export class UnitScanner {
  readonly #pipeline: Pipeline
  readonly #source: ScanSource
  readonly #meter: Meter | undefined
  // Made once: small objects would make more garbage than rows.
  readonly #edge = new Uint8Array(EDGE_BYTES)
  readonly #stored = new Uint8Array(STORED_BYTES)
  readonly #raw = new RawInflate()
  readonly #inflate: (piece: StoredPiece) => void
  /** Where objects are inflated to, and what has come of it that was not given yet. */
  readonly #target: ByteTarget
  readonly #bodies: MorselBody[] = []
  /** Of the object at hand. */
  #limit: ContentLimit | undefined
  /** Stored bytes that have been read and not told, and the least that as much work has. */
  #untoldBytes = 0
  #untoldWork = 0

  constructor(pipeline: Pipeline, source: ScanSource, meter?: Meter) {
    this.#pipeline = pipeline
    this.#source = source
    this.#meter = meter
    this.#inflate = metered(
      meter,
      operatorName.inflate,
      ({ inflater, bytes }: StoredPiece) => inflater.push(bytes),
      ({ bytes }) => ({ bytes: bytes.length }),
    )
    this.#target = {
      room: () => pipeline.room(),
      filled: (count) => {
        this.#limit?.countContent(count)
        this.#bodies.push(...pipeline.commit(count))
      },
    }
  }

  /** What comes out of a unit. */
  async *scan(unit: Unit): AsyncGenerator<ScanMessage> {
    const pipeline = this.#pipeline
    for (const split of unit.splits) {
      const { index, object, start } = split
      const { gzipRatioMax } = this.#source
      this.#limit = gzipRatioMax === undefined ? undefined : new ContentLimit(object, gzipRatioMax)
      this.#source.begins?.(split)
      pipeline.start(index, object.name)
      if (this.#source.contents !== undefined) yield* this.#scanContents(split, this.#source.contents(split))
      else if (isRange(split)) {
        if (this.#source.store?.readSync !== undefined) for (const message of this.#scanRange(split)) yield message
        else yield* this.#scanLines(split, this.#source.chunks(split))
      } else if (this.#source.store?.readSync !== undefined)
        for (const message of this.#scanObject(split)) yield message
      else yield* this.#scanStored(split, this.#source.chunks(split))
      // The object's size is counted once, by its first split.
      pipeline.end(start === 0 ? object.size : 0)
    }
    if (this.#untoldBytes > 0) yield this.#progress()
    for (const message of morsels(unit.splits[unit.splits.length - 1].index, pipeline.flush())) yield message
    yield { kind: 'ended', ended: pipeline.takeEnded() }
  }

  async *#scanContents({ index }: Split, contents: AsyncIterable<Uint8Array>): AsyncGenerator<ScanMessage> {
    for await (const bytes of contents) {
      this.#limit?.countContent(bytes.length)
      for (let at = 0; at < bytes.length; ) {
        const room = this.#pipeline.room()
        const piece = bytes.subarray(at, at + room.length)
        // Another thread may have made it.
        putBytes(room, 0, piece)
        yield* morsels(index, this.#pipeline.commit(piece.length))
        at += piece.length
      }
    }
  }

  /** The lines that begin in the split, of bytes that begin before it and end with the last of them. */
  async *#scanLines({ index, object, start, end = object.size }: Split, pieces: AsyncIterable<Uint8Array>) {
    let at = Math.max(start - 1, 0)
    let isBetweenLines = start === 0
    for await (const bytes of pieces) {
      const lineEnd = isBetweenLines ? -1 : bytes.indexOf(LF)
      if (lineEnd >= 0 && at + lineEnd + 1 < end) {
        isBetweenLines = true
        this.#pipeline.skipTo(at + lineEnd + 1)
      }
      if (isBetweenLines) yield* morsels(index, this.#pipeline.push(bytes.subarray(lineEnd + 1)))
      at += bytes.length
    }
  }

  *#scanObject({ index, object }: Split): Generator<ScanMessage> {
    const pipeline = this.#pipeline
    const inflater = new Inflater(object.name, this.#target, this.#raw)
    try {
      for (const bytes of this.#read(object, 0, () => (inflater.isPlain ? pipeline.room() : this.#stored))) {
        if (this.#countRead(bytes)) yield this.#progress()
        if (inflater.isPlain) this.#bodies.push(...pipeline.commit(bytes.length))
        else this.#inflate({ inflater, bytes })
        if (this.#bodies.length > 0) yield* this.#takeMorsels(index)
      }
      inflater.end()
    } finally {
      // Also before what is wrong with the bytes.
      yield* this.#takeMorsels(index)
    }
  }

  /** An object whose stored bytes come from elsewhere. */
  async *#scanStored({ index, object }: Split, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ScanMessage> {
    const inflater = new Inflater(object.name, this.#target, this.#raw)
    try {
      for await (const bytes of chunks) {
        this.#limit?.countStored(bytes.length)
        for (let at = 0; at < bytes.length; at += STORED_BYTES) {
          if (inflater.isPlain) {
            yield* morsels(index, this.#pipeline.push(bytes.subarray(at)))
            break
          }
          this.#inflate({ inflater, bytes: bytes.subarray(at, at + STORED_BYTES) })
          yield* this.#takeMorsels(index)
        }
      }
      inflater.end()
    } finally {
      yield* this.#takeMorsels(index)
    }
  }

  /** The lines that begin in the split: the first of them may begin behind its start, and the last end behind its end. */
  *#scanRange({ index, object, start, end = object.size }: Split): Generator<ScanMessage> {
    const pipeline = this.#pipeline
    // A line begins at `start` if the byte before it is a line end.
    let at = Math.max(start - 1, 0)
    let isBetweenLines = start === 0
    // What is taken whole is read to its place; of the first and the last bytes, only a part is.
    const isTakenWhole = () => isBetweenLines && at + EDGE_BYTES < end
    let isInPlace = false
    const room = () => {
      isInPlace = isTakenWhole()
      return isInPlace ? pipeline.room().subarray(0, EDGE_BYTES) : this.#edge
    }
    for (const bytes of this.#read(object, at, room)) {
      if (this.#countRead(bytes)) yield this.#progress()
      if (isInPlace) yield* morsels(index, pipeline.commit(bytes.length))
      else {
        const reachesEnd = at + bytes.length >= end
        let from = 0
        if (!isBetweenLines) {
          const lineEnd = bytes.indexOf(LF)
          if (lineEnd < 0 ? reachesEnd : at + lineEnd + 1 >= end) return
          isBetweenLines = lineEnd >= 0
          from = isBetweenLines ? lineEnd + 1 : bytes.length
          if (isBetweenLines) pipeline.skipTo(at + from)
        }
        const lineEnd = reachesEnd ? bytes.indexOf(LF, Math.max(from, end - 1 - at)) : -1
        yield* morsels(index, pipeline.push(bytes.subarray(from, lineEnd < 0 ? bytes.length : lineEnd + 1)))
        if (lineEnd >= 0) return
      }
      at += bytes.length
    }
  }

  #read(object: Split['object'], start: number, room: () => Uint8Array): Iterable<Uint8Array> {
    const pieces = this.#source.store?.readSync?.(object, start, room) ?? []
    return meteredPieces(this.#meter, operatorName.read, pieces)
  }

  /** Whether so much has been read that it is to be told. */
  #countRead(bytes: Uint8Array): boolean {
    this.#untoldBytes += bytes.length
    this.#untoldWork += Math.max(bytes.length, PIECE_BYTES_LEAST)
    return this.#untoldWork >= PROGRESS_BYTES
  }

  #progress(): ScanMessage {
    const bytes = this.#untoldBytes
    this.#untoldBytes = 0
    this.#untoldWork = 0
    return { kind: 'progress', bytes }
  }

  #takeMorsels(index: number): Generator<ScanMessage> {
    return morsels(index, this.#bodies.splice(0))
  }
}

function* morsels(index: number, bodies: readonly MorselBody[]): Generator<ScanMessage> {
  for (const body of bodies) yield { kind: 'morsel', index, body }
}

const LF = 0x0a
/** Compressed a thousandfold, which is the most, they become 32 MiB before a morsel is handed on. */
const STORED_BYTES = 32 * 1024
/** The most that is read to its place at once. */
const EDGE_BYTES = 512 * 1024
/** Stored bytes after which their progress is told: an object alone may have a few hundred, and takes as long as some thousand. Who is told gives others their turn. */
const PROGRESS_BYTES = 64 * 1024
const PIECE_BYTES_LEAST = 4 * 1024
