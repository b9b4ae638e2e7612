import { joinLocation, openMemoryStore, parseLocation } from '@fletching/storage'
import { describe, expect, it } from 'vitest'
import { InputList } from '../src/input-list.ts'
import { formatManifest, type Manifest, readManifest } from '../src/manifest.ts'
import { manifestOf } from './intents.ts'
import { put } from './stores.ts'

const folder = parseLocation('memory:state/')
const manifest: Manifest = {
  ...manifestOf('r1'),
  output: 's3://b/out',
  params: { INPUT: 's3://b/in' },
  outputs: [{ name: 's3://b/out/part-00000.csv', format: 'csv', rows: 1, bytes: 2, sha256: '00', run: 'r1' }],
}

/** What reading a manifest of this text says. */
async function refusal(text: string | Uint8Array): Promise<unknown> {
  const store = openMemoryStore()
  await put(store, joinLocation(folder, 'manifest.json'), text)
  return readManifest(store, folder, 's3://b/out').then(
    () => 'none',
    ({ kind, message }) => ({ kind, message }),
  )
}

describe('a manifest', () => {
  it('is none before the first run', async () => {
    expect(await readManifest(openMemoryStore(), folder, 's3://b/out')).toBeUndefined()
  })

  it('is read as it was written, with its ETag', async () => {
    const store = openMemoryStore()
    const location = joinLocation(folder, 'manifest.json')
    await put(store, location, formatManifest(manifest))
    const { etag } = (await store.stat(location)) ?? {}
    expect(await readManifest(store, folder, 's3://b/out')).toEqual({
      manifest: { ...manifest, inputs: new InputList() },
      name: 'memory:state/manifest.json',
      etag,
    })
  })

  it.each(['s3://b/out/', 's3://b/other', ''])('of another output, %j, is refused', async (output) => {
    expect(await refusal(JSON.stringify({ ...manifest, output }))).toEqual({
      kind: 'author',
      message: `STATE_MISMATCH: the state folder belongs to another output, ${output}
  at memory:state/manifest.json
  this run writes s3://b/out: give it a state folder of its own with --state`,
    })
  })

  it.each<[string, string | Uint8Array, string]>([
    ['empty', '', 'it is not JSON'],
    ['cut', JSON.stringify(manifest).slice(0, -1), 'it is not JSON'],
    ['garbage', Uint8Array.of(0x1f, 0x8b, 0xff), 'it is not JSON'],
    ['null', 'null', 'it is not a manifest of this version'],
    ['a list', '[]', 'it is not a manifest of this version'],
    ['a text', '"manifest"', 'it is not a manifest of this version'],
    ['of another version', JSON.stringify({ ...manifest, manifestVersion: 2 }), 'it is not a manifest of this version'],
    [
      'of a version in quotes',
      JSON.stringify({ ...manifest, manifestVersion: '1' }),
      'it is not a manifest of this version',
    ],
    ['without an output', JSON.stringify({ ...manifest, output: undefined }), 'it lacks its outputs'],
    ['without outputs', JSON.stringify({ ...manifest, outputs: undefined }), 'it lacks its outputs'],
    ['of outputs that are no list', JSON.stringify({ ...manifest, outputs: {} }), 'it lacks its outputs'],
    ['of outputs without a name', JSON.stringify({ ...manifest, outputs: [{}] }), 'it lacks its outputs'],
    ['of inputs that are none', JSON.stringify({ ...manifest, inputs: [{ name: 'a' }] }), 'one of its inputs is none'],
    ['of outputs that are null', JSON.stringify({ ...manifest, outputs: [null] }), 'it lacks its outputs'],
  ])('that is %s is not taken for none', async (_, text, why) => {
    expect(await refusal(text)).toEqual({
      kind: 'environment',
      message: `BAD_MANIFEST: the manifest of the last run cannot be read: ${why}
  at memory:state/manifest.json
  restore it, or move it away together with the outputs of that run`,
    })
  })
})
