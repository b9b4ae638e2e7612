import { date } from '@fletching/kernels/date'
import { epochSeconds, fromEpochSeconds } from '@fletching/kernels/epoch-seconds'
import { parseTimestamp } from '@fletching/kernels/parse-timestamp'
import { epochSecondsOf, randomCheck, tableCheck, vectorOf } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { types } from './types.ts'

const { timestamp, int64, text, date: day } = types

describe('parseTimestamp', () => {
  const check = tableCheck({ a: text, out: timestamp }, ({ a }) => parseTimestamp(a))

  it('reads moments, and gives null for other texts', () =>
    check(`
      a                            out
      1970-01-01T00:00:01Z         1000
      2019-05-18T14:03:22.129Z     1558188202129
      2019-05-18T16:03:22.129+0200 1558188202129
      "2019-05-18 14:03"           1558188180000
      1969-12-31T23:59:59.9999Z    -1
      2019-02-29                   _
      soon                         _
      ""                           _
      "\\ufeff2019-05-18"          _
      _                            _
    `))

  it('agrees with the oracle on whole seconds', () => {
    randomCheck({
      types: { a: text },
      out: int64,
      run: ({ a }) => epochSeconds(parseTimestamp(a)),
      oracle: ({ a }) =>
        a.map((value) => {
          const seconds = value === null ? undefined : epochSecondsOf(value as string)
          return seconds === undefined ? null : BigInt(seconds)
        }),
    })
  })
})

describe('epochSeconds', () => {
  it('rounds down', () =>
    tableCheck({ a: timestamp, out: int64 }, ({ a }) => epochSeconds(a))(`
      a               out
      0               0
      999             0
      1000            1
      -1              -1
      -1000           -1
      -1001           -2
      253402300799999 253402300799
      -62135596800000 -62135596800
      _               _
    `))

  it('agrees with the oracle', () => {
    randomCheck({
      types: { a: timestamp },
      out: int64,
      run: ({ a }) => epochSeconds(a),
      oracle: ({ a }) => a.map((value) => (value === null ? null : BigInt(Math.floor((value as number) / 1000)))),
    })
  })
})

describe('fromEpochSeconds', () => {
  it('gives milliseconds', () =>
    tableCheck({ a: int64, out: timestamp }, ({ a }) => fromEpochSeconds(a))(`
      a            out
      0            0
      -1           -1000
      253402300799 253402300799000
      _            _
    `))

  it('comes back with epochSeconds', () => {
    randomCheck({
      types: { a: timestamp },
      out: int64,
      run: ({ a }) => epochSeconds(fromEpochSeconds(epochSeconds(a))),
      oracle: ({ a }) => a.map((value) => (value === null ? null : BigInt(Math.floor((value as number) / 1000)))),
    })
  })
})

describe('date', () => {
  it('gives the day in UTC', () =>
    tableCheck({ a: timestamp, out: day }, ({ a }) => date(a))(`
      a             out
      0             0
      86399999      0
      86400000      1
      -1            -1
      -86400000     -1
      -86400001     -2
      1558188202129 18034
      _             _
    `))

  it('agrees with the oracle', () => {
    randomCheck({
      types: { a: timestamp },
      out: day,
      run: ({ a }) => date(a),
      oracle: ({ a }) => a.map((value) => (value === null ? null : Math.floor((value as number) / 86_400_000))),
    })
  })
})

describe('kernels of moments', () => {
  it('give a chunk for each chunk', () => {
    const moments = vectorOf(timestamp, [0, null, 1, 2], 'chunks')
    const lengths = moments.data.map((data) => data.length)
    for (const result of [date(moments), epochSeconds(moments), fromEpochSeconds(epochSeconds(moments))])
      expect(result.data.map((data) => data.length)).toEqual(lengths)
  })
})
