import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isLeapSecond, parseIsoTimestamp } from '@fletching/columns'
import { describe, expect, it } from 'vitest'

const corpus = process.env.FLETCHING_CORPUS

/** The text stands in the middle of other digits, which must not be looked at. */
function parse(text: string): number {
  const bytes = new TextEncoder().encode(`99${text}99`)
  return parseIsoTimestamp(bytes, 2, bytes.length - 2)
}

describe('parseIsoTimestamp', () => {
  it.each([
    ['2019-05-18T14:03:22.129Z', 1558188202129],
    ['2019-05-18T14:03:22.129+00:00', 1558188202129],
    ['2019-05-18T14:03:22.129456+00:00', 1558188202129],
    ['2019-05-18T14:03:22.129999999Z', 1558188202129],
    ['2019-05-18T14:03:22.1Z', 1558188202100],
    ['2019-05-18T14:03:22Z', 1558188202000],
    ['2019-05-18T14:03:22+02:00', 1558181002000],
    ['2019-05-18T14:03:22-0530', 1558208002000],
    ['2019-05-18T14:03:22+02', 1558181002000],
    ['2019-05-18T14:03:22-00:00', 1558188202000],
    ['2019-05-18T14:03:22+23:59', 1558101862000],
    ['2019-05-18 14:03:22', 1558188202000],
    ['2019-05-18t14:03z', 1558188180000],
    ['2019-05-18T14:03:22.12345', 1558188202123],
    ['2019-05-18T14:03:22.129z', 1558188202129],
    ['2019-05-18T14:03:22+0000', 1558188202000],
    ['1970-01-01T00:00:00.000Z', 0],
    ['1969-12-31T23:59:59.9999Z', -1],
    ['2019-05-18', 1558137600000],
    ['2020-02-29T00:00:00Z', 1582934400000],
    ['1969-12-31T23:59:59.999Z', -1],
    ['0001-01-01T00:00:00Z', -62135596800000],
    ['9999-12-31T23:59:59.999Z', 253402300799999],
    ['2016-12-31T23:59:60Z', 1483228800000],
    ['2016-12-31T23:59:60.7Z', 1483228800000],
    ['2017-01-01T00:59:60+01:00', 1483228800000],
    ['2038-01-19T03:14:08Z', 2147483648000],
  ])('reads %s', (text, milliseconds) => expect(parse(text)).toBe(milliseconds))

  it.each([
    '',
    '2',
    '2019-05-1',
    '2019-02-30',
    '2019-02-29T00:00:00Z',
    '1900-02-29',
    '2019-13-01',
    '2019-00-10',
    '2019-04-31',
    '2019-05-00',
    '2019-5-18',
    '2019-05-18T24:00:00Z',
    '2019-05-18T23:60:00Z',
    '2019-05-18T23:59:61Z',
    '2019-05-18T12:00:60Z',
    '2019-05-18T23:59:60+01:00',
    '20190518T140322Z',
    '2019-05-18T14',
    '2019-05-18T14:',
    '2019-05-18T1403Z',
    '2019-05-18T14:03:',
    '2019-05-18T14:03:2Z',
    '2019-05-18T14:03:22.',
    '2019-05-18T14:03:22.Z',
    '2019-05-18T14:03:2a.129Z',
    '2019-05-18T14:03:22.1a9Z',
    '2019-05-18T14:03:22.12aZ',
    '2019-05-18T14:03:99.129Z',
    '2019-05-18T14:03:22.129X',
    'a019-05-18T14:03:22.129Z',
    '20a9-05-18T14:03:22.129Z',
    '2019-a5-18T14:03:22.129Z',
    '2019-05-a8T14:03:22.129Z',
    '2019-05-18Ta4:03:22.129Z',
    '2019-05-18T14:a3:22.129Z',
    '2019-05-18T14:03:22+a2:00',
    '2019-05-18T14:03:22+02:a0',
    '2019-05-18T14:03:22,129Z',
    '2019-05-18T14:03:22.1234567890Z',
    '2019-05-18T14:03:22ZZ',
    '2019-05-18T14:03:22 Z',
    '2019-05-18T14:03:22+24:00',
    '2019-05-18T14:03:22+02:60',
    '2019-05-18T14:03:22+2',
    '2019-05-18T14:03:22+02:0',
    '2019-05-18T14:03:22+020',
    '2019-05-18_14:03:22',
    ' 2019-05-18',
    '2019-05-18 ',
    '0000-01-01',
    '-2019-05-18',
    '+12019-05-18',
    '10000-01-01',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:00-00:01',
    '9999-12-31T23:59:60Z',
    '1558188202',
    'null',
    '２０１９-05-18',
    '2019/05/18',
    '2019-05-18Z',
    '2019-W20-6',
    '2019-138',
  ])('refuses "%s"', (text) => expect(parse(text)).toBeNaN())

  it('knows a leap second', () => {
    const bytes = new TextEncoder().encode('2016-12-31T23:59:60Z2016-12-31T23:59:59Z2016-12-31')
    expect([isLeapSecond(bytes, 0, 20), isLeapSecond(bytes, 20, 40), isLeapSecond(bytes, 40, 50)]).toEqual([
      true,
      false,
      false,
    ])
  })

  it('agrees with Date on random moments, whatever the offset', () => {
    const random = seeded()
    for (let i = 0; i < 20_000; i++) {
      const moment = Math.floor((random() - 0.3) * 2e14)
      const offset = Math.floor(random() * 2879) - 1439
      const local = new Date(moment + offset * 60_000).toISOString()
      if (!/^\d{4}-/.test(local) || local.startsWith('0000')) continue
      const sign = offset < 0 ? '-' : '+'
      const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((n) =>
        String(n).padStart(2, '0'),
      )
      const text = `${local.slice(0, -1)}${sign}${hours}:${minutes}`
      expect(parse(text), text).toBe(moment)
    }
  })
})

describe.skipIf(corpus === undefined)('corpora (set FLETCHING_CORPUS)', () => {
  it('278 strings have their verdicts', () => {
    const lines = readFileSync(join(corpus as string, 'timestamps/vectors.jsonl'), 'utf8')
      .trim()
      .split('\n')
    const wrong = lines
      .map((line) => JSON.parse(line))
      .filter(({ input, verdict, epoch_ms }) => {
        const got = parse(input)
        if (verdict === 'reject') return !Number.isNaN(got)
        if (Number.isNaN(got)) return verdict === 'accept'
        return !epoch_ms.includes(got)
      })
    expect(wrong).toEqual([])
    expect(lines).toHaveLength(278)
  })

  it('3,797 pairs are those that Spark computed', () => {
    const lines = readFileSync(join(corpus as string, 'workshop-real/timestamp-pairs.tsv'), 'utf8')
      .trim()
      .split('\n')
    const pairs = lines.map((line) => line.split('\t')).filter(([iso]) => /^\d{4}/.test(iso))
    for (const [iso, seconds] of pairs) expect(Math.floor(parse(iso) / 1000), iso).toBe(Number(seconds))
    expect(pairs).toHaveLength(3797)
  })
})

function seeded(): () => number {
  let state = Number(process.env.FLETCHING_SEED ?? 20190518)
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
