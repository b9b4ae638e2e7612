import { environmentError, internal } from '@fletching/columns/errors'
import type { ObjectInfo, Store } from './store.ts'

/** Standard input as an object that can be read once. */
export function openStdinStore(): Store {
  const refuse = async (): Promise<never> => {
    throw internal('standard input can only be read')
  }
  return {
    stat: async (location) => ({ location, name: 'standard input', size: 0, etag: undefined }),
    async *list() {},
    read: (_object: ObjectInfo) => readStdin(),
    create: refuse,
    complete: refuse,
    abandon: refuse,
    put: refuse,
    assertWritable: refuse,
    remove: refuse,
  }
}

async function* readStdin(): AsyncGenerator<Uint8Array> {
  try {
    yield* process.stdin as AsyncIterable<Uint8Array>
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException
    throw environmentError('STDIN', `standard input cannot be read: ${code}`, {
      help: 'give it a file or a pipe that is open for reading',
      cause,
    })
  }
}
