import { environmentError } from '@fletching/columns/errors'
import { openMemoryStore, parseLocation, type Store } from '@fletching/storage'
import { describe, expect, it } from 'vitest'
import { commit } from '../src/commit.ts'
import { openCoordinator } from '../src/coordinator.ts'
import { formatIntent, type Intent } from '../src/intent.ts'
import { formatManifest } from '../src/manifest.ts'
import { fileNames } from '../src/write-mode.ts'
import { intentOf, manifestOf, started } from './intents.ts'
import { bytesOf, dyingStore, objectsIn, openWatchedStore, put, stateIn } from './stores.ts'

const INTENT = parseLocation('memory:state/intent.json')
const MANIFEST = parseLocation('memory:state/manifest.json')

/** A store as the last run left it. */
async function filledStore() {
  const watched = openWatchedStore()
  for (const name of ['table/a', 'table/old', 'csv/part-00000.csv']) {
    await put(watched.store, parseLocation(`memory:${name}`), 'of r0')
  }
  await put(watched.store, MANIFEST, formatManifest(manifestOf('r0')))
  return watched
}

/** Commits, and says what came of it; whether what was prepared is left to the record. */
async function commitIn(store: Store, intent: Intent, isSingleWriter = false) {
  const state = { ...stateIn(store), isSingleWriter }
  const coordinator = await openCoordinator({ sinks: [], files: fileNames('replace', 'r1'), keptAs: {}, state })
  const says = await commit(state, intent, coordinator).then(
    () => 'done',
    ({ message }: Error) => message,
  )
  return { says, isHandedOver: !(await coordinator.abort()) }
}

/** The names of all objects with what their texts say of the run that wrote them. */
async function runsIn(store: Store): Promise<Record<string, string | undefined>> {
  const objects = Object.entries(await objectsIn(store))
  return Object.fromEntries(objects.map(([name, bytes]) => [name, /r\d/.exec(String(bytes))?.[0]]))
}

const all = { 'csv/part-00000.csv': 'r1', 'state/manifest.json': 'r1', 'table/a': 'r1', 'table/b': 'r1' }

