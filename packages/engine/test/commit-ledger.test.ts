import { openMemoryStore, parseLocation, type Store } from '@fletching/storage'
import { describe, expect, it } from 'vitest'
import { commit } from '../src/commit.ts'
import { formatIntent, type Intent } from '../src/intent.ts'
import { formatLedger, type Ledger } from '../src/ledger.ts'
import { formatManifest } from '../src/manifest.ts'
import { intentOf, manifestOf, OUTPUT, started } from './intents.ts'
import { dyingStore, objectsIn, openWatchedStore, put, stateIn } from './stores.ts'

const INTENT = parseLocation('memory:state/intent.json')
const MANIFEST = parseLocation('memory:state/manifest.json')
const LEDGER = parseLocation('memory:state/ledger.json')

function ledgerOf(last: string): Ledger {
  const segments = [{ file: `${last}.ndjson`, objects: 1, bytes: 1, sha256: '' }]
  return { output: OUTPUT, jobHash: 'h1', last, runs: [{ id: last, objects: 1, rows: 1 }], segments }
}

/** A store as the last run left it. */
async function filledStore() {
  const watched = openWatchedStore()
  await put(watched.store, parseLocation('memory:state/ledger/r0.ndjson'), 'of r0')
  await put(watched.store, MANIFEST, formatManifest(manifestOf('r0')))
  await put(watched.store, LEDGER, formatLedger(ledgerOf('r0')))
  return watched
}

/** What a run is about to show that moves the ledger on. */
async function moveOf(store: Store, run: string): Promise<Intent> {
  const replaced = ['memory:state/ledger/r0.ndjson']
  return { ...(await intentOf(store, run)), ledger: { ledger: ledgerOf(run), replaced } }
}

async function commitIn(store: Store, intent: Intent): Promise<string> {
  const preparer = { handOver: () => {}, takeBack: () => {} }
  return commit(stateIn(store), intent, preparer).then(
    () => 'done',
    ({ message }: Error) => message,
  )
}

/** What the objects of the state say of the run that wrote them. */
async function stateOf(store: Store): Promise<Record<string, string | undefined>> {
  const objects = Object.entries(await objectsIn(store)).filter(([name]) => name.startsWith('state/'))
  return Object.fromEntries(objects.map(([name, bytes]) => [name.slice(6), /r\d/.exec(String(bytes))?.[0]]))
}

const finished = { 'ledger.json': 'r1', 'manifest.json': 'r1' }

describe('a commit with a ledger', () => {
  it('moves it behind the manifest, and then takes away what is no part of it', async () => {
    const { store, events } = await filledStore()
    const intent = await moveOf(store, 'r1')
    events.length = 0
    expect(await commitIn(store, intent)).toBe('done')
    expect(events).toEqual([
      'put state/intent.json',
      'complete table/a',
      'complete table/b',
      'complete csv/part-00000.csv',
      'remove table/old',
      'put state/manifest.json',
      'put state/ledger.json',
      'remove state/ledger/r0.ndjson',
      'remove state/intent.json',
    ])
    expect(await stateOf(store)).toEqual(finished)
  })

  it('that ends anywhere is finished by the next start', async () => {
    for (const isApplied of [false, true]) {
      for (let steps = isApplied ? 0 : 1; steps < 9; steps++) {
        const { store } = await filledStore()
        expect(await commitIn(dyingStore(store, steps, isApplied), await moveOf(store, 'r1'))).toMatch(/^died/)
        const isEnded = steps === 8 && isApplied
        expect(await started(store), `${steps} ${isApplied}`).toHaveLength(isEnded ? 0 : 1)
        expect(await stateOf(store)).toEqual(finished)
      }
    }
  })

  it('moves a ledger alone', async () => {
    const store = openMemoryStore()
    const ledger = { ledger: ledgerOf('r1'), replaced: [] }
    const nothing = { before: null, ledgerBefore: null, outputs: [], surplus: [], manifest: undefined }
    const intent = { run: 'r1', output: OUTPUT, ...nothing, ledger }
    expect(await commitIn(store, intent)).toBe('done')
    expect(await stateOf(store)).toEqual({ 'ledger.json': 'r1' })
  })

  const overtaken = `OVERTAKEN: another run was faster: r2
  at commit of run r1 on memory:csv
  nothing of this run was shown; run again if its input has what that run did not see`

  it('that goes on from an older ledger fails', async () => {
    const { store } = await filledStore()
    const intent = await moveOf(store, 'r1')
    await put(store, LEDGER, formatLedger(ledgerOf('r2')))
    const before = await stateOf(store)
    expect(await commitIn(store, intent)).toBe(overtaken)
    expect(await stateOf(store)).toEqual(before)
  })

  it('that has no ledger of its own fails as well where another has moved it', async () => {
    const { store } = await filledStore()
    const { ledger: _, ...intent } = await moveOf(store, 'r1')
    await put(store, LEDGER, formatLedger(ledgerOf('r2')))
    expect(await commitIn(store, intent)).toBe(overtaken)
  })

  it('that had come too late is given up by the next start', async () => {
    const { store } = await filledStore()
    const intent = await moveOf(store, 'r1')
    await put(store, LEDGER, formatLedger(ledgerOf('r2')))
    const before = await stateOf(store)
    await put(store, INTENT, formatIntent(intent))
    expect(await started(store)).toEqual([
      'run r1 ended after run r2 had overtaken it; it showed nothing, and what it left was taken away',
    ])
    expect(await stateOf(store)).toEqual(before)
  })

  it('does not write over a ledger of somebody who did not wait', async () => {
    const { store } = await filledStore()
    const rude: Store = {
      ...store,
      put: async (location, bytes, condition) => {
        const isPut = await store.put(location, bytes, condition)
        const isManifest = JSON.stringify(location).includes('manifest')
        if (isManifest) await put(store, LEDGER, formatLedger(ledgerOf('r9')))
        return isPut
      },
    }
    expect(
      await commitIn(rude, await moveOf(store, 'r1')),
    ).toBe(`LEDGER_CHANGED: the list of the objects that were read was written by somebody who did not wait for this commit
  at memory:state/ledger.json
  at commit of run r1, which cannot be finished from memory:state/intent.json
  keep other writers away from the state folder
  remove that record together with the outputs that it names, then run again`)
  })
})
