import { type DecodedBatch, NdjsonDecoder, type ScannerKind } from '@fletching/ndjson'
import { randomFrom, testSeed } from '@fletching/testing'
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

  it('have the same counts and ends when read apart, in pieces, and wherever batches end', () => {
    const random = randomFrom(testSeed)
    const line = () =>
      random.pick([
        () => event(random.pick(['a', 'b', 'c'])),
        () => event('d').replace('"d"', '7'),
        () => event('e', 'soon'),
        () => event('f').replace('Added', 'Removed'),
        () => '',
        () => '{',
      ])()
    for (let round = 0; round < 200; round++) {
      const objects = Array.from({ length: random.below(12) }, () =>
        Array.from({ length: random.below(10) }, line).join('\n'),
      )
      const batchRows = 1 + random.below(12)
      const decoder = new NdjsonDecoder(interactions, { batchRows, scanner })
      const done: DecodedBatch[] = []
      const counts = objects.map((object) => {
        const bytes = bytesOf(object)
        const cut = random.below(bytes.length + 1)
        done.push(...decoder.push(bytes.subarray(0, cut)), ...decoder.push(bytes.subarray(cut)))
        decoder.endObject()
        return decoder.takeCounts()
      })
      done.push(...decoder.flush())
      const { slowLines: _, ...remarks } = decoder.takeRemarks()
      const message = `round ${round}, FLETCHING_SEED=${testSeed}`

      const apart = objects.map((object) => {
        const alone = new NdjsonDecoder(interactions, { scanner: 'ts' })
        const batches = [...alone.push(bytesOf(object)), ...alone.flush()]
        return { batches, counts: alone.takeCounts(), converted: alone.takeRemarks().converted }
      })
      expect(counts, message).toEqual(apart.map((one) => one.counts))
      const numbers = apart.map(({ converted }) => converted['userId: number as text'] ?? 0)
      expect(remarks.converted['userId: number as text'] ?? 0, message).toBe(numbers.reduce((sum, n) => sum + n, 0))
      const usersOf = (batches: readonly DecodedBatch[]) =>
        batches.flatMap(({ batch }) => batch.getChild('userId')?.toJSON() ?? [])
      const users = apart.flatMap(({ batches }) => usersOf(batches))
      expect(usersOf(done), message).toEqual(users)
      // The rows behind which objects end, whichever batch they are in; those behind the last row are told of nowhere.
      let before = 0
      const ends = done.flatMap(({ batch, objectEnds }) => {
        const from = before
        before += batch.numRows
        return objectEnds.map((end) => from + end)
      })
      let rows = 0
      const expected = apart.map((one) => {
        rows += one.counts.rows
        return rows
      })
      expect(ends, message).toEqual(expected.slice(0, ends.length))
      expect(
        expected.slice(ends.length).every((end) => end === users.length),
        message,
      ).toBe(true)
    }
  })

  it('begin again after flush', () => {
    const decoder = new NdjsonDecoder(interactions, { scanner })
    decoder.endObject()
    expect(decoder.flush()).toEqual([])
    const [{ objectEnds }] = [...decoder.push(bytesOf(`${event('a')}\n`)), ...decoder.flush()]
    expect(objectEnds).toEqual([])
  })
})
