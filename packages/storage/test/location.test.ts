import { join } from 'node:path'
import {
  asFolder,
  formatLocation,
  globPattern,
  joinLocation,
  overlaps,
  parentLocation,
  parseLocation,
} from '@fletching/storage'
import { describe, expect, it } from 'vitest'

describe('parseLocation', () => {
  it.each([
    ['s3://b/k', { scheme: 's3', bucket: 'b', key: 'k' }],
    ['s3://b', { scheme: 's3', bucket: 'b', key: '' }],
    ['s3://b/', { scheme: 's3', bucket: 'b', key: '' }],
    ['s3://b/a b/%20+&=', { scheme: 's3', bucket: 'b', key: 'a b/%20+&=' }],
    ['s3://b//x/', { scheme: 's3', bucket: 'b', key: '/x/' }],
    ['/a/b', { scheme: 'file', path: '/a/b' }],
    ['/a/../b/', { scheme: 'file', path: '/b/' }],
    ['file:///a/b%20c', { scheme: 'file', path: '/a/b c' }],
    ['x/y', { scheme: 'file', path: join(process.cwd(), 'x/y') }],
    ['-', { scheme: 'stdin' }],
  ])('reads %s', (text, location) => expect(parseLocation(text)).toEqual(location))

  it.each([
    ['s3:/b/k', 'expected s3://bucket/key'],
    ['s3a://b/k', 'write it as s3://b/k'],
    ['http://x/y', 'expected s3://bucket/key, file:///path, a path, or - for standard input'],
    ['file://host/x', 'a file address has three slashes, as in file:///data/events'],
    ['', 'expected s3://bucket/key, file:///path, a path, or - for standard input'],
    ['file:///a%2Fb', 'its % signs do not spell a path'],
    ['file:///a%00b', 'its % signs do not spell a path'],
    ['file:///a%zz', 'its % signs do not spell a path'],
  ])('refuses "%s"', (text, help) => {
    const message = `BAD_LOCATION: "${text}" is not a place that can be read or written\n  ${help}`
    expect(() => parseLocation(text)).toThrow(expect.objectContaining({ message, kind: 'author' }))
  })

  it('does not say what stands in the place of a bucket, which may be a password', () => {
    const message =
      'BAD_LOCATION: "s3://…" is not a place that can be read or written\n  the name of a bucket has letters, digits, dots, hyphens and underscores'
    expect(() => parseLocation('s3://user:marked-secret@bucket/k')).toThrow(expect.objectContaining({ message }))
  })

  it.each(['s3://b/k', 's3://b/a/', '/a/b', '-', 'memory:a/b'])('formatLocation gives %s back', (text) => {
    expect(formatLocation(parseLocation(text))).toBe(text)
  })
})

describe('folders', () => {
  it.each([
    ['s3://b/a', 'x/y', 's3://b/a/x/y'],
    ['s3://b/', 'x', 's3://b/x'],
    ['/a/', 'x', '/a/x'],
  ])('joins %s and %s', (folder, name, joined) => {
    expect(formatLocation(joinLocation(parseLocation(folder), name))).toBe(joined)
  })

  it.each([
    ['s3://b/a/c', 's3://b/a/'],
    ['s3://b/a/', 's3://b/'],
    ['s3://b/', undefined],
    ['/a', '/'],
    ['/', undefined],
    ['-', undefined],
  ])('the parent of %s is %s', (text, parent) => {
    const found = parentLocation(parseLocation(text))
    expect(found === undefined ? undefined : formatLocation(found)).toBe(parent)
  })

  it('standard input is none', () => {
    expect(() => asFolder({ scheme: 'stdin' })).toThrow('BAD_LOCATION: standard input is no folder')
  })
})

describe('overlaps', () => {
  it.each([
    ['s3://b/a', 's3://b/a', true],
    ['s3://b/a', 's3://b/a/', true],
    ['s3://b/a', 's3://b/a/x.csv', true],
    ['s3://b/a/b', 's3://b/a', true],
    ['s3://b/', 's3://b/a', true],
    ['s3://b/a', 's3://b/ab', false],
    ['s3://b/a', 's3://c/a', false],
    ['/x/a', '/x/a/../a/b', true],
    ['/x/a', '/x/ab', false],
    ['/x', 's3://b/x', false],
    ['-', '/x', false],
  ])('%s and %s: %s', (left, right, expected) => {
    expect(overlaps(parseLocation(left), parseLocation(right))).toBe(expected)
    expect(overlaps(parseLocation(right), parseLocation(left))).toBe(expected)
  })
})

describe('globPattern', () => {
  it.each([
    ['*.gz', 'a.gz', true],
    ['*.gz', 'a/b.gz', false],
    ['**.gz', 'a/b.gz', true],
    ['a/**/c', 'a/c', true],
    ['a/**/c', 'a/b/b/c', true],
    ['a/**/c', 'a/bc', false],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['[!a]', '/', false],
    ['{a,b*}/x', 'bcd/x', true],
    ['{a,b}/x', 'c/x', false],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['a.b', 'axb', false],
    ['(a|b)+', '(a|b)+', true],
    ['日*', '日本', true],
    ['a,b', 'a,b', true],
  ])('%s on %s: %s', (glob, name, expected) => expect(globPattern(glob).test(name)).toBe(expected))

  it.each([
    ['a[b', 'a [ is not closed'],
    ['a{b,c', 'a { is not closed'],
  ])('refuses %s', (glob, why) => {
    const message = `BAD_GLOB: "${glob}" is not a glob: ${why}\n  expected * ** ? [a-c] {a,b}`
    expect(() => globPattern(glob)).toThrow(expect.objectContaining({ message }))
  })
})
