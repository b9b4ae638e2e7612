import { internal } from '@fletching/columns/errors'
import type { ObjectInfo, Store } from './store.ts'

/** Standard input as an object that can be read once. */
export function openStdinStore(): Store {
  const refuse = async (): Promise<never> => {
    throw internal('standard input can only be read')
  }
  return {
    stat: async (location) => ({ location, name: 'standard input', size: 0, etag: undefined }),
    async *list() {},
    read: (_object: ObjectInfo) => process.stdin as AsyncIterable<Uint8Array>,
    create: refuse,
    remove: refuse,
  }
}
