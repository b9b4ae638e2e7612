import { formatLocation, openMemoryStore, parseLocation } from '@fletching/storage'
import { expect, it } from 'vitest'
import type { Manifest } from '../src/manifest.ts'
import type { Places } from '../src/places.ts'
import type { OutputInfo } from '../src/report.ts'
import { keptOutputs, removeSurplus } from '../src/surplus.ts'
import { planFor } from './plans.ts'
import { objectsIn, put } from './stores.ts'

const [csv, table] = planFor({ input: 'in', csv: 'csv', table: 'table' }).sinks

function output(name: string): OutputInfo {
  return { name: `memory:${name}`, format: 'parquet', rows: 1, bytes: 1 }
}

/** What is there after a run that wrote `written` into `csv/`, `table/` and `state/`, where the last one had written `last`. */
async function left(last: readonly string[], written: readonly string[], names: readonly string[] = last) {
  const store = openMemoryStore()
  for (const name of names) await put(store, parseLocation(`memory:${name}`), 'x')
  const places: Places = {
    input: { store },
    sinks: [
      { sink: csv, store, target: parseLocation('memory:csv/part-00000.csv') },
      { sink: table, store, target: parseLocation('memory:table/') },
    ],
    state: { store, folder: parseLocation('memory:state/') },
    last: { outputs: last.map(output) } as unknown as Manifest,
  }
  const removed = await removeSurplus(places, written.map(output))
  return { removed: removed.map((name) => name.slice('memory:'.length)), left: Object.keys(await objectsIn(store)) }
}

it.each<[string, readonly string[], readonly string[], readonly string[]]>([
  [
    'removes nothing of a run that wrote the same',
    ['table/a', 'csv/part-00000.csv'],
    ['table/a', 'csv/part-00000.csv'],
    [],
  ],
  [
    'removes partitions and rejects that are no more',
    ['table/a', 'table/d/b', 'state/rejects.ndjson'],
    ['table/a'],
    ['table/d/b', 'state/rejects.ndjson'],
  ],
  ['leaves what lies in no folder of this run', ['other/a', 'tables/a', 'table', 'csv/old.csv'], [], []],
  ['leaves what only seems to lie in one', ['table/../secret/a', 'state/../a'], [], []],
])('%s', async (_, last, written, removed) => {
  const outcome = await left(last, written)
  expect(outcome.removed).toEqual(removed)
  expect(outcome.left.toSorted()).toEqual(last.filter((name) => !removed.includes(name)).toSorted())
})

it('leaves what the last manifest does not name', async () => {
  expect(await left(['table/a'], [], ['table/a', 'table/b'])).toEqual({ removed: ['table/a'], left: ['table/b'] })
})

it('is content with what is gone already', async () => {
  expect(await left(['table/a'], [], [])).toEqual({ removed: ['table/a'], left: [] })
})

it('removes nothing before the first manifest', async () => {
  const store = openMemoryStore()
  const folder = parseLocation('memory:table/')
  await put(store, parseLocation('memory:table/a'), 'x')
  const places: Places = { input: { store }, sinks: [], state: { store, folder }, last: undefined }
  expect(await removeSurplus(places, [])).toEqual([])
  expect(await store.stat(parseLocation('memory:table/a'))).toBeDefined()
  expect(formatLocation(folder)).toBe('memory:table/')
})

it.each<[readonly string[], readonly string[], readonly string[], readonly string[]]>([
  [[], ['a'], [], ['a']],
  [['a', 'b'], ['a'], [], ['a', 'b']],
  [['a', 'b', 'c'], ['a'], ['b'], ['a', 'c']],
  [['a'], [], ['a'], []],
])('keeps of %j, with %j written and %j removed, %j in the manifest', (last, written, removed, kept) => {
  const names = keptOutputs(
    last.map(output),
    written.map(output),
    removed.map((name) => `memory:${name}`),
  ).map(({ name }) => name.slice('memory:'.length))
  expect(names).toEqual(kept)
})