describe('a commit', () => {
  it.each([false, true])(
    'shows the outputs, then the manifest, under its record (single writer: %o)',
    async (isSingle) => {
      const { store, events } = await filledStore()
      const intent = await intentOf(store, 'r1')
      events.length = 0
      expect(await commitIn(store, intent, isSingle)).toEqual({ says: 'done', isHandedOver: true })
      expect(events).toEqual([
        'put state/intent.json',
        'complete table/a',
        'complete table/b',
        'complete csv/part-00000.csv',
        'remove table/old',
        'put state/manifest.json',
        'remove state/intent.json',
      ])
      expect(await runsIn(store)).toEqual(all)
    },
  )

  it('that ends anywhere has shown nothing, or is finished by the next start', async () => {
    for (const isApplied of [false, true]) {
      for (let steps = 0; steps < 7; steps++) {
        const { store } = await filledStore()
        const before = await runsIn(store)
        const { says } = await commitIn(dyingStore(store, steps, isApplied), await intentOf(store, 'r1'))
        expect(says).toMatch(/^died/)
        const isBegun = (await store.stat(INTENT)) !== undefined
        if (steps === 0 && !isApplied) expect([isBegun, await runsIn(store)]).toEqual([false, before])
        const isEnded = steps === 6 && isApplied
        expect(isBegun, `${steps} ${isApplied}`).toBe(steps + Number(isApplied) > 0 && !isEnded)
        const note = 'run r1 ended while it showed its outputs; its commit was finished before this run began'
        expect(await started(store)).toEqual(isBegun ? [note] : [])
        expect(await runsIn(store)).toEqual(steps === 0 && !isApplied ? before : all)
      }
    }
  })

  it('may be finished by several at once', async () => {
    const { store } = await filledStore()
    await put(store, INTENT, formatIntent(await intentOf(store, 'r1')))
    await Promise.all([started(store), started(store), started(store)])
    expect(await runsIn(store)).toEqual(all)
  })

  const overtaken = (winner: string) => `OVERTAKEN: another run was faster: ${winner}
  at commit of run r1 on memory:csv
  nothing of this run was shown; run again if its input has what that run did not see`

  it.each([false, true])('waits for no other: the one that comes later fails (single writer: %o)', async (isSingle) => {
    const { store } = await filledStore()
    const [one, two] = [await intentOf(store, 'r1'), await intentOf(store, 'r2')]
    await put(store, INTENT, formatIntent(two))
    const before = await runsIn(store)
    expect(await commitIn(store, one, isSingle)).toEqual({ says: overtaken('r2'), isHandedOver: false })
    expect(await runsIn(store)).toEqual(before)
  })

  it('that goes on from an older manifest fails, and gives the turn back', async () => {
    const { store } = await filledStore()
    const [one, two] = [await intentOf(store, 'r1'), await intentOf(store, 'r2')]
    await commitIn(store, two)
    const before = await runsIn(store)
    expect(await commitIn(store, one)).toEqual({ says: overtaken('r2'), isHandedOver: false })
    expect(await runsIn(store)).toEqual(before)
  })

  it('knows its own record when the answer was lost', async () => {
    const { store } = await filledStore()
    const intent = await intentOf(store, 'r1')
    await put(store, INTENT, formatIntent(intent))
    expect(await commitIn(store, intent)).toEqual({ says: 'done', isHandedOver: true })
    expect(await runsIn(store)).toEqual(all)
  })

  it.each([
    ['NETWORK', true],
    ['S3_FAILED', true],
    ['DISK_FULL', false],
    ['ACCESS_DENIED', false],
  ])('whose record meets %s leaves what was prepared to it: %o', async (code, isHandedOver) => {
    const { store } = await filledStore()
    const failing: Store = { ...store, put: () => Promise.reject(environmentError(code, 'no')) }
    const outcome = await commitIn(failing, await intentOf(store, 'r1'))
    expect(outcome).toEqual({ says: `${code}: no`, isHandedOver })
  })

  it('that meets an error says who finishes it', async () => {
    const { store } = await filledStore()
    const failing: Store = { ...store, remove: () => Promise.reject(environmentError('ACCESS_DENIED', 'no')) }
    expect((await commitIn(failing, await intentOf(store, 'r1'))).says).toBe(
      'ACCESS_DENIED: no\n  at commit of run r1, which the next start finishes from memory:state/intent.json',
    )
    await started(store)
    expect(await runsIn(store)).toEqual(all)
  })

  it('whose upload is gone says the way out', async () => {
    const { store } = await filledStore()
    const intent = await intentOf(store, 'r1')
    await store.abandon(intent.outputs[1])
    expect(
      (await commitIn(store, intent)).says,
    ).toBe(`COMMIT_LOST: what was prepared is gone, and there is no object of that name
  at memory:table/b
  at commit of run r1, which cannot be finished from memory:state/intent.json
  somebody else took it away, perhaps a rule of the bucket that aborts uploads too early
  remove that record together with the outputs that it names, then run again`)
  })

  it('does not write over a manifest of somebody who did not wait', async () => {
    const { store } = await filledStore()
    const rude: Store = {
      ...store,
      remove: async (location) => {
        await store.remove(location)
        await put(store, MANIFEST, formatManifest(manifestOf('r9')))
      },
    }
    expect(
      (await commitIn(rude, await intentOf(store, 'r1'))).says,
    ).toBe(`MANIFEST_CHANGED: the manifest was written by somebody who did not wait for this commit
  at memory:state/manifest.json
  at commit of run r1, which cannot be finished from memory:state/intent.json
  keep other writers away from the state folder
  remove that record together with the outputs that it names, then run again`)
  })

  it.each([
    ['that was damaged meanwhile stops it', (text: string) => text.replace('r1', 'r3'), /^BAD_INTENT/, true],
    [
      'of another run is left to that',
      async (_: string, store: Store) => formatIntent(await intentOf(store, 'r2')),
      /^done/,
      true,
    ],
  ])('whose record is one %s', async (_, other, says, isThere) => {
    const { store } = await filledStore()
    const intent = await intentOf(store, 'r1')
    const content = await other(bytesOf(formatIntent(intent)).toString(), store)
    const slow: Store = {
      ...store,
      complete: async (prepared) => {
        if (prepared.name.endsWith('.csv')) await put(store, INTENT, content)
        return store.complete(prepared)
      },
    }
    expect((await commitIn(slow, intent)).says).toMatch(says)
    const { 'table/old': surplus, 'state/intent.json': record } = await runsIn(store)
    expect([surplus, record !== undefined]).toEqual(['r0', isThere])
  })

  it('leaves surplus alone when another start has finished it', async () => {
    const { store, events } = await filledStore()
    const intent = await intentOf(store, 'r1')
    const slow: Store = {
      ...store,
      complete: async (prepared) => {
        const object = await store.complete(prepared)
        if (prepared.name.endsWith('.csv')) {
          await started(store)
          await put(store, parseLocation('memory:table/old'), 'of r2')
        }
        return object
      },
    }
    expect(await commitIn(slow, intent)).toMatchObject({ says: 'done' })
    expect(await runsIn(store)).toEqual({ ...all, 'table/old': 'r2' })
    expect(events.filter((event) => event.startsWith('remove'))).toEqual([
      'remove table/old',
      'remove state/intent.json',
    ])
  })
})

describe('a start', () => {
  it('does nothing where no commit was begun', async () => {
    const { store, events } = await filledStore()
    events.length = 0
    expect(await started(store)).toEqual([])
    expect(events).toEqual([])
  })

  it('gives up a commit that had come too late', async () => {
    const { store } = await filledStore()
    const [one, two] = [await intentOf(store, 'r1'), await intentOf(store, 'r2')]
    await commitIn(store, two)
    const before = await runsIn(store)
    await put(store, INTENT, formatIntent(one))
    expect(await started(store)).toEqual([
      'run r1 ended after run r2 had overtaken it; it showed nothing, and what it left was taken away',
    ])
    expect(await runsIn(store)).toEqual(before)
    await expect(store.complete(one.outputs[1])).rejects.toThrow(/^COMMIT_LOST/)
  })

  it('finishes the first commit of all', async () => {
    const store = openMemoryStore()
    await put(store, INTENT, formatIntent(await intentOf(store, 'r1')))
    expect(await started(store)).toHaveLength(1)
    expect(await runsIn(store)).toEqual(all)
  })
})
