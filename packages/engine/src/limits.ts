import { dataError, environmentError } from '@fletching/columns/errors'
import { type ObjectInfo, type Objects, storedBytes } from '@fletching/storage'
import type { RunOptions } from './options.ts'
import { OBJECT_BYTES } from './threads.ts'

/**
 * Holds the input against its limits, by what was listed, before any of it is read.
 *
 * - Errors: TOO_MANY_OBJECTS and INPUT_TOO_LARGE (data), with the first object beyond the limit.
 */
export function assertInputWithin(objects: Objects, options: RunOptions): void {
  const { objectsMax, inputBytesMax } = options
  if (objectsMax !== undefined && objects.length > objectsMax) {
    throw dataError('TOO_MANY_OBJECTS', `the input has ${objects.length} objects, more than ${objectsMax}`, {
      at: `${objects.at(objectsMax)?.name}, the first beyond the limit`,
      help: 'nothing was read; give a smaller input, leave objects out with --exclude, or raise --max-objects',
    })
  }
  const bytes = storedBytes(objects)
  if (inputBytesMax === undefined || bytes <= inputBytesMax) return
  throw dataError('INPUT_TOO_LARGE', `the input has ${bytes} stored bytes, more than ${inputBytesMax}`, {
    at: `${firstBeyond(objects, inputBytesMax)}, the first beyond the limit`,
    help: 'nothing was read; give a smaller input, leave objects out with --exclude, or raise --max-input-bytes',
  })
}

/**
 * Holds what has to be kept of every object, until the manifest is written, against the memory that a run may use.
 *
 * - Errors: LITTLE_MEMORY (environment).
 */
export function assertMemoryFor(objects: Objects, { memoryBytesMax = Number.POSITIVE_INFINITY }: RunOptions): void {
  const needed = PROCESS_BYTES + objects.length * OBJECT_BYTES
  if (needed <= memoryBytesMax) return
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)}MB`
  throw environmentError(
    'LITTLE_MEMORY',
    `a run over ${objects.length} objects needs ${megabytes(needed)}, and may use ${megabytes(memoryBytesMax)}`,
    {
      help: [
        'nothing was read: something is kept of each of them until all have been read',
        'give it as much memory, by --max-memory or the container; or several runs: with a bookmark, --max-files bounds how many objects each of them reads',
      ],
      details: { objects: objects.length, neededBytes: needed, memoryBytesMax },
    },
  )
}

function firstBeyond(objects: Objects, bytesMax: number): string | undefined {
  let bytes = 0
  for (const { name, size } of objects) {
    bytes += size
    if (bytes > bytesMax) return name
  }
  return undefined
}

/**
 * Holds what has come of an object, whose size is known only at its end, against the limit of the input.
 *
 * - Errors: INPUT_TOO_LARGE (data).
 */
export function assertReadWithin(bytes: number, { name }: ObjectInfo, { inputBytesMax }: RunOptions): void {
  if (inputBytesMax === undefined || bytes <= inputBytesMax) return
  throw dataError('INPUT_TOO_LARGE', `the input has more than ${inputBytesMax} stored bytes`, {
    at: name,
    help: 'nothing was written; give a smaller input, or raise --max-input-bytes',
  })
}

/**
 * Holds what comes out of a compressed object against what is stored of it. The object is refused when more has come out than its whole
 * stored size allows: no earlier, since what is stored at its end may still be dense, and so the same objects are refused whoever inflates them, and
 * in whatever pieces.
 *
 * - Errors: GZIP_RATIO (data).
 */
export class ContentLimit {
  readonly #object: ObjectInfo
  readonly #ratioMax: number
  #stored = 0
  #content = 0

  constructor(object: ObjectInfo, ratioMax: number) {
    this.#object = object
    this.#ratioMax = ratioMax
  }

  /** More stored bytes have come; it matters where their number was not known before. */
  countStored(bytes: number): void {
    this.#stored += bytes
  }

  countContent(bytes: number): void {
    this.#content += bytes
    const { name, size } = this.#object
    const stored = Math.max(size, this.#stored)
    const most = Math.max(FREE_BYTES, Math.floor(this.#ratioMax * stored))
    if (this.#content <= most) return
    throw dataError(
      'GZIP_RATIO',
      `more than ${most} bytes come out of ${stored} stored ones; at most ${this.#ratioMax} times as many may`,
      { at: name, help: 'nothing was written; leave it out with --exclude, or raise --max-gzip-ratio' },
    )
  }
}

/** What a run takes besides, at least. */
const PROCESS_BYTES = 100e6
/** A small object may be of nothing but repetitions, and costs little whatever comes out of it. */
const FREE_BYTES = 1024 * 1024
