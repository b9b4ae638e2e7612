import { generateObjects, trapKinds } from '@fletching/gen'
import { describe, expect, it } from 'vitest'
import { decode } from './events.ts'

const kinds = trapKinds.map(({ kind }) => kind)

describe('pieces of any size', () => {
  it.each([1, 2, 3, 7, 64, 4096])('of %d bytes give what the whole gives', (pieceBytes) => {
    for (const { key, bytes } of generateObjects({
      seed: 11,
      events: 400,
      files: 2,
      sources: 2,
      days: 1,
      traps: 0.5,
      trapKinds: kinds,
      gzip: false,
    })) {
      const options = { batchRows: 17, batchBytesMax: 9000, lineBytesMax: 3000, malformedMax: 5 }
      expect(decode(bytes, undefined, options, pieceBytes), key).toEqual(decode(bytes, undefined, options))
    }
  })

  it('end batches by the number of rows alone', () => {
    const line = '{"userId":"u","event":"Product Clicked","properties":{"sku":"s"},"timestamp":"2019-05-18"}\n'
    expect(decode(line.repeat(25), undefined, { batchRows: 10 }).batches).toEqual([10, 10, 5])
    expect(decode(line.repeat(20), undefined, { batchRows: 10 }, 13).batches).toEqual([10, 10])
  })

  it('end a batch when its lines are long', () => {
    const row = (user: string) =>
      `{"userId":"${user}","event":"Product Clicked","properties":{"sku":"s"},"timestamp":"2019-05-18"}\n`
    const long = row('x'.repeat(1000))
    const refused = `{"event":"${'x'.repeat(1000)}"}\n`
    const malformed = `{"${'x'.repeat(1000)}\n`
    const batches = (input: string) => decode(input, undefined, { batchBytesMax: 2000 }).batches
    expect(batches(long.repeat(5))).toEqual([2, 2, 1])
    expect(batches(refused.repeat(5) + row('u'))).toEqual([1])
    expect(batches(row('u') + malformed.repeat(3) + row('u'))).toEqual([1, 1])
    expect(batches(long.repeat(2).replaceAll('"2019-05-18"', '7'))).toEqual([2])
  })

  it('end a batch when many malformed lines wait', () => {
    const { batches, malformed } = decode('{\n'.repeat(7), undefined, { malformedMax: 3 })
    expect(batches).toEqual([0, 0, 0])
    expect(malformed.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7])
  })
})
