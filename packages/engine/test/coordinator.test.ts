import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openStore, parseLocation, type Store } from '@fletching/storage'
import { inFolder } from '@fletching/testing'
import { DateDay, Utf8 } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { type Coordinator, openCoordinator } from '../src/coordinator.ts'
import type { Morsel, Reject, SinkPart } from '../src/morsel.ts'
import type { SinkPlace } from '../src/places.ts'
import { type OutputInfo, outputInfo } from '../src/report.ts'
import { partsOf } from '../src/table-part.ts'
import { fileNames } from '../src/write-mode.ts'
import { batchOf } from './batches.ts'
import { planFor } from './plans.ts'
import { objectsIn, openWatchedStore, sha256Of, stateIn } from './stores.ts'

type Format = SinkPart['format']

/** A run's places in one store, with sinks of these formats in this order. */
function placesIn(store: Store, formats: readonly Format[], root = 'memory:') {
  const sinks = planFor({ input: 'in', csv: 'csv', table: 'table' }, { partitionBy: [] }).sinks
  const placed = formats.map((format): SinkPlace => {
    const sink = sinks.find((one) => one.format === format)
    if (sink === undefined) throw new Error(`no sink of ${format}`)
    return { sink, store, target: parseLocation(`${root}${format === 'csv' ? 'csv/part-00000.csv' : 'table/'}`) }
  })
  return { sinks: placed, files: fileNames('replace', 'r1'), keptAs: {}, state: stateIn(store, `${root}state/`) }
}

/** Shows what was prepared, as a commit does. */
async function show(store: Store, coordinator: Coordinator): Promise<OutputInfo[]> {
  const outputs = await coordinator.prepare()
  for (const output of outputs) await store.complete(output)
  return outputs.map((output) => outputInfo(output, 'r1'))
}

const both: readonly Format[] = ['csv', 'parquet']
const reject: Reject = {
  object: 'in/a',
  line: 1,
  byteOffset: 0,
  errorOffset: 3,
  stage: 'malformed',
  code: 'UNFINISHED',
  column: undefined,
  text: Buffer.from('{'),
}

/** One row for each sink. */
function morsel(seq: number, formats: readonly Format[], rejects: readonly Reject[] = []): Morsel {
  const texts = [`u${seq}`]
  const parts = formats.map(
    (format): SinkPart =>
      format === 'csv'
        ? { format, bytes: Buffer.from(`${texts[0]},i,2019-05-18\n`), rows: 1, lineBreaksReplaced: 0 }
        : {
            format,
            parts: partsOf(
              batchOf({ user: [new Utf8(), texts], item: [new Utf8(), texts], day: [new DateDay(), [18_034]] }),
              [],
              false,
            ),
          },
  )
  return { seq, parts, rejects }
}

