import { type FaultyS3, openFaultyS3 } from '@fletching/testing'
import {
  openPersonalizeServer,
  type PersonalizeServer,
  type PersonalizeServerOptions,
} from '@fletching/testing/personalize-server'
import { vi } from 'vitest'
import { type ImportOptions, importDataset } from '../src/import.ts'

export const ROLE = 'arn:aws:iam::123456789012:role/personalize-import'
export const SCHEMA = JSON.stringify({
  type: 'record',
  name: 'Interactions',
  namespace: 'com.amazonaws.personalize.schema',
  fields: [
    { name: 'USER_ID', type: 'string' },
    { name: 'ITEM_ID', type: 'string' },
    { name: 'EVENT_TYPE', type: 'string' },
    { name: 'TIMESTAMP', type: 'long' },
  ],
  version: '1.0',
})

/** A CSV of so many interactions. */
export function csvOf(records: number, last = '\n'): Buffer {
  const rows = Array.from({ length: records }, (_, row) => `u${row},red-shoe,View,${1558210385 + row}`)
  return Buffer.from(['USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP', ...rows].join('\n') + last)
}

/** The servers of an import, with a CSV in S3, and an import with all that is needed. */
export interface Ends {
  readonly s3: FaultyS3
  readonly personalize: PersonalizeServer
  readonly run: (options?: Partial<ImportOptions>) => ReturnType<typeof importDataset>
}

export const CSV = { scheme: 's3', bucket: 'exports', key: 'interactions/part-00000.csv' } as const

/** Gives a test servers of its own; fails when anything was asked for or answered that the SDK's model does not have. */
export async function withEnds<T>(options: PersonalizeServerOptions, test: (ends: Ends) => Promise<T>): Promise<T> {
  const s3 = await openFaultyS3({ buckets: ['exports'] })
  s3.put('exports', CSV.key, csvOf(1000))
  const personalize = await openPersonalizeServer(options)
  for (const [name, value] of Object.entries({ ...s3.env, ...personalize.env })) vi.stubEnv(name, value)
  const run = (more: Partial<ImportOptions> = {}) =>
    importDataset({
      from: CSV,
      group: 'shop',
      dataset: 'interactions',
      roleArn: ROLE,
      schema: SCHEMA,
      pace: { firstMs: 1, maxMs: 1 },
      retryDelayMs: 1,
      ...more,
    })
  try {
    return await test({ s3, personalize, run })
  } finally {
    vi.unstubAllEnvs()
    await s3.close()
    await personalize.close()
  }
}
