import { type Location, openMemoryStore, parseLocation, type Store } from '@fletching/storage'

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
      create: async (location) => {
        const writer = await memory.create(location)
        const name = nameOf(location)
        events.push(`create ${name}`)
        return {
          write: (bytes) => writer.write(bytes),
          prepare: async () => {
            events.push(`prepare ${name}`)
            await writer.prepare()
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

/** Writes an object. */
export async function put(store: Store, location: Location, text: string | Uint8Array): Promise<void> {
  const writer = await store.create(location)
  await writer.write(Buffer.from(text))
  await writer.commit()
}

function nameOf(location: Location): string {
  return location.scheme === 'memory' ? location.key : JSON.stringify(location)
}
