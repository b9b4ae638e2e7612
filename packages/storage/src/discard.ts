import { internal } from '@fletching/columns/errors'
import { formatLocation, parseLocation } from './location.ts'
import type { Store } from './store.ts'

/** A store that takes whatever is written, at any address, and keeps nothing: no place is touched. */
export function openDiscardStore(): Store {
  return {
    stat: async () => undefined,
    async *list() {},
    read: (object) => {
      throw internal(`${object.name} was discarded, and is read`)
    },
    create: async (location) => {
      let size = 0
      return {
        write: async (bytes) => {
          size += bytes.length
        },
        prepare: async () => ({ name: formatLocation(location), handle: '', size, sha256: '', etag: '' }),
        commit: async () => ({ location, name: formatLocation(location), size, etag: undefined }),
        abort: async () => {},
      }
    },
    complete: async ({ name, size }) => ({ location: parseLocation(name), name, size, etag: undefined }),
    abandon: async () => {},
    put: async () => true,
    assertWritable: async () => {},
    remove: async () => {},
  }
}