describe('a coordinator', () => {
  it('appends in order, and brings what came to its place', async () => {
    const { store } = openWatchedStore()
    const coordinator = await openCoordinator(placesIn(store, ['csv']))
    for (const seq of [0, 1, 2]) await coordinator.append(morsel(seq, ['csv'], seq === 1 ? [reject] : []))
    expect(coordinator.rows).toEqual([3])
    expect(await objectsIn(store)).toEqual({})
    const outputs = await show(store, coordinator)
    const objects = await objectsIn(store)
    expect(String(objects['csv/part-00000.csv'])).toBe(
      'user,item,day\nu0,i,2019-05-18\nu1,i,2019-05-18\nu2,i,2019-05-18\n',
    )
    expect(outputs).toEqual([
      {
        name: 'memory:state/rejects.ndjson',
        format: 'rejects',
        rows: 1,
        bytes: objects['state/rejects.ndjson'].length,
        sha256: sha256Of(objects['state/rejects.ndjson']),
        run: 'r1',
      },
      {
        name: 'memory:csv/part-00000.csv',
        format: 'csv',
        rows: 3,
        bytes: objects['csv/part-00000.csv'].length,
        sha256: sha256Of(objects['csv/part-00000.csv']),
        run: 'r1',
      },
    ])
  })

  it.each([
    [[1], 'INTERNAL: morsel 1 came when 0 was next'],
    [[0, 2], 'INTERNAL: morsel 2 came when 1 was next'],
    [[0, 0], 'INTERNAL: morsel 0 came when 1 was next'],
    [[0, 1, 2, 1], 'INTERNAL: morsel 1 came when 3 was next'],
  ])('refuses morsels in the order %j', async (order, message) => {
    const coordinator = await openCoordinator(placesIn(openWatchedStore().store, ['csv']))
    const appended = (async () => {
      for (const seq of order) await coordinator.append(morsel(seq, ['csv']))
    })()
    await expect(appended).rejects.toThrow(expect.objectContaining({ kind: 'internal', message }))
  })

  it.each([[both], [both.toReversed()]])('prepares the CSV last, with sinks of %j', async (formats) => {
    const { store, events } = openWatchedStore()
    const coordinator = await openCoordinator(placesIn(store, formats))
    await coordinator.append(morsel(0, formats, [reject]))
    const outputs = await coordinator.prepare()
    const names = ['state/rejects.ndjson', 'table/part-00000.parquet', 'csv/part-00000.csv']
    expect(events.filter((event) => !event.startsWith('create'))).toEqual(names.map((name) => `prepare ${name}`))
    expect(await objectsIn(store)).toEqual({})
    expect(outputs.map(({ name }) => name)).toEqual(names.map((name) => `memory:${name}`))
  })

  it('shows nothing when one output cannot be brought to its place', async () => {
    const { store, events } = openWatchedStore()
    const full: Store = {
      ...store,
      create: async (location) => {
        const writer = await store.create(location)
        if (location.scheme !== 'memory' || !location.key.startsWith('csv')) return writer
        return { ...writer, prepare: () => Promise.reject(new Error('full')) }
      },
    }
    const coordinator = await openCoordinator(placesIn(full, both))
    await coordinator.append(morsel(0, both, [reject]))
    await expect(coordinator.prepare()).rejects.toThrow('full')
    await coordinator.abort()
    expect(events.filter((event) => event.startsWith('abort'))).toHaveLength(3)
    expect(await objectsIn(store)).toEqual({})
  })

  it('prepares the rejects alone, and gives up the rest', async () => {
    const { store, events } = openWatchedStore()
    const coordinator = await openCoordinator(placesIn(store, both))
    await coordinator.append(morsel(0, both, [reject]))
    expect(await coordinator.prepareRejects()).toMatchObject([{ format: 'rejects', rows: 1 }])
    expect(events.filter((event) => !event.startsWith('create'))).toEqual([
      'abort csv/part-00000.csv',
      'prepare state/rejects.ndjson',
    ])
  })

  it('leaves what is handed over, until it is taken back', async () => {
    const { store, events } = openWatchedStore()
    const coordinator = await openCoordinator(placesIn(store, ['csv']))
    await coordinator.prepare()
    coordinator.handOver()
    expect(await coordinator.abort()).toBe(false)
    expect(events.at(-1)).toBe('prepare csv/part-00000.csv')
    coordinator.takeBack()
    expect(await coordinator.abort()).toBe(true)
    expect(events.at(-1)).toBe('abort csv/part-00000.csv')
  })

  it('leaves no trace of what was not shown', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'csv'))
      const store = await openStore(parseLocation(folder))
      const coordinator = await openCoordinator(placesIn(store, both, `${folder}/`))
      await coordinator.append(morsel(0, both, [reject]))
      await coordinator.abort()
      await coordinator.abort()
      expect(await readdir(folder, { recursive: true })).toEqual(['csv'])
    }))

  it('leaves no trace when a sink cannot be opened', () =>
    inFolder(async (folder) => {
      const store = await openStore(parseLocation(folder))
      const places = placesIn(store, both, `${folder}/`)
      const sinks = places.sinks.map(
        (place): SinkPlace =>
          place.sink.format === 'csv'
            ? place
            : { ...place, sink: { ...place.sink, writer: 'parquetjs-lite', compression: 'zstd' } },
      )
      await expect(openCoordinator({ ...places, sinks })).rejects.toThrow(/^NOT_SUPPORTED: /)
      expect(await readdir(folder)).toEqual([])
    }))
})
