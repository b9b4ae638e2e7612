import { describe, expect, it } from 'vitest'
import { datasetName, numberOf, resourceName } from '../../src/import/names.ts'

describe('resourceName', () => {
  it.each(['g', 'a-group_1', 'g'.repeat(40), 'g'.repeat(63)])('fits for %s, whatever its number', (group) => {
    for (const dataset of ['interactions', 'users', 'items']) {
      for (const number of [1, 2, 99, 999]) {
        const name = resourceName(group, dataset, 'content', number)
        expect(name).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9\-_]{0,62}$/)
        expect(numberOf(name, group, dataset, 'content')).toBe(number)
        expect(numberOf(name, `${group}x`, dataset, 'content')).toBe(0)
        expect(numberOf(name, group, dataset, 'other')).toBe(0)
      }
      expect(datasetName(group, dataset).length).toBeLessThanOrEqual(63)
    }
  })

  it('differs for groups that begin alike', () => {
    const [one, two] = ['1', '2'].map((end) => resourceName(`${'g'.repeat(62)}${end}`, 'users', 'content'))
    expect(one.slice(0, 20)).toBe(two.slice(0, 20))
    expect(one).not.toBe(two)
  })

  it('is no number of another', () => {
    expect(numberOf('shop-users-2', 'shop', 'users', 'content')).toBe(0)
    expect(numberOf('nightly', 'shop', 'users', 'content')).toBe(0)
  })
})

describe('datasetName', () => {
  it('is plain where it fits', () => expect(datasetName('shop', 'items')).toBe('shop-items'))
})
