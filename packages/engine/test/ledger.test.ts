import { openMemoryStore, parseLocation } from '@fletching/storage'
import { describe, expect, it } from 'vitest'
import { formatLedger, type Ledger, readLedger } from '../src/ledger.ts'
import { expectDamageRefused } from './damage.ts'
import { OUTPUT } from './intents.ts'
import { bytesOf, type Content, put, stateIn } from './stores.ts'

const ledger: Ledger = {
  output: OUTPUT,
  jobHash: 'h1',
  last: 'r1',
  runs: [{ id: 'r1', objects: 2, rows: 3 }],
  segments: [{ file: 'r1.ndjson', objects: 2, bytes: 120, sha256: 'ü"x' }],
}

/** What reading a ledger of this content says. */
async function read(content: Content): Promise<unknown> {
  const store = openMemoryStore()
  await put(store, parseLocation('memory:state/ledger.json'), content)
  return readLedger(stateIn(store), OUTPUT).then(
    (found) => found?.ledger,
    ({ kind, message }) => ({ kind, message }),
  )
}

function refused(why: string) {
  const message = `BAD_LEDGER: the list of the objects that were read cannot be read: ${why}
  at memory:state/ledger.json
  nothing was read or written: what is new in the input is not known
  restore it; or, when the outputs may be made again from the whole input, remove the state folder together with them`
  return { kind: 'environment', message }
}

const newer = `BAD_LEDGER: the list of the objects that were read is of a newer version
  at memory:state/ledger.json
  nothing was read or written; run the job with the version that wrote it, or a later one`

describe('a ledger', () => {
  it('is none where no run had a bookmark', async () => {
    expect(await readLedger(stateIn(openMemoryStore()), OUTPUT)).toBeUndefined()
  })

  it('is read as it was written', async () => {
    expect(await read(formatLedger(ledger))).toEqual(ledger)
  })

  it('is refused with any bit changed, or cut anywhere, and never taken for none', async () => {
    await expectDamageRefused(bytesOf(formatLedger(ledger)), read, {
      name: 'ledger',
      wrong: [refused('it is not JSON'), refused('its checksum is wrong')],
      newer: { kind: 'environment', message: newer },
    })
  })

  it.each<[string, string]>([
    ['null', 'its checksum is wrong'],
    ['[]', 'its checksum is wrong'],
    ['{"ledgerVersion":1,"ledger":null}', 'its checksum is wrong'],
    ['{"ledgerVersion":"2"}', 'its checksum is wrong'],
    ['', 'it is not JSON'],
  ])('that is %j is refused', async (text, why) => {
    expect(await read(text)).toEqual(refused(why))
  })

  it('of another output is refused', async () => {
    expect(await read(formatLedger({ ...ledger, output: 's3://b/other' }))).toEqual({
      kind: 'author',
      message: `STATE_MISMATCH: the state folder belongs to another output, s3://b/other
  at memory:state/ledger.json
  this run writes memory:csv: give it a state folder of its own with --state`,
    })
  })
})
