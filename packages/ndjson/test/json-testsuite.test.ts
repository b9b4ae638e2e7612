import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { interactions, openDecode } from './events.ts'

const corpus = process.env.FLETCHING_CORPUS
const folder = corpus === undefined ? '' : join(corpus, 'json-testsuite/test_parsing')

const good = (user: string) =>
  `{"userId":"${user}","event":"Product Clicked","properties":{"sku":"s"},"timestamp":"2019-05-18T20:13:05.123Z"}`
/** The value is never the first of its list: an empty one would be valid without it. */
const deep = '{"a":[0,'.repeat(40)

/** Where a value can stand in a line: the text before it and behind it. */
const places: Readonly<Record<string, readonly [string, string]>> = {
  'before the wanted fields': [
    '{"x":',
    ',"userId":"u","event":"Product Clicked","properties":{"sku":"s"},"timestamp":"2019-05-18"}',
  ],
  'between them': [
    '{"userId":"u","event":"Product Clicked","properties":{"x":',
    ',"sku":"s"},"timestamp":"2019-05-18"}',
  ],
  'after them': ['{"userId":"u","event":"Product Clicked","properties":{"sku":"s"},"timestamp":"2019-05-18","x":', '}'],
  'nested deeply': [
    `{"userId":"u","event":"Product Clicked","properties":{"sku":"s"},"timestamp":"2019-05-18","x":${deep}`,
    `${']}'.repeat(40)}}`,
  ],
  'in an event that is filtered': ['{"userId":"u","event":"Page Viewed","x":', '}'],
  'as the sku': ['{"userId":"u","event":"Product Clicked","properties":{"sku":', '},"timestamp":"2019-05-18"}'],
}

const names = corpus === undefined ? [] : readdirSync(folder).sort()

describe.skipIf(corpus === undefined)('JSONTestSuite as values of events (set FLETCHING_CORPUS)', () => {
  it('is whole', () => expect(names).toHaveLength(318))

  it.each(Object.keys(places))('decides every text with the value %s', (place) => {
    const [head, tail] = places[place]
    const decode = openDecode(interactions)
    const wrong: string[] = []
    for (const name of names) {
      const content = readFileSync(join(folder, name))
      // A line feed ends a line here; within a value it is white space like another.
      const value = Buffer.from(content)
      if (!name.startsWith('n_')) for (let at = 0; at < value.length; at++) if (value[at] === 0x0a) value[at] = 0x20
      const line = Buffer.concat([Buffer.from(head), value, Buffer.from(tail)])
      const input = Buffer.concat([Buffer.from(`${good('first')}\n`), line, Buffer.from(`\n${good('last')}\n`)])
      const { rows, malformed, counts, unfit } = decode(input)
      const users = rows.map((row) => row.userId)
      const isMalformed = malformed.length > 0
      if (users[0] !== 'first' || users.at(-1) !== 'last') wrong.push(`${name}: a neighbour is gone`)
      if (name.startsWith('y_') && isMalformed) wrong.push(`${name}: ${malformed[0].code}`)
      if (name.startsWith('n_') && malformed[0]?.line !== 2) wrong.push(`${name}: not malformed at line 2`)
      const sum = Object.values(counts.filtered).reduce((a, b) => a + b, 0)
      const sumMalformed = Object.values(counts.malformed).reduce((a, b) => a + b, 0)
      if (counts.lines !== counts.rows + sum + sumMalformed + counts.blank) wrong.push(`${name}: does not add up`)
      if (sumMalformed !== malformed.length) wrong.push(`${name}: counted ${sumMalformed} of ${malformed.length}`)
      if (
        place === 'as the sku' &&
        name.startsWith('y_') &&
        !isMalformed &&
        /^\s*[[{tf]/.test(value.toString()) &&
        unfit[0]?.code !== 'NOT_TEXT'
      ) {
        wrong.push(`${name}: as a sku it is not set aside`)
      }
    }
    expect(wrong).toEqual([])
  })
})
