import { type ObjectWriter, openMemoryStore, parseLocation, type Store } from '@fletching/storage'
import { describe, expect, it } from 'vitest'
import { openCoordinator } from '../src/coordinator.ts'
import { fileNames } from '../src/write-mode.ts'
import { stateIn } from './stores.ts'

const failure = new Error('no space')

/** A store whose writers do as `faults` says, and the names that were aborted. */
function faultyStore(faults: (name: string) => Partial<ObjectWriter>) {
  const store = openMemoryStore()
  const aborted: string[] = []
  const create: Store['create'] = async (location) => {
    const writer = await store.create(location)
    const name = (location as { key: string }).key
    const abort = async () => {
      aborted.push(name)
      await writer.abort()
    }
    return { ...writer, abort, ...faults(name) }
  }
  return { store: { ...store, stat: store.stat.bind(store), create } as Store, aborted }
}

function places(store: Store) {
  const csv = (to: string) => ({
    sink: { format: 'csv', to, columns: [], dialect: 'rfc4180' } as const,
    store,
    target: parseLocation(to),
  })
  return {
    sinks: [csv('memory:a'), csv('memory:b')],
    files: fileNames('replace', 'r1'),
    keptAs: {},
    state: stateIn(store),
  }
}

describe('what was begun is taken away', () => {
  it('when the first bytes of an output cannot be written', async () => {
    const { store, aborted } = faultyStore((name) =>
      name === 'b' ? { write: async () => Promise.reject(failure) } : {},
    )
    await expect(openCoordinator(places(store))).rejects.toBe(failure)
    expect(aborted.sort()).toEqual(['a', 'b'])
  })

  it('also behind an output that cannot be taken away', async () => {
    const { store, aborted } = faultyStore((name) =>
      name === 'a' ? { abort: async () => Promise.reject(failure) } : {},
    )
    const coordinator = await openCoordinator(places(store))
    expect(await coordinator.abort()).toBe(false)
    expect(aborted).toEqual(['b'])
  })
})
