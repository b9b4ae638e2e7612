import { createHash } from 'node:crypto'
import { environmentError, internal } from '@fletching/columns/errors'
import { asFolder, formatLocation, keyOf, type Location, parseLocation } from './location.ts'
import { commitLost } from './lost.ts'
import {
  type Begun,
  type Condition,
  type CreateOptions,
  compareNames,
  type ObjectInfo,
  type ObjectWriter,
  type Prepared,
  type Store,
} from './store.ts'

/** A store in memory, for tests and for bytes that are already there. Each has objects of its own. */
export function openMemoryStore(): Store {
  return new MemoryStore()
}

interface Stored {
  readonly bytes: Uint8Array
  readonly etag: string
}

class MemoryStore implements Store {
  readonly #objects = new Map<string, Stored>()
  /** What is prepared and not shown, by its handle. */
  readonly #prepared = new Map<string, Stored>()
  #versions = 0
  #writers = 0

  async stat(location: Location): Promise<ObjectInfo | undefined> {
    const stored = this.#objects.get(keyOf(location))
    return stored === undefined ? undefined : info(location, stored)
  }

  async *list(folder: Location): AsyncGenerator<ObjectInfo> {
    const prefix = keyOf(asFolder(folder))
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort(compareNames)
    for (const key of keys) yield info({ scheme: 'memory', key }, this.#objects.get(key) as Stored)
  }

  read(object: ObjectInfo): AsyncGenerator<Uint8Array> {
    return this.readPart(object, 0, object.size)
  }

  async *readPart(object: ObjectInfo, start: number, end: number): AsyncGenerator<Uint8Array> {
    const stored = this.#objects.get(keyOf(object.location))
    if (stored === undefined) {
      throw environmentError('NO_SUCH_OBJECT', 'the object is gone since it was listed', { at: object.name })
    }
    if (object.etag !== undefined && stored.etag !== object.etag) {
      throw environmentError('OBJECT_CHANGED', 'the object was replaced since it was listed', {
        at: object.name,
        help: 'run again to read its new content',
      })
    }
    for (let at = start; at < end; at += CHUNK_BYTES) yield stored.bytes.slice(at, Math.min(at + CHUNK_BYTES, end))
  }

  async create(location: Location, { onBegun }: CreateOptions = {}): Promise<ObjectWriter> {
    const begun = { name: formatLocation(location), handle: `${++this.#writers}` }
    await onBegun?.(begun)
    const chunks: Uint8Array[] = []
    let isOpen = true
    let prepared: Prepared | undefined
    const prepare = async () => {
      if (!isOpen) throw internal(`${begun.name} is prepared after its end`)
      prepared ??= this.#prepare(begun, join(chunks))
      return prepared
    }
    return {
      write: async (bytes) => {
        if (!isOpen || prepared !== undefined) throw internal(`${begun.name} is written to after its end`)
        chunks.push(bytes.slice())
      },
      prepare,
      commit: async () => {
        const object = await this.complete(await prepare())
        isOpen = false
        return object
      },
      abort: async () => {
        isOpen = false
        chunks.length = 0
        await this.abandon(begun)
      },
    }
  }

  async complete({ name, handle, etag }: Prepared): Promise<ObjectInfo> {
    const location = parseLocation(name)
    const prepared = this.#prepared.get(handle)
    if (prepared !== undefined) this.#objects.set(keyOf(location), prepared)
    this.#prepared.delete(handle)
    const found = await this.stat(location)
    if (found?.etag === etag) return found
    throw commitLost(name, found)
  }

  async abandon({ handle }: Begun): Promise<void> {
    this.#prepared.delete(handle)
  }

  async put(location: Location, bytes: Uint8Array | Iterable<Uint8Array>, condition?: Condition): Promise<boolean> {
    const key = keyOf(location)
    if (condition !== undefined && this.#objects.get(key)?.etag !== condition.etag) return false
    this.#objects.set(key, { bytes: join(bytes instanceof Uint8Array ? [bytes] : [...bytes]), etag: this.#nextEtag() })
    return true
  }

  #prepare(begun: Begun, bytes: Uint8Array): Prepared {
    const etag = this.#nextEtag()
    this.#prepared.set(begun.handle, { bytes, etag })
    return { ...begun, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), etag }
  }

  #nextEtag(): string {
    return `"${++this.#versions}"`
  }

  async assertWritable(location: Location, options: Pick<CreateOptions, 'onBegun'> = {}): Promise<void> {
    const writer = await this.create(location, options)
    await writer.abort()
  }

  async remove(location: Location): Promise<void> {
    this.#objects.delete(keyOf(location))
  }
}

function info(location: Location, { bytes, etag }: Stored): ObjectInfo {
  return { location, name: formatLocation(location), size: bytes.length, etag }
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

const CHUNK_BYTES = 64 * 1024
