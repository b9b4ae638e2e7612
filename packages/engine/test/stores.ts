import { createHash } from 'node:crypto'
import { type Location, openMemoryStore, parseLocation, type Store } from '@fletching/storage'
import type { State } from '../src/places.ts'

/** A store in memory that writes down what happens to its objects. */
export function openWatchedStore(): { readonly store: Store; readonly events: string[] } {
  const memory = openMemoryStore()
  const events: string[] = []
  return {
    events,
    store: {
      stat: (location) => memory.stat(location),
      list: (folder) => memory.list(folder),
      read: (object) => memory.read(object),
      remove: async (location) => {
        events.push(`remove ${nameOf(location)}`)
        await memory.remove(location)
      },
      assertWritable: async (location) => {
        events.push(`try ${nameOf(location)}`)
      },
      complete: async (prepared) => {
        events.push(`complete ${nameOf(parseLocation(prepared.name))}`)
        return memory.complete(prepared)
      },
      abandon: async (begun) => {
        events.push(`abandon ${nameOf(parseLocation(begun.name))}`)
        await memory.abandon(begun)
      },
      put: async (location, bytes, condition) => {
        const isWritten = await memory.put(location, bytes, condition)
        events.push(`${isWritten ? 'put' : 'do not put'} ${nameOf(location)}`)
        return isWritten
      },
      create: async (location, options) => {
        const writer = await memory.create(location, options)
        const name = nameOf(location)
        events.push(`create ${name}`)
        return {
          write: (bytes) => writer.write(bytes),
          prepare: async () => {
            events.push(`prepare ${name}`)
            return writer.prepare()
          },
          commit: async () => {
            events.push(`commit ${name}`)
            return writer.commit()
          },
          abort: async () => {
            events.push(`abort ${name}`)
            await writer.abort()
          },
        }
      },
    },
  }
}

/** A state folder in a store that holds everything else too. */
export function stateIn(store: Store, folder = 'memory:state/'): State {
  return { store, folder: parseLocation(folder), isSingleWriter: false, storeOf: async () => store }
}

/** Every object of a store in memory, by its name. */
export async function objectsIn(store: Store): Promise<Record<string, Buffer>> {
  const objects: Record<string, Buffer> = {}
  for await (const object of store.list(parseLocation('memory:'))) {
    const chunks: Uint8Array[] = []
    for await (const chunk of store.read(object)) chunks.push(chunk)
    objects[nameOf(object.location)] = Buffer.concat(chunks)
  }
  return objects
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export type Content = string | Uint8Array | Iterable<Uint8Array>

export function bytesOf(content: Content): Buffer {
  return typeof content === 'string' || content instanceof Uint8Array
    ? Buffer.from(content)
    : Buffer.concat([...content])
}

/** Writes an object. */
export async function put(store: Store, location: Location, content: Content): Promise<void> {
  const writer = await store.create(location)
  await writer.write(bytesOf(content))
  await writer.commit()
}

/** A store whose process dies at a step that changes something: before it, or when it is done. */
export function dyingStore(store: Store, steps: number, isApplied: boolean): Store {
  let left = steps
  const step = async <T>(change: () => Promise<T>): Promise<T> => {
    if (left-- > 0) return change()
    if (isApplied && left === -1) await change()
    throw new Error('died')
  }
  return {
    ...store,
    complete: (prepared) => step(() => store.complete(prepared)),
    put: (location, bytes, condition) => step(() => store.put(location, bytes, condition)),
    remove: (location) => step(() => store.remove(location)),
  }
}

function nameOf(location: Location): string {
  return location.scheme === 'memory' ? location.key : JSON.stringify(location)
}
