import { change, type Trap, type TrapVerdict } from './trap.ts'

/** Timestamps that must be set aside, and forms that must be taken. */
export const timestampTraps = {
  'timestamp-missing': change('setAside', 'no timestamp', (message) => message.remove('timestamp')),
  'timestamp-null': timestamp('setAside', 'timestamp is null', 'null'),
  'timestamp-empty': timestamp('setAside', 'timestamp is the empty text', '""'),
  'timestamp-number': timestamp(
    'setAside',
    'timestamp in epoch units',
    '1558210385',
    '1558210385123',
    '1558210385.123',
  ),
  'timestamp-other-type': timestamp(
    'setAside',
    'timestamp is a boolean, an object or a list',
    'true',
    '{}',
    '[2019,5,18]',
  ),
  'timestamp-text': timestamp(
    'setAside',
    'a text that is no time',
    '"yesterday"',
    '"18/05/2019 14:03"',
    '"1558210385"',
  ),
  'timestamp-no-such-day': timestamp(
    'setAside',
    'a day that no calendar has',
    '"2019-02-30T10:00:00Z"',
    '"2019-02-29T10:00:00Z"',
    '"2019-13-01T10:00:00Z"',
    '"2019-05-00T10:00:00Z"',
  ),
  'timestamp-no-such-time': timestamp(
    'setAside',
    'a time that no clock shows',
    '"2019-05-18T24:00:00Z"',
    '"2019-05-18T10:60:00Z"',
    '"2019-05-18T10:00:61Z"',
    '"2019-05-18T10:00:60Z"',
  ),
  'timestamp-no-such-offset': timestamp(
    'setAside',
    'an offset that no zone has',
    '"2019-05-18T10:00:00+24:00"',
    '"2019-05-18T10:00:00+05:60"',
  ),
  'timestamp-unpadded': timestamp(
    'setAside',
    'month or day of one digit',
    '"2019-5-18T20:13:05.123Z"',
    '"2019-05-8T20:13:05Z"',
  ),
  'timestamp-basic': timestamp(
    'setAside',
    'the form without dashes and colons',
    '"20190518T201305Z"',
    '"2019-05-18T201305Z"',
  ),
  'timestamp-padded': timestamp(
    'setAside',
    'blanks around the time',
    '" 2019-05-18T20:13:05.123Z"',
    '"2019-05-18T20:13:05.123Z\\n"',
  ),
  'timestamp-year': timestamp(
    'setAside',
    'a year before 1 or after 9999',
    '"0000-01-01T00:00:00Z"',
    '"+012019-05-18T20:13:05Z"',
  ),

  'timestamp-fraction': timestamp(
    'row',
    'one to nine digits of a second, or none',
    '"2019-05-18T20:13:05Z"',
    '"2019-05-18T20:13:05.1Z"',
    '"2019-05-18T20:13:05.123456Z"',
    '"2019-05-18T20:13:05.999999999Z"',
  ),
  'timestamp-offset': timestamp(
    'row',
    'an offset, in three forms',
    '"2019-05-18T22:13:05+02"',
    '"2019-05-19T01:43:05+0530"',
    '"2019-05-18T13:13:05.123-07:00"',
    '"2019-05-18T20:13:05-00:00"',
  ),
  'timestamp-no-offset': timestamp(
    'row',
    'no offset, which means UTC',
    '"2019-05-18T20:13:05.123"',
    '"2019-05-18T20:13"',
    '"2019-05-18"',
  ),
  'timestamp-relaxed': timestamp(
    'row',
    'small letters, or a blank for the T',
    '"2019-05-18t20:13:05z"',
    '"2019-05-18 20:13:05.123Z"',
  ),
  'timestamp-escaped': timestamp('row', 'a time written with escapes', '"2019\\u002d05-18T20:13:05\\u002E123Z"'),
  'leap-second': timestamp(
    'row',
    'second 60, which is the next second',
    '"2016-12-31T23:59:60Z"',
    '"2017-01-01T05:29:60.5+05:30"',
  ),
  'before-1970': timestamp(
    'row',
    'a time before 1970, rounded down',
    '"1969-12-31T23:59:59.999Z"',
    '"1901-01-01T00:00:00Z"',
  ),
  'far-away': timestamp(
    'row',
    'the first and the last year, and 2038',
    '"0001-01-01T00:00:00Z"',
    '"9999-12-31T23:59:59.999Z"',
    '"2038-01-19T03:14:08Z"',
  ),
} as const satisfies Record<string, Trap>

function timestamp(verdict: TrapVerdict, description: string, ...values: readonly string[]): Trap {
  return change(verdict, description, (message, { random }) => message.set('timestamp', random.pick(values)))
}
