import { openLocalStore } from './local.ts'
import type { Location } from './location.ts'
import { openMemoryStore } from './memory.ts'
import { openStdinStore } from './stdin.ts'
import type { Store } from './store.ts'

/** Opens the store of a location. The AWS SDK is loaded for `s3://` alone. */
export async function openStore(location: Location): Promise<Store> {
  switch (location.scheme) {
    case 'file':
      return openLocalStore()
    case 's3':
      return (await import('./s3.ts')).openS3Store()
    case 'memory':
      return openMemoryStore()
    case 'stdin':
      return openStdinStore()
  }
}
