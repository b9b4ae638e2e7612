import { fuzz, fuzzCases, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { athenaNames, tableNameOf } from '../src/names.ts'

describe('athenaNames', () => {
  it.each<[string, string, string]>([
    ['a name of Athena', 'user_id', 'user_id'],
    ['capitals, which are folded and not parted', 'messageId', 'messageid'],
    ['blanks and punctuation', 'Invited User?', 'invited_user'],
    ['a run of them', 'a -- b', 'a_b'],
    ['marks', 'Größe', 'gro_e'],
    ['accents', 'Prénom', 'prenom'],
    ['a ligature', 'ﬁle', 'file'],
    ['a first _', '_id', 'id'],
    ['a first digit', '2nd', 'c_2nd'],
    ['nothing of ASCII', '日本', 'column_1'],
    ['nothing', '', 'column_1'],
    ['255 letters', 'a'.repeat(255), 'a'.repeat(255)],
    ['more letters', 'a'.repeat(300), 'a'.repeat(255)],
    ['more letters behind a digit', `1${'a'.repeat(300)}`, `c_1${'a'.repeat(252)}`],
    ['a cut at a blank', `${'a'.repeat(254)} b`, 'a'.repeat(254)],
  ])('of %s', (_, key, expected) => {
    expect(athenaNames([key])).toEqual([expected])
  })

  it.each<[string, string[], string[]]>([
    ['case', ['URL', 'url', 'Url'], ['url', 'url_2', 'url_3']],
    ['a name that another one would get', ['a', 'a_2', 'A'], ['a', 'a_2', 'a_3']],
    ['a name that another one has got', ['a', 'A', 'a_2'], ['a', 'a_2', 'a_2_2']],
    ['length', ['a'.repeat(255), 'a'.repeat(256)], ['a'.repeat(255), `${'a'.repeat(253)}_2`]],
    ['having none', ['?', '!'], ['column_1', 'column_2']],
  ])('parts keys that are alike but for %s', (_, keys, expected) => {
    expect(athenaNames(keys)).toEqual(expected)
  })

  it('are none of others that are there', () => {
    expect(athenaNames(['URL', 'id', 'url'], ['url', 'url_2'])).toEqual(['url_3', 'id', 'url_4'])
  })

  it(`of any keys are names, no two alike, and their own names (from FLETCHING_SEED=${testSeed})`, () => {
    return fuzz(fuzzCases(1000), (random) => {
      const keys = Array.from({ length: random.below(6) }, () => {
        return Array.from({ length: random.below(5) }, () => random.pick(PIECES)).join('')
      })
      const names = athenaNames(keys)
      expect(names, JSON.stringify(keys)).toHaveLength(keys.length)
      expect(new Set(names).size, JSON.stringify(keys)).toBe(keys.length)
      for (const name of names) expect(name, JSON.stringify(keys)).toMatch(/^[a-z][a-z0-9_]{0,254}$/)
      expect(athenaNames(names), JSON.stringify(keys)).toEqual(names)
    })
  })
})

const PIECES = ['a', 'B', '1', '_', ' ', '?', 'é', '日', '\u0301', '_2', '💥', '\ud800']

describe('tableNameOf', () => {
  it.each([
    ['s3://my-exports/daily/Interactions 2/', 'interactions_2'],
    ['s3://my-exports/', 'my_exports'],
    ['/home/me/out/', 'out'],
    ['s3://my-exports/日本/', 'data'],
    ['s3://my-exports/all/Interactions.CSV', 'interactions'],
    ['s3://my-exports/all.csv/', 'all_csv'],
    ['s3://my-exports/2019/', 'c_2019'],
    ['/', 'data'],
  ])('of %s is %s', (location, expected) => {
    expect(tableNameOf(location)).toBe(expected)
  })
})
