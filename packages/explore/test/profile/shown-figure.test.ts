import { describe, expect, it } from 'vitest'
import {
  figuresOf,
  formatBytes,
  formatCount,
  formatDuration,
  formatMoment,
  formatShare,
} from '../../src/profile/shown-figure.ts'
import { shortCount, tickText } from '../../src/profile/tick-text.ts'
import { exampleProfile } from './example-profile.ts'

/** With a plain blank in the place of the thin one. */
const plain = (text: string) => text.replaceAll('\u202f', ' ')

describe('what is shown of numbers', () => {
  it.each([
    ['a count', formatCount(1_234_567), '1 234 567'],
    ['a small count', formatCount(999), '999'],
    ['no bytes', formatBytes(0), '0 B'],
    ['bytes', formatBytes(999), '999 B'],
    ['kilobytes', formatBytes(1000), '1.0 kB'],
    ['many bytes', formatBytes(2.5e15), '2500.0 TB'],
    ['a share', formatShare(1, 3), '33.3 %'],
    ['hardly any', formatShare(1, 100_000), '< 0.1 %'],
    ['nearly all', formatShare(99_999, 100_000), '> 99.9 %'],
    ['all', formatShare(7, 7), '100 %'],
    ['none', formatShare(0, 7), '0 %'],
    ['of nothing', formatShare(0, 0), '0 %'],
    ['a moment', formatMoment(1_558_188_202), '2019-05-18 14:03:22'],
    ['the first moment', formatMoment(-62_135_596_800), '0001-01-01 00:00:00'],
    ['seconds', formatDuration(4210), '4.2 s'],
    ['minutes', formatDuration(125_900), '2 min 5 s'],
    ['hours', formatDuration(3_725_900), '1 h 2 min'],
    ['few', shortCount(999), '999'],
    ['thousands', shortCount(1500), '1.5 k'],
    ['more thousands', shortCount(31_200), '31 k'],
    ['millions', shortCount(2e6), '2 M'],
    ['an hour', tickText(new Date('2019-05-18T07:00Z'), 'hour'), '07:00'],
    ['midnight', tickText(new Date('2019-05-18T00:00Z'), 'hour'), '00:00\n18 May'],
    ['a day', tickText(new Date('2019-05-08'), 'day'), '8 May\n2019'],
    ['a week', tickText(new Date('2019-05-08'), 'week'), '8 May\n2019'],
    ['a month', tickText(new Date('2019-12-01'), 'month'), 'Dec\n2019'],
    ['a year', tickText(new Date('2019-01-01'), 'year'), '2019'],
  ])('%s', (_, text, expected) => {
    expect(plain(text)).toBe(expected)
  })

  it('comes with its path and its value', () => {
    const figures = figuresOf(exampleProfile())
    expect(figures('run.accounting.lines').text).toBe(
      '<data value="4000" data-figure="run.accounting.lines">4\u202f000</data>',
    )
    expect(() => figures('run.nothing.there')).toThrow('the profile has no number at run.nothing.there')
  })
})
