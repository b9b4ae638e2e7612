import { formatPath, parsePath } from '@fletching/columns'
import { describe, expect, it } from 'vitest'

describe('parsePath', () => {
  it.each([
    ['sku', ['sku']],
    ['properties.sku', ['properties', 'sku']],
    ['`a.b`.c', ['a.b', 'c']],
    ['traits.`Invited User?`', ['traits', 'Invited User?']],
    ['`tick``s`', ['tick`s']],
  ])('reads %s, and formatPath writes it back', (text, path) => {
    expect(parsePath(text)).toEqual(path)
    expect(formatPath(path)).toBe(text)
  })

  it.each([
    ['', 'it holds an empty name'],
    ['a..b', 'it holds an empty name'],
    ['a.', 'it holds an empty name'],
    ['`a', 'a backtick is not closed'],
    ['`a`b', 'expected "." after the backtick at 3'],
  ])('refuses "%s"', (text, why) => {
    const message = `BAD_PATH: "${text}" is not a path: ${why}\n  expected names with dots between, as in properties.sku; a name with a dot in it stands in backticks`
    expect(() => parsePath(text)).toThrow(expect.objectContaining({ message }))
  })
})
