import { parseIsoTimestamp } from '@fletching/columns'
import { epochSecondsOf } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

const seed = Number(process.env.FLETCHING_SEED ?? 20190518)
const cases = 50_000

const good = [
  '2019-05-18T20:13:05.123Z',
  '2016-12-31T23:59:60Z',
  '2017-01-01T05:29:60.5+05:30',
  '2000-02-29',
  '1900-02-28 23:59',
  '0001-01-01T00:00:00+00:00',
  '9999-12-31T23:59:59.999999999-00:00',
  '2019-05-18t13:13:05-07',
]
const alphabet = '0123456789-:.TtZz+ ,'

/** One of the good texts with one to four characters changed, taken out or put in. */
function mutant(below: (limit: number) => number): string {
  const text = good[below(good.length)].split('')
  for (let changes = 1 + below(4); changes > 0; changes--) {
    const character = alphabet[below(alphabet.length)]
    const kind = below(4)
    text.splice(below(text.length + 1), kind === 0 ? 0 : 1, ...(kind === 1 ? [] : [character]))
  }
  return text.join('')
}

describe('parseIsoTimestamp and the oracle', () => {
  it(`agree on ${cases} texts that are almost times (seed ${seed})`, () => {
    let state = seed >>> 0
    const below = (limit: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((state / 2 ** 32) * limit)
    }
    let accepted = 0
    for (let number = 0; number < cases; number++) {
      const text = mutant(below)
      const bytes = new TextEncoder().encode(text)
      const ms = parseIsoTimestamp(bytes, 0, bytes.length)
      const fast = Number.isNaN(ms) ? undefined : Math.floor(ms / 1000)
      expect({ seed, text, seconds: fast }).toEqual({ seed, text, seconds: epochSecondsOf(text) })
      if (fast !== undefined) accepted++
    }
    expect(accepted).toBeGreaterThan(cases / 50)
    expect(accepted).toBeLessThan(cases / 2)
  })
})
