import { internal } from '@fletching/columns/errors'
import { formatLocation } from './location.ts'
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
        prepare: async () => {},
        commit: async () => ({ location, name: formatLocation(location), size, etag: undefined }),
        abort: async () => {},
      }
    },
    assertWritable: async () => {},
    remove: async () => {},
  }
}
