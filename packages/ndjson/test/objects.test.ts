import { NdjsonDecoder, type ScannerKind } from '@fletching/ndjson'
import { describe, expect, it } from 'vitest'
import { interactions } from './events.ts'

const event = (userId: string, timestamp = '2019-05-18') =>
  `{"userId":"${userId}","event":"Product Added","properties":{"sku":"s"},"timestamp":"${timestamp}"}`
const bytesOf = (text: string) => new TextEncoder().encode(text)

/** Decodes objects that share batches; each batch as its rows' users, the ends of its objects, and whose its odd lines are. */
function decode(objects: readonly string[], batchRows: number, scanner: ScannerKind) {
  const decoder = new NdjsonDecoder(interactions, { batchRows, scanner })
  const done = []
  const lines: number[] = []
  for (const object of objects) {
    done.push(...decoder.push(bytesOf(object)))
    decoder.endObject()
    lines.push(decoder.takeCounts().lines)
  }
  done.push(...decoder.flush())
  return {
    lines,
    batches: done.map(({ batch, objectEnds, malformed, unfit }) => ({
      users: batch.getChild('userId')?.toJSON().join(''),
      ends: objectEnds,
      malformed: malformed.map(({ object, line }) => `${object}:${line}`).join(' '),
      unfit: unfit.map(({ object, line, row }) => `${object}:${line} in ${row}`).join(' '),
    })),
  }
}

describe.each(['wasm', 'ts'] as const)('objects that share batches, read in %s', (scanner) => {
  it('end where their last rows are, and have lines of their own', () => {
    const objects = [`${event('a')}\n${event('b')}`, '', `{\n${event('c')}\n`, `\n${event('d', 'soon')}`, '[]']
    expect(decode(objects, 100, scanner)).toEqual({
      lines: [2, 0, 2, 2, 1],
      batches: [{ users: 'abcd', ends: [2, 2, 3, 4, 4], malformed: '2:1 4:1', unfit: '3:2 in 3' }],
    })
  })

  it('count from the batch in which they are when a batch ends within one', () => {
    const objects = [`${event('a')}\n${event('b')}\n${event('c')}`, `${event('d')}\n{`, event('e')]
    expect(decode(objects, 2, scanner).batches).toEqual([
      { users: 'ab', ends: [], malformed: '', unfit: '' },
      { users: 'cd', ends: [1], malformed: '', unfit: '' },
      { users: 'e', ends: [0, 1], malformed: '0:2', unfit: '' },
    ])
  })

  it('have counts of their own, and their remarks together', () => {
    const refused = (name: string) => `{"event":"${name}"}\n`
    const objects = [refused('x').repeat(3) + refused('y'), refused('y'), `{\n${event('a').replace('"a"', '1')}\n`]
    const decoder = new NdjsonDecoder(interactions, { scanner })
    const counts = objects.map((object) => {
      decoder.push(bytesOf(object))
      decoder.endObject()
      return decoder.takeCounts()
    })
    expect(counts.map(({ lines, rows, filtered }) => [lines, rows, filtered['event not wanted']])).toEqual([
      [4, 0, 4],
      [1, 0, 1],
      [2, 1, undefined],
    ])
    const { slowLines, converted, tallies } = decoder.takeRemarks()
    expect({ slowLines, converted, tallies }).toEqual({
      slowLines: scanner === 'wasm' ? 1 : 0,
      converted: { 'userId: number as text': 1 },
      tallies: { 'event not wanted': { x: 3, y: 2 } },
    })
    expect(decoder.takeRemarks()).toMatchObject({ slowLines: 0, converted: {}, tallies: {} })
  })

  it('begin again after flush', () => {
    const decoder = new NdjsonDecoder(interactions, { scanner })
    decoder.endObject()
    expect(decoder.flush()).toEqual([])
    const [{ objectEnds }] = [...decoder.push(bytesOf(`${event('a')}\n`)), ...decoder.flush()]
    expect(objectEnds).toEqual([])
  })
})
