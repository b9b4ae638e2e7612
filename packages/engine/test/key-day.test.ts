import { expect, it } from 'vitest'
import { keyDay } from '../src/key-day.ts'

it.each<[string, number | undefined]>([
  ['s3://logs/segment-logs/source/1558137600000/1558140000000.a.1.gz', 18_034],
  ['s3://logs/any/prefix/segment-logs/source/1558137600000/deeper/x', 18_034],
  ['segment-logs/source/0/x', 0],
  ['/data/segment-logs/source/86400000/x', 1],
  ['s3://logs/segment-logs/source/1558137600001/x', undefined],
  ['s3://logs/segment-logs/source/1558137600000', undefined],
  ['s3://logs/segment-logs/source/1558137600000/', undefined],
  ['s3://logs/segment-logs/1558137600000/x', undefined],
  ['s3://logs/segment-logs/source/2019-05-18/x', undefined],
  ['s3://logs/segment-logs/source/-86400000/x', undefined],
  ['s3://logs/segment-logs/source//x', undefined],
  ['s3://logs/my-segment-logs/source/1558137600000/x', undefined],
  ['s3://logs/other/source/1558137600000/x', undefined],
  ['standard input', undefined],
  ['', undefined],
])('the received day of %s is %s', (name, day) => expect(keyDay(name)).toBe(day))
