import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { civilFromDays, daysFromCivil, daysInMonth } from '@fletching/columns'
import { describe, expect, it } from 'vitest'

const corpus = process.env.FLETCHING_CORPUS

describe('civil days', () => {
  it.each([
    ['1970-01-01', 0],
    ['1969-12-31', -1],
    ['2000-02-29', 11_016],
    ['2019-05-18', 18_034],
    ['1900-03-01', -25_508],
    ['0001-01-01', -719_162],
    ['0000-12-31', -719_163],
    ['9999-12-31', 2_932_896],
  ])('%s is day %d', (date, days) => {
    const [year, month, day] = date.split('-').map(Number)
    expect(daysFromCivil(year, month, day)).toBe(days)
    expect(civilFromDays(days)).toEqual({ year, month, day })
  })

  it('follow one another from 1 March of the year -400 to 1 March of the year 2400', () => {
    let [year, month, day] = [-400, 3, 1]
    const last = daysFromCivil(2400, 3, 1)
    for (let days = daysFromCivil(-400, 3, 1); days <= last; days++) {
      const seen = civilFromDays(days)
      if (seen.year !== year || seen.month !== month || seen.day !== day) {
        expect.fail(`day ${days} is ${JSON.stringify(seen)}, not ${year}-${month}-${day}`)
      }
      if (daysFromCivil(year, month, day) !== days) expect.fail(`${year}-${month}-${day} is not day ${days}`)
      day = day === lengthOf(year, month) ? 1 : day + 1
      if (day === 1) month = month === 12 ? 1 : month + 1
      if (day === 1 && month === 1) year++
    }
  })

  it.skipIf(corpus === undefined)('are those of 42,420 days of the years 1 to 9999 (set FLETCHING_CORPUS)', () => {
    const [, ...lines] = gunzipSync(readFileSync(join(corpus as string, 'timestamps/days.tsv.gz')))
      .toString()
      .trimEnd()
      .split('\n')
    expect(lines).toHaveLength(42_420)
    for (const line of lines) {
      const [date, days] = line.split('\t')
      const [year, month, day] = date.split('-').map(Number)
      if (daysFromCivil(year, month, day) !== Number(days)) expect.fail(`${date} is day ${days}`)
      const back = civilFromDays(Number(days))
      if (back.year !== year || back.month !== month || back.day !== day) expect.fail(`day ${days} is ${date}`)
    }
  })
})

describe('daysInMonth', () => {
  it.each([
    [2019, [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]],
    [2020, [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]],
    [1900, [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]],
    [2000, [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]],
  ])('knows the months of %d', (year, lengths) => {
    expect(lengths.map((_, index) => daysInMonth(year, index + 1))).toEqual(lengths)
  })
})

/** The rule as it is written in calendars. */
function lengthOf(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  if (month === 2) return leap ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}
