import { openMemoryStore, parseLocation } from '@fletching/storage'
import { describe, expect, it } from 'vitest'
import { InputList } from '../src/input-list.ts'
import { formatIntent, type Intent, readIntent } from '../src/intent.ts'
import { expectDamageRefused } from './damage.ts'
import { intentOf, manifestOf, OUTPUT } from './intents.ts'
import { bytesOf, type Content, put, stateIn } from './stores.ts'

/** What reading an intent record of this content says. */
async function read(content: Content): Promise<unknown> {
  const store = openMemoryStore()
  await put(store, parseLocation('memory:state/intent.json'), content)
  return readIntent(stateIn(store), OUTPUT).catch(({ kind, message }) => ({ kind, message }))
}

function refused(why: string) {
  const message = `BAD_INTENT: the record of a commit that was begun cannot be read: ${why}
  at memory:state/intent.json
  the outputs may be those of two runs; nothing was read or written
  restore the record, or remove it together with all outputs of the job, then run again`
  return { kind: 'environment', message }
}

const newer = `BAD_INTENT: the record of a commit that was begun is of a newer version
  at memory:state/intent.json
  nothing was read or written; run the job once with the version that wrote it, which finishes the commit`

describe('an intent record', () => {
  it('is none where no commit was begun', async () => {
    expect(await readIntent(stateIn(openMemoryStore()), OUTPUT)).toBeUndefined()
  })

  it('is read as it was written', async () => {
    const intent = await intentOf(openMemoryStore(), 'r1')
    const manifest = manifestOf('r1')
    const { OPTIONAL: _, ...params } = manifest.params
    expect(await read(formatIntent(intent))).toEqual({
      ...intent,
      manifest: { ...manifest, params, inputs: new InputList() },
    })
  })

  it('is refused with any bit changed, or cut anywhere', async () => {
    const bytes = bytesOf(formatIntent({ ...(await intentOf(openMemoryStore(), 'r1')), surplus: ['s3://b/ü "x"'] }))
    await expectDamageRefused(bytes, read, {
      name: 'intent',
      wrong: [refused('it is not JSON'), refused('its checksum is wrong')],
      newer: { kind: 'environment', message: newer },
    })
  })

  it.each<[string, string]>([
    ['null', 'its checksum is wrong'],
    ['[]', 'its checksum is wrong'],
    ['{"intentVersion":1,"intent":null}', 'its checksum is wrong'],
    ['', 'it is not JSON'],
  ])('that is %j is refused', async (text, why) => {
    expect(await read(text)).toEqual(refused(why))
  })

  it('of a newer version is refused', async () => {
    expect(await read('{"intentVersion":2,"other":{}}')).toEqual({ kind: 'environment', message: newer })
  })

  it('of another output is refused', async () => {
    const intent: Intent = { ...(await intentOf(openMemoryStore(), 'r1')), output: 's3://b/other' }
    expect(await read(formatIntent(intent))).toEqual({
      kind: 'author',
      message: `STATE_MISMATCH: the state folder belongs to another output, s3://b/other
  at memory:state/intent.json
  this run writes memory:csv: give it a state folder of its own with --state`,
    })
  })
})
