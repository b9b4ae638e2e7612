import { parseLocation, type Store } from '@fletching/storage'
import { emptyAccounting } from '../src/accounting.ts'
import type { Intent } from '../src/intent.ts'
import type { Manifest } from '../src/manifest.ts'
import type { PreparedOutput } from '../src/report.ts'
import { rollForward } from '../src/roll-forward.ts'
import { stateIn } from './stores.ts'

export const OUTPUT = 'memory:csv'

export function manifestOf(run: string): Manifest {
  return {
    manifestVersion: 1,
    run,
    output: OUTPUT,
    jobHash: 'of the job',
    paramsHash: 'of the params',
    job: 'clicks',
    version: '0.1.0',
    params: { INPUT: 's3://b/in', OPTIONAL: undefined },
    startedAt: '2019-05-18T20:13:05.123Z',
    milliseconds: 7,
    inputs: [],
    skipped: {},
    accounting: emptyAccounting(),
    slowLines: 0,
    converted: {},
    refused: {},
    outputs: [],
    warnings: [],
  }
}

/** What a run is about to show, its outputs prepared in the store: a table of two files, then the CSV; a third file is surplus. */
export async function intentOf(store: Store, run: string): Promise<Intent> {
  const outputs: PreparedOutput[] = []
  for (const name of ['memory:table/a', 'memory:table/b', 'memory:csv/part-00000.csv']) {
    const writer = await store.create(parseLocation(name))
    await writer.write(Buffer.from(`${name} of ${run}`))
    const format = name.endsWith('.csv') ? 'csv' : 'parquet'
    outputs.push({ ...(await writer.prepare()), format, rows: 1, bytes: 1 })
  }
  const before = (await store.stat(parseLocation('memory:state/manifest.json')))?.etag ?? null
  const ledgerBefore = (await store.stat(parseLocation('memory:state/ledger.json')))?.etag ?? null
  return {
    run,
    output: OUTPUT,
    before,
    ledgerBefore,
    outputs,
    surplus: ['memory:table/old'],
    manifest: manifestOf(run),
  }
}

/** What a start says of a commit that was begun. */
export async function started(store: Store): Promise<readonly string[]> {
  const notes: string[] = []
  await rollForward(stateIn(store), OUTPUT, (note) => notes.push(note))
  return notes
}
