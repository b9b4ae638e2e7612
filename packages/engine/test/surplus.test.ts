import { openMemoryStore, parseLocation } from '@fletching/storage'
import { expect, it } from 'vitest'
import type { Manifest } from '../src/manifest.ts'
import type { WriteMode } from '../src/options.ts'
import type { OutputInfo } from '../src/report.ts'
import { keptOutputs, surplusOf } from '../src/surplus.ts'
import { planFor } from './plans.ts'
import { stateIn } from './stores.ts'

const [csv, table] = planFor({ input: 'in', csv: 'csv', table: 'table' }).sinks

function output(name: string): OutputInfo {
  const format = name.endsWith('.csv') ? 'csv' : name.endsWith('.ndjson') ? 'rejects' : 'parquet'
  return { name: `memory:${name}`, format, rows: 1, bytes: 1, sha256: '00', run: 'r1' }
}

/** What is to be removed after a run that wrote `written` into `csv/`, `table/` and `state/`, where the last one had written `last`. */
function surplus(
  last: readonly string[] | undefined,
  written: readonly string[],
  writeMode: WriteMode = 'replace',
  isSkipped = false,
): string[] {
  const store = openMemoryStore()
  const places = {
    sinks: [
      { sink: csv, store, target: parseLocation('memory:csv/part-00000.csv') },
      { sink: table, store, target: parseLocation('memory:table/') },
    ],
    writeMode,
    state: stateIn(store),
    last: last === undefined ? undefined : ({ outputs: last.map(output) } as unknown as Manifest),
  }
  return surplusOf(places, written.map(output), isSkipped).map((name) => name.slice('memory:'.length))
}

it.each<[string, readonly string[] | undefined, readonly string[], readonly string[]]>([
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
  ['removes nothing before the first manifest', undefined, ['table/a'], []],
])('%s', (_, last, written, names) => {
  expect(surplus(last, written)).toEqual(names)
})

it.each<[string, readonly string[], readonly string[], readonly string[]]>([
  ['no file of a table', ['table/a', 'table/d/b', 'other/c'], ['table/e'], []],
  [
    'the rejects of a paused bookmark',
    ['state/rejects-paused.ndjson', 'csv/rejects-paused.ndjson'],
    [],
    ['state/rejects-paused.ndjson'],
  ],
  ['no rejects', ['table/a', 'state/rejects-r1.ndjson'], ['table/b', 'state/rejects-r2.ndjson'], []],
])('removes, of a run that appends, %s', (_, last, written, names) => {
  expect(surplus(last, written, 'append')).toEqual(names)
})

it('removes, of a run without a row that leaves the old outputs, the rejects of a paused bookmark alone', () => {
  const last = ['csv/part-00000.csv', 'table/a', 'state/rejects.ndjson', 'state/rejects-paused.ndjson']
  for (const mode of ['append', 'replace'] as const) {
    expect(surplus(last, [], mode, true)).toEqual(['state/rejects-paused.ndjson'])
  }
})

it.each<[readonly string[], readonly string[], readonly string[], readonly string[]]>([
  [[], ['a'], [], ['a']],
  [['a', 'b'], ['a'], [], ['b', 'a']],
  [['a', 'b', 'c'], ['a'], ['b'], ['c', 'a']],
  [['a', 'b'], ['c', 'd'], [], ['a', 'b', 'c', 'd']],
  [['a'], [], ['a'], []],
])('keeps of %j, with %j written and %j removed, %j in the manifest', (last, written, removed, kept) => {
  const names = keptOutputs(
    last.map(output),
    written.map(output),
    removed.map((name) => `memory:${name}`),
  ).map(({ name }) => name.slice('memory:'.length))
  expect(names).toEqual(kept)
})
