import { authorError } from '@fletching/columns/errors'
import { openLocalStore } from './local.ts'
import { formatLocation, type Location } from './location.ts'
import type { S3Options } from './s3-client.ts'
import { openStdinStore } from './stdin.ts'
import type { Store } from './store.ts'

/**
 * Opens the store of a location. The AWS SDK is loaded for `s3://` alone.
 *
 * - `s3`: how to reach that, where the environment does not say, and how what is written there is encrypted.
 */
export async function openStore(location: Location, s3: S3Options = {}): Promise<Store> {
  switch (location.scheme) {
    case 'file':
      return openLocalStore()
    case 's3':
      return (await import('./s3.ts')).openS3Store(s3)
    case 'memory':
      // A store of its own would be empty, and what is written to it lost.
      throw authorError('BAD_LOCATION', 'objects in memory have no address outside of their store', {
        at: formatLocation(location),
        help: 'give s3://bucket/key, file:///path, or a path; openMemoryStore makes a store for tests',
      })
    case 'stdin':
      return openStdinStore()
  }
}
