import { openMemoryStore, type Store } from '@fletching/storage'
import { describe, expect, it } from 'vitest'
import { KnownObjects } from '../src/known-objects.ts'
import { type Ledger, segmentLocation } from '../src/ledger.ts'
import { addRun, ledgerBase } from '../src/ledger-move.ts'
import { segmentEntries } from '../src/ledger-segment.ts'
import { objectsIn, put, stateIn } from './stores.ts'

const nothing: Ledger = { ...ledgerBase(undefined, 'memory:csv', 'h1'), last: '' }

function objectsOf(run: string, count: number) {
  return Array.from({ length: count }, (_, number) => ({
    location: { scheme: 's3', bucket: 'b', key: `${run}/${number} "ü"` } as const,
    name: `s3://b/${run}/${number} "ü"`,
    etag: `"${number}"`,
    size: number,
  }))
}

/** The ledger after one more run of so many objects, shown. */
async function withRun(store: Store, ledger: Ledger, id: string, objectCount: number): Promise<Ledger> {
  const state = stateIn(store)
  const { move, prepared } = await addRun(
    state,
    ledger,
    { id, objects: objectCount, rows: 1 },
    {
      objects: objectsOf(id, objectCount),
      open: (file) => store.create(segmentLocation(state.folder, { file })),
    },
  )
  for (const one of prepared) await store.complete(one)
  for (const { file } of ledger.segments) {
    const isReplaced = move.replaced.includes(`memory:state/ledger/${file}`)
    expect(isReplaced).toBe(!move.ledger.segments.some((segment) => segment.file === file))
    if (isReplaced) await store.remove(segmentLocation(state.folder, { file }))
  }
  return move.ledger
}

async function namesIn(store: Store, { segments }: Ledger): Promise<string[]> {
  const names: string[] = []
  for (const segment of segments) {
    let objects = 0
    for await (const entries of segmentEntries(stateIn(store), segment)) {
      names.push(...entries.map(({ run, name }) => `${run} ${name}`))
      objects += entries.length
    }
    expect(objects).toBe(segment.objects)
  }
  return names
}

describe('a ledger', () => {
  it('holds the objects of every run in their order, in few segments', async () => {
    const store = openMemoryStore()
    let ledger = nothing
    const names: string[] = []
    for (let number = 0; number < 100; number++) {
      const count = 1 + (number % 3)
      ledger = await withRun(store, ledger, `r${number}`, count)
      names.push(...objectsOf(`r${number}`, count).map(({ name }) => `${number} ${name}`))
      expect(ledger.segments.length).toBeLessThanOrEqual(1 + Math.log2(names.length))
    }
    expect(await namesIn(store, ledger)).toEqual(names)
    expect(ledger.runs.map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, number) => `r${number}`))
    expect(ledger.last).toBe('r99')
    const files = ledger.segments.map(({ file }) => `state/ledger/${file}`)
    expect(Object.keys(await objectsIn(store))).toEqual(files.toSorted())
  })

  it('leaves large segments alone', async () => {
    const store = openMemoryStore()
    const first = await withRun(store, nothing, 'r1', 10_000)
    const second = await withRun(store, first, 'r2', 9_999)
    expect(second.segments.map(({ file, objects }) => [file, objects])).toEqual([
      ['r1.ndjson', 10_000],
      ['r2.ndjson', 9_999],
    ])
    const third = await withRun(store, second, 'r3', 1)
    expect(third.segments.map(({ objects }) => objects)).toEqual([10_000, 9_999, 1])
    const fourth = await withRun(store, third, 'r4', 9_999)
    expect(fourth.segments.map(({ objects }) => objects)).toEqual([29_999])
    expect((await KnownObjects.read(stateIn(store), fourth)).count).toBe(29_999)
  })

  it('is refused with a segment changed at any place, cut or gone', async () => {
    const store = openMemoryStore()
    const ledger = await withRun(store, nothing, 'r1', 2)
    const at = segmentLocation(stateIn(store).folder, ledger.segments[0])
    const bytes = (await objectsIn(store))['state/ledger/r1.ndjson']
    const read = async (content: Uint8Array) => {
      await put(store, at, content)
      return KnownObjects.read(stateIn(store), ledger).catch(
        ({ kind, message }) => `${kind} ${message.split('\n').slice(0, 2).join()}`,
      )
    }
    const refused = (why: string) =>
      `environment BAD_LEDGER: the list of the objects that were read cannot be read: ${why},  at memory:state/ledger/r1.ndjson`
    const wrong = ['it is not JSON', 'a line of it names no object', 'its checksum is wrong'].map(refused)
    for (let place = 0; place < bytes.length; place++) {
      const changed = Buffer.from(bytes)
      changed[place] ^= 1
      expect(wrong).toContain(await read(changed))
      expect(await read(bytes.subarray(0, place))).toBe(refused(`it has ${place} bytes instead of ${bytes.length}`))
    }
    await store.remove(at)
    const gone = KnownObjects.read(stateIn(store), ledger)
    await expect(gone).rejects.toThrow('cannot be read: it is not there\n  at memory:state/ledger/r1.ndjson')
  })
})
