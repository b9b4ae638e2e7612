import { formatLocation, openMemoryStore, type Store } from '@fletching/storage'
import { describe, expect, it } from 'vitest'
import { csvOfRun } from '../src/csv-of-run.ts'

const NAME = 'memory:out/interactions/part-00000.csv'
const csv = (rows: number, more: object = {}) => ({ name: NAME, format: 'csv', rows, bytes: 10, ...more })
const table = (rows: number) => ({ name: 'memory:table/a', format: 'parquet', rows, bytes: 1 })
const ledger = (...rows: readonly number[]) => JSON.stringify({ ledger: { runs: rows.map((rows) => ({ rows })) } })
const manifest = (...outputs: readonly object[]) => JSON.stringify({ outputs })

const STATE = 'out/_fletching/job/interactions/'
const cases: Readonly<Record<string, readonly [Readonly<Record<string, string>>, unknown]>> = {
  'no manifest': [{}, undefined],
  'a table of the same rows': [
    { [`${STATE}manifest.json`]: manifest(csv(5), table(5)) },
    { records: 5, holds: 'everything' },
  ],
  'a table of more rows': [
    { [`${STATE}manifest.json`]: manifest(csv(5), table(5), table(7)) },
    { records: 5, holds: 'increment' },
  ],
  'a table of fewer rows': [
    { [`${STATE}manifest.json`]: manifest(csv(5), table(4)) },
    { records: 5, holds: undefined },
  ],
  'a CSV alone': [{ [`${STATE}manifest.json`]: manifest(csv(5)) }, { records: 5, holds: undefined }],
  'a CSV alone with a bookmark': [
    { [`${STATE}manifest.json`]: manifest(csv(5)), [`${STATE}ledger.json`]: ledger(4, 5) },
    { records: 5, holds: 'increment' },
  ],
  'the first run with a bookmark': [
    { [`${STATE}manifest.json`]: manifest(csv(5)), [`${STATE}ledger.json`]: ledger(5) },
    { records: 5, holds: 'everything' },
  ],
  'a manifest of another size': [{ [`${STATE}manifest.json`]: manifest(csv(5, { bytes: 11 }), table(5)) }, undefined],
  'a manifest of another CSV': [{ [`${STATE}manifest.json`]: manifest(csv(5, { name: 'memory:x.csv' })) }, undefined],
  'another manifest before its own': [
    {
      'out/_fletching/a/interactions/manifest.json': manifest(),
      [`${STATE}manifest.json`]: manifest(csv(5), table(5)),
    },
    { records: 5, holds: 'everything' },
  ],
  'a manifest that is damaged': [{ [`${STATE}manifest.json`]: '{"outputs":[' }, undefined],
  'a manifest that is none': [{ [`${STATE}manifest.json`]: 'null' }, undefined],
}

async function put(store: Store, key: string, text: string): Promise<void> {
  await store.put({ scheme: 'memory', key }, Buffer.from(text))
}

describe('csvOfRun', () => {
  it.each(Object.entries(cases))('%s', async (_name, [files, known]) => {
    const store = openMemoryStore()
    for (const [key, text] of Object.entries(files)) await put(store, key, text)
    const location = { scheme: 'memory', key: 'out/interactions/part-00000.csv' } as const
    expect(formatLocation(location)).toBe(NAME)
    expect(await csvOfRun({ location, name: NAME, size: 10, etag: undefined }, store)).toEqual(known)
  })
})
