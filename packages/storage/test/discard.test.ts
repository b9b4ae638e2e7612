import { openDiscardStore, parseLocation } from '@fletching/storage'
import { expect, it } from 'vitest'

it('a store that discards takes every byte and holds none', async () => {
  const store = openDiscardStore()
  const location = parseLocation('s3://no-such-bucket/a')
  await store.assertWritable(location)
  const writer = await store.create(location)
  await writer.write(new Uint8Array(3))
  await writer.write(new Uint8Array(4))
  expect(await store.complete(await writer.prepare())).toMatchObject({ size: 7 })
  const object = await writer.commit()
  await writer.abort()
  expect(object).toEqual({ location, name: 's3://no-such-bucket/a', size: 7, etag: undefined })
  expect(await store.put(location, new Uint8Array(1))).toBe(true)
  await store.abandon({ name: 's3://no-such-bucket/a', handle: '' })
  expect(await store.stat(location)).toBeUndefined()
  for await (const { name } of store.list(parseLocation('s3://no-such-bucket/'))) expect.unreachable(name)
  await store.remove(location)
  expect(() => store.read(object)).toThrow('s3://no-such-bucket/a was discarded, and is read')
})
