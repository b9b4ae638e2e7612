import { type Begun, openMemoryStore, parseLocation, type Store } from '@fletching/storage'
import { describe, expect, it } from 'vitest'
import type { State } from '../src/places.ts'
import { RunLog, sweep } from '../src/run-log.ts'
import { objectsIn, openWatchedStore, put, stateIn } from './stores.ts'

const run = { id: 'r1', output: 'memory:csv', before: '"1"' }

/** Begins something that nobody sees, on the log of a run. */
async function begin(state: State, log: RunLog, name: string): Promise<Begun> {
  const writer = await state.store.create(parseLocation(name), { onBegun: (begun) => log.add(begun) })
  return writer.prepare()
}

describe('the log of a run', () => {
  it('names what was begun, until it is closed', async () => {
    const { store, events } = openWatchedStore()
    const state = stateIn(store)
    const log = await RunLog.open(state, run)
    const one = await begin(state, log, 'memory:table/a')
    const two = await begin(state, log, 'memory:csv/part-00000.csv')
    const begun = [one, two].map(({ name, handle }) => ({ name, handle }))
    const objects = await objectsIn(store)
    expect(Object.keys(objects)).toEqual(['state/runs/r1.json'])
    expect(JSON.parse(String(objects['state/runs/r1.json']))).toEqual({ recordVersion: 1, ...run, begun })
    await log.close()
    expect(await objectsIn(store)).toEqual({})
    expect(events.filter((event) => event.includes('runs'))).toEqual([
      'put state/runs/r1.json',
      'do not put state/runs/r1.json',
      'put state/runs/r1.json',
      'put state/runs/r1.json',
      'remove state/runs/r1.json',
    ])
  })

  it('takes what is begun at the same time in one writing', async () => {
    const { store, events } = openWatchedStore()
    const log = await RunLog.open(stateIn(store), run)
    const begun = Array.from({ length: 150 }, (_, number) => ({ name: `memory:table/${number}`, handle: `${number}` }))
    const first = log.add(begun[0])
    await Promise.all([first, ...begun.slice(1).map((one) => log.add(one))])
    const records = Object.values(await objectsIn(store)).map((bytes) => JSON.parse(String(bytes)).begun)
    expect(records.flat()).toEqual(expect.arrayContaining(begun))
    expect(events.filter((event) => event.includes('runs')).slice(2)).toEqual([
      'put state/runs/r1.json',
      'put state/runs/r1.1.json',
    ])
  })

  it('has records of a hundred, so that one more output costs no more after many', async () => {
    const { store, events } = openWatchedStore()
    const state = stateIn(store)
    const log = await RunLog.open(state, run)
    const handles: string[] = []
    for (let number = 0; number < 250; number++)
      handles.push((await begin(state, log, `memory:table/${number}`)).handle)
    const objects = await objectsIn(store)
    const records = ['r1.json', 'r1.1.json', 'r1.2.json'].map((name) =>
      JSON.parse(String(objects[`state/runs/${name}`])),
    )
    expect(Object.keys(objects)).toHaveLength(3)
    expect(records.map(({ begun }) => begun.length)).toEqual([100, 100, 50])
    expect(records.flatMap(({ begun }) => begun.map(({ handle }: Begun) => handle))).toEqual(handles)
    for (const { begun: _, ...record } of records) expect(record).toEqual({ recordVersion: 1, ...run })
    expect(await sweep(state, () => false)).toHaveLength(250)
    expect(await log.abandon()).toBe(true)
    expect(events.filter((event) => event.startsWith('abandon'))).toHaveLength(250)
    await log.close()
    expect(await objectsIn(store)).toEqual({})
  })

  it('is read by others while it is written, and taken away', async () => {
    const { store } = openWatchedStore()
    const state = stateIn(store)
    const log = await RunLog.open(state, run)
    let writes = 0
    const busy: Store = {
      ...store,
      stat: async (location) => {
        const found = await store.stat(location)
        if (++writes < 5) await log.add({ name: `memory:table/${writes}`, handle: `${writes}` })
        else if (writes === 5) await log.close()
        return found
      },
    }
    expect(await sweep({ ...state, store: busy }, () => false)).toEqual([])
    expect(writes).toBe(6)
  })

  it('is refused by a place that keeps no conditions, unless there is a single writer', async () => {
    const store = openMemoryStore()
    const forgetful: Store = {
      ...openWatchedStore().store,
      put: (location, bytes) => store.put(location, bytes),
      remove: (location) => store.remove(location),
    }
    await expect(RunLog.open(stateIn(forgetful), run)).rejects.toThrow(
      expect.objectContaining({
        kind: 'environment',
        message: `NO_CONDITIONAL_WRITES: the place cannot keep two runs apart: it knows no conditional writes
  at memory:state/
  give a state folder elsewhere with --state, or --single-writer if no other run of this job can be under way`,
      }),
    )
    expect(await objectsIn(store)).toEqual({})
    await RunLog.open({ ...stateIn(forgetful), isSingleWriter: true }, run)
    expect(Object.keys(await objectsIn(store))).toEqual(['state/runs/r1.json'])
  })
})

describe('a sweep', () => {
  /** Two runs that went on from different manifests, each with something begun. */
  async function twoRuns() {
    const { store, events } = openWatchedStore()
    const state = stateIn(store)
    const begun: Begun[] = []
    for (const [id, before] of [
      ['r1', '"1"'],
      ['r2', null],
    ] as const) {
      const log = await RunLog.open(state, { ...run, id, before })
      begun.push(await begin(state, log, `memory:csv/${id}`))
    }
    return { state, events, begun }
  }

  it.each<[string, (before: string | null) => boolean, readonly string[]]>([
    ['that can commit no more', (before) => before === '"1"', ['r1']],
    ['of before the first manifest', (before) => before === null, ['r2']],
    ['all', () => true, ['r1', 'r2']],
    ['none', () => false, []],
  ])('takes away what runs left %s', async (_, isOver, over) => {
    const { state, events, begun } = await twoRuns()
    const [gone, left] = [true, false].map((is) => begun.filter(({ name }) => over.includes(name.slice(-2)) === is))
    expect(await sweep(state, isOver)).toEqual(left.map(({ name, handle }) => ({ name, handle })))
    expect(events.filter((event) => event.startsWith('abandon'))).toEqual(over.map((id) => `abandon csv/${id}`))
    expect(Object.keys(await objectsIn(state.store))).toHaveLength(left.length)
    expect(gone).toHaveLength(over.length)
  })

  it('keeps the record of what it cannot take away', async () => {
    const { state, begun } = await twoRuns()
    const denied = { ...state.store, abandon: () => Promise.reject(new Error('denied')) }
    expect(await sweep({ ...state, storeOf: async () => denied }, () => true)).toHaveLength(begun.length)
    expect(Object.keys(await objectsIn(state.store))).toHaveLength(2)
    expect(await sweep(state, () => true)).toEqual([])
    expect(await objectsIn(state.store)).toEqual({})
  })

  it.each([
    '',
    '{',
    'null',
    '{"recordVersion":2,"begun":[]}',
    '{"recordVersion":1}',
    '{"recordVersion":1,"begun":[null]}',
    '{"recordVersion":1,"begun":[{"name":"memory:a"}]}',
  ])('leaves what is no record, such as %j', async (text) => {
    const state = stateIn(openMemoryStore())
    await put(state.store, parseLocation('memory:state/runs/x.json'), text)
    expect(await sweep(state, () => true)).toEqual([])
    expect(Object.keys(await objectsIn(state.store))).toEqual(['state/runs/x.json'])
  })
})
