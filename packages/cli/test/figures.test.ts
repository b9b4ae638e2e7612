import { describe, expect, it } from 'vitest'
import { counted, formatBytes, formatCount, formatDuration } from '../src/figures.ts'

describe('figures', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1 000'],
    [1234567, '1 234 567'],
  ])('writes the count %d as %s', (count, text) => expect(formatCount(count)).toBe(text))

  it.each([
    [0, '0 rows'],
    [1, '1 row'],
    [2, '2 rows'],
    [1000, '1 000 rows'],
  ])('counts %d as %s', (count, text) => expect(counted(count, 'row')).toBe(text))

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [52428800, '52.4 MB'],
    [3e15, '3000.0 TB'],
  ])('writes %d bytes as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))

  it.each([
    [0, '0.0 s'],
    [8440, '8.4 s'],
    [200_000, '3 min 20 s'],
    [3_720_000, '1 h 02 min'],
  ])('writes %d ms as %s', (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text))
})
