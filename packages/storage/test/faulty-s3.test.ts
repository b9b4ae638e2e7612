import { parseLocation } from '@fletching/storage'
import { type FaultyS3, openFaultyS3 } from '@fletching/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openS3Store } from '../src/s3.ts'
import { describeStore } from './conformance.ts'

let s3: FaultyS3
const before = { ...process.env }

beforeAll(async () => {
  s3 = await openFaultyS3({ buckets: ['bucket'], pageKeys: 3 })
  Object.assign(process.env, s3.env)
})

afterAll(async () => {
  await s3.close()
  process.env = before
})

describeStore('S3 of the test kit, without faults', async () => ({
  store: await openS3Store(),
  folder: parseLocation('s3://bucket/folder/'),
}))

describe('after that', () => {
  it('no upload is pending', () => {
    expect(s3.uploads('bucket')).toEqual([])
  })
})
