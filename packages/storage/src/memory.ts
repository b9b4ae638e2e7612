import { environmentError, internal } from '@fletching/columns/errors'
import { asFolder, formatLocation, keyOf, type Location } from './location.ts'
import { compareNames, type ObjectInfo, type ObjectWriter, type Store } from './store.ts'

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
  #versions = 0

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

  async create(location: Location): Promise<ObjectWriter> {
    const chunks: Uint8Array[] = []
    let isOpen = true
    return {
      write: async (bytes) => {
        if (!isOpen) throw internal(`${formatLocation(location)} is written to after its end`)
        chunks.push(bytes.slice())
      },
      prepare: async () => {},
      commit: async () => {
        if (!isOpen) throw internal(`${formatLocation(location)} is committed after its end`)
        isOpen = false
        const stored = { bytes: join(chunks), etag: `"${++this.#versions}"` }
        this.#objects.set(keyOf(location), stored)
        return info(location, stored)
      },
      abort: async () => {
        isOpen = false
        chunks.length = 0
      },
    }
  }

  async assertWritable(): Promise<void> {}

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
