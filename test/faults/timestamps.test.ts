import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { event, linesOf, readBack, run, runCommand } from './run.ts'

/** Who writes a time like that, the text, and the moment that it means. */
const ACCEPTED: readonly (readonly [who: string, text: string, moment: string])[] = [
  ['analytics-next', '2026-10-01T12:00:00.000Z', '2026-10-01T12:00:00.000Z'],
  ['analytics-python', '2026-10-01T12:00:00.123+00:00', '2026-10-01T12:00:00.123Z'],
  ['analytics-python, sentAt', '2026-10-01T12:00:00.123456+00:00', '2026-10-01T12:00:00.123Z'],
  ['analytics-php, a whole second', '2026-10-01T14:00:00+02:00', '2026-10-01T12:00:00.000Z'],
  ['analytics-php, a float', '2026-10-01T14:00:00.1234+02:00', '2026-10-01T12:00:00.123Z'],
  ['analytics-php, a short float', '2026-10-01T05:00:00.5-07:00', '2026-10-01T12:00:00.500Z'],
  ['analytics-ruby, UTC', '2026-10-01T12:00:00.120Z', '2026-10-01T12:00:00.120Z'],
  ['analytics-ruby, local', '2026-10-01T14:00:00.120+02:00', '2026-10-01T12:00:00.120Z'],
  ['analytics-ruby, a date', '2026-10-01', '2026-10-01T00:00:00.000Z'],
  ['analytics-go, no fraction', '2026-10-01T12:00:00Z', '2026-10-01T12:00:00.000Z'],
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((digits): [string, string, string] => [
    `analytics-go, ${digits} digits`,
    `2026-10-01T12:00:00.${'987654321'.slice(0, digits)}Z`,
    `2026-10-01T12:00:00.${'987'.slice(0, digits).padEnd(3, '0')}Z`,
  ]),
  ['analytics-go, local', '2026-10-01T17:45:00.000000001+05:45', '2026-10-01T12:00:00.000Z'],
  ['analytics-java', '2026-10-01T12:00:00.001Z', '2026-10-01T12:00:00.001Z'],
  ['no offset', '2026-10-01T12:00:00.123', '2026-10-01T12:00:00.123Z'],
  ['no seconds', '2026-10-01T12:34Z', '2026-10-01T12:34:00.000Z'],
  ['no seconds and no offset', '2026-10-01T12:34', '2026-10-01T12:34:00.000Z'],
  ['a blank for the T', '2026-10-01 12:00:00.123Z', '2026-10-01T12:00:00.123Z'],
  ['small letters', '2026-10-01t12:00:00z', '2026-10-01T12:00:00.000Z'],
  ['an offset of hours', '2026-10-01T02:00:00-10', '2026-10-01T12:00:00.000Z'],
  ['an offset without a colon', '2026-10-01T17:30:00+0530', '2026-10-01T12:00:00.000Z'],
  ['an offset of minus zero', '2026-10-01T12:00:00-00:00', '2026-10-01T12:00:00.000Z'],
  ['the largest offset', '2026-10-02T11:59:00+23:59', '2026-10-01T12:00:00.000Z'],
  ['the smallest offset', '2026-09-30T12:01:00-23:59', '2026-10-01T12:00:00.000Z'],
  ['an offset into the next year', '2026-12-31T23:30:00-01:00', '2027-01-01T00:30:00.000Z'],
  ['an offset into a leap day', '2024-03-01T00:30:00+01:00', '2024-02-29T23:30:00.000Z'],
  ['a time that summer time leaves out in New York', '2019-03-10T02:30:00', '2019-03-10T02:30:00.000Z'],
  ['the last millisecond before 1970', '1969-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999Z'],
  ['the last nanosecond before 1970', '1969-12-31T23:59:59.999999999Z', '1969-12-31T23:59:59.999Z'],
  ['a second before 1970', '1969-12-31T23:59:59Z', '1969-12-31T23:59:59.000Z'],
  ['1970', '1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
  ['1900, which was no leap year', '1900-03-01T00:00:00Z', '1900-03-01T00:00:00.000Z'],
  ['the end of 31 bits', '2038-01-19T03:14:07.999Z', '2038-01-19T03:14:07.999Z'],
  ['beyond 31 bits', '2038-01-19T03:14:08Z', '2038-01-19T03:14:08.000Z'],
  ['beyond 32 bits', '2106-02-07T06:28:16Z', '2106-02-07T06:28:16.000Z'],
  ['the first moment', '0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ['the first moment, by an offset', '0001-01-01T01:00:00+01:00', '0001-01-01T00:00:00.000Z'],
  ['the last moment', '9999-12-31T23:59:59.999999999Z', '9999-12-31T23:59:59.999Z'],
  ['a leap second', '2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
  ['a leap second elsewhere', '2017-01-01T05:29:60+05:30', '2017-01-01T00:00:00.000Z'],
  ['escapes', '2026\\u002d10-01T12:00:00\\u005a', '2026-10-01T12:00:00.000Z'],
]

const REFUSED: readonly (readonly [why: string, json: string])[] = [
  ['a month of one digit, as in the documentation of Segment', '"2015-2-02T00:30:12.984Z"'],
  ['a day of one digit', '"2015-02-2"'],
  ['an hour of one digit', '"2015-02-02T1:30:12Z"'],
  ['seconds since 1970', '1558210385'],
  ['milliseconds since 1970', '1558210385123'],
  ['seconds since 1970 as text', '"1558210385"'],
  ['30 February', '"2019-02-30T10:00:00Z"'],
  ['29 February 2019', '"2019-02-29"'],
  ['31 April', '"2019-04-31"'],
  ['month 13', '"2019-13-01"'],
  ['day 0', '"2019-05-00"'],
  ['year 0', '"0000-05-18"'],
  ['24:00', '"2019-05-18T24:00:00Z"'],
  ['minute 60', '"2019-05-18T10:60:00Z"'],
  ['second 61', '"2016-12-31T23:59:61Z"'],
  ['second 60 in the middle of a day', '"2019-05-18T12:00:60Z"'],
  ['second 60 at 23:59 of another zone', '"2016-12-31T23:59:60+01:00"'],
  ['a tenth digit', '"2019-05-18T10:00:00.1234567890Z"'],
  ['a dot without digits', '"2019-05-18T10:00:00.Z"'],
  ['a comma for the dot', '"2019-05-18T10:00:00,5Z"'],
  ['the basic form', '"20190518T100000Z"'],
  ['a basic time', '"2019-05-18T100000Z"'],
  ['a week date', '"2019-W20-6"'],
  ['a day of the year', '"2019-138"'],
  ['a month alone', '"2019-05"'],
  ['an hour alone', '"2019-05-18T10Z"'],
  ['a zone behind a date', '"2019-05-18Z"'],
  ['an offset of a day', '"2019-05-18T10:00:00+24:00"'],
  ['an offset of 60 minutes', '"2019-05-18T10:00:00+05:60"'],
  ['the name of a zone', '"2019-05-18T10:00:00 UTC"'],
  ['blanks around', '" 2019-05-18 "'],
  ['a line break behind', '"2019-05-18T10:00:00Z\\n"'],
  ['a signed year', '"+002019-05-18"'],
  ['slashes', '"05/18/2019 14:03"'],
  ['words', '"Sat May 18 2019 14:03:22 GMT+0200"'],
  ['other digits', '"２０１９-05-18"'],
  ['a moment that an offset leads out of year 1', '"0001-01-01T00:00:00+00:01"'],
  ['a moment that an offset leads out of year 9999', '"9999-12-31T23:59:59-00:01"'],
  ['an empty text', '""'],
  ['a boolean', 'true'],
  ['a list', '["2019-05-18"]'],
  ['an object', '{"$date":"2019-05-18"}'],
]

const lines = [
  ...ACCEPTED.map(([, text], number) => event(`u${number}`, `,"timestamp":"${text}"`)),
  ...REFUSED.map(([, json]) => event('refused', `,"timestamp":${json}`)),
]

it('every form that is written is the same instant in the CSV and in the table', async () => {
  const [csv, table] = await readBack(linesOf(lines), {}, [
    'select USER_ID, TIMESTAMP from read_csv(CSV, header = true, all_varchar = true)',
    'select user_id, timestamp_s::VARCHAR, epoch_ms(event_time)::VARCHAR, dt::VARCHAR from read_parquet(TABLE, hive_partitioning = true)',
  ])
  const byUser = new Map(table.map(([user, ...instants]) => [user, instants]))
  const seconds = new Map(csv.map(([user, time]) => [user, time]))
  const seen = ACCEPTED.map(([who, text], number) => {
    return [who, text, seconds.get(`u${number}`), ...(byUser.get(`u${number}`) ?? [])]
  })
  const expected = ACCEPTED.map(([who, text, moment]) => {
    const milliseconds = new Date(moment).getTime()
    const second = String(Math.floor(milliseconds / 1000))
    return [who, text, second, second, String(milliseconds), moment.slice(0, '2026-10-01'.length)]
  })
  expect(seen).toEqual(expected)
  expect([csv.length, table.length]).toEqual([ACCEPTED.length, ACCEPTED.length])
})

it('everything else is set aside, and leap seconds are counted', async () => {
  const { rejects, counts, report } = await run(linesOf(lines))
  expect(rejects).toEqual(REFUSED.map((_, number) => `a:${ACCEPTED.length + number + 1} NOT_A_TIMESTAMP`))
  expect(counts).toEqual({
    lines: lines.length,
    rows: ACCEPTED.length,
    setAside: { 'timestamp: NOT_A_TIMESTAMP': REFUSED.length },
  })
  expect(report.converted).toEqual({ 'timestamp: leap second as the next': 2 })
})

describe('the time zone of the machine', () => {
  it('changes no byte of any output', async () => {
    const rules = await readFile(join(import.meta.dirname, '../../fixtures/jobs/segment-to-personalize/events.ndjson'))
    const files = { a: linesOf(lines), b: rules }
    const [utc, ...others] = await Promise.all(
      ['UTC', 'America/New_York', 'Asia/Kathmandu'].map((TZ) =>
        runCommand(files, ['--on-malformed', 'quarantine'], { TZ }),
      ),
    )
    expect({ code: utc.code, stderr: utc.stderr }).toEqual({ code: 0, stderr: '' })
    expect(Object.keys(utc.outputs)).toContain('table/dt=2019-03-10/part-00000.parquet')
    for (const { outputs } of others) {
      expect(Object.keys(outputs)).toEqual(Object.keys(utc.outputs))
      for (const [name, bytes] of Object.entries(outputs)) expect(bytes.equals(utc.outputs[name]), name).toBe(true)
    }
  })
})
