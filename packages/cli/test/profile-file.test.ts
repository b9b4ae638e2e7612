import { openMemoryStore } from '@fletching/storage'
import { describe, expect, it } from 'vitest'
import { putProfile } from '../src/commands/profile-file.ts'

const location = { scheme: 'memory', key: 'a.html' } as const
const bytes = (text: string) => new TextEncoder().encode(text)

describe('putProfile', () => {
  it('does not write over what came while it looked', async () => {
    const store = openMemoryStore()
    await store.put(location, bytes('theirs'))
    const late = Object.assign(Object.create(store) as typeof store, {
      stat: async () => undefined,
      put: store.put.bind(store),
    })
    const written = putProfile({ target: 'a.html', store: late, location, force: false }, 'ours')
    await expect(written.catch((error: unknown) => String(error))).resolves.toBe(
      'FletchingError: OVERTAKEN: something else was written there at the same time\n  at a.html\n  start it again, or give another place',
    )
  })
})
