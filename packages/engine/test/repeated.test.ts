import { openMemoryStore, parseLocation } from '@fletching/storage'
import { expect, it } from 'vitest'
import type { Manifest } from '../src/manifest.ts'
import type { WriteMode } from '../src/options.ts'
import { earlierReport } from '../src/repeated.ts'
import { manifestOf } from './intents.ts'
import { put, stateIn } from './stores.ts'

const hashes = { jobHash: 'of the job', paramsHash: 'of the params' }
const input = { name: 'memory:in/a', etag: '"1"' }
const table = { name: 'memory:table/part-00000-r1.parquet', run: 'r1', bytes: 5 }

interface Case {
  readonly mode?: WriteMode
  readonly isFirst?: boolean
  readonly inputs?: readonly object[]
  readonly objects?: readonly object[]
  readonly now?: Partial<typeof hashes>
  readonly stored?: Readonly<Record<string, string>>
}

/** The outputs of the run that would be repeated; `none` where the run would be another. */
async function repeated({ mode = 'append', inputs = [input], objects = [input], now, stored, isFirst }: Case) {
  const store = openMemoryStore()
  for (const [name, text] of Object.entries(stored ?? { [table.name]: '12345' })) {
    await put(store, parseLocation(name), text)
  }
  const earlier = { name: 'memory:table/part-00000-r0.parquet', run: 'r0', bytes: 1 }
  const manifest = { ...manifestOf('r1'), inputs, outputs: [earlier, table] } as unknown as Manifest
  const places = {
    writeMode: mode,
    last: isFirst === true ? undefined : manifest,
    state: stateIn(store),
    bookmark: undefined,
  }
  const report = await earlierReport(places, { ...hashes, ...now }, objects as never)
  return report?.outputs.map(({ name }) => name) ?? 'none'
}

it.each<[string, Case]>([
  ['the same object', {}],
  ['no object at all', { inputs: [], objects: [] }],
  [
    'several',
    { inputs: [input, { name: 'memory:in/b', etag: '"2"' }], objects: [input, { name: 'memory:in/b', etag: '"2"' }] },
  ],
])('a run that appends repeats one that has read %s', async (_, given) => {
  expect(await repeated(given)).toEqual([table.name])
})

it.each<[string, Case]>([
  ['replaces', { mode: 'replace' }],
  ['must find nothing', { mode: 'error-if-exists' }],
  ['is the first', { isFirst: true }],
  ['is of another job', { now: { jobHash: 'other' } }],
  ['has other parameters', { now: { paramsHash: 'other' } }],
  ['reads another version', { objects: [{ ...input, etag: '"2"' }] }],
  ['reads another object', { objects: [{ ...input, name: 'memory:in/b' }] }],
  ['reads one more', { objects: [input, { name: 'memory:in/b', etag: '"1"' }] }],
  ['reads one less', { objects: [] }],
  ['reads in another order', { inputs: [input, { ...input, name: 'b' }], objects: [{ ...input, name: 'b' }, input] }],
  ['reads what has no version', { inputs: [{ name: '-' }], objects: [{ name: '-', etag: undefined }] }],
  ['no longer finds what that one wrote', { stored: {} }],
  ['finds something else there', { stored: { [table.name]: '1234' } }],
])('a run is another when it %s', async (_, given) => {
  expect(await repeated(given)).toBe('none')
})
