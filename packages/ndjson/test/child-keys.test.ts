import { fuzz, fuzzCases, type Random, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { type ChildKeys, childKeys, childOf, type TrieChild } from '../src/child-keys.ts'
import { NdjsonDecoder } from '../src/index.ts'
import { column, decode, listOf, structOf, TEXT } from './events.ts'

const utf8 = (text: string) => Buffer.from(text)

/** Nodes that no number of a key could be taken for. */
const childrenOf = (keys: readonly string[]): readonly TrieChild[] =>
  keys.map((key, number) => ({ key: utf8(key), node: 7 + 3 * number }))

function childOfOracle(children: readonly TrieChild[], wanted: Buffer): number {
  return children.find(({ key }) => wanted.equals(key))?.node ?? -1
}

/** Looks a key up in the middle of other bytes, of which some would make it longer. */
function find(keys: ChildKeys, wanted: Buffer): number {
  const bytes = Buffer.concat([utf8('"a'), wanted, utf8('a"')])
  return childOf(keys, bytes, 2, 2 + wanted.length)
}

const check = (keys: readonly string[], wanted: readonly string[]) => {
  const children = childrenOf(keys)
  const own = childKeys(children)
  const found = wanted.map((key) => [key, find(own, utf8(key))])
  expect(found).toEqual(wanted.map((key) => [key, childOfOracle(children, utf8(key))]))
}

/** `count` keys that are as long as each other, and begin and end alike. */
const alike = (count: number) => Array.from({ length: count }, (_, number) => `field_${1e6 + number}_name`)

describe('the child of a key', () => {
  it.each([0, 1, 2, 7, 8, 9, 10, 15, 16, 17, 31, 32, 33, 2000])('is found among %s', (count) => {
    const keys = alike(count)
    check(keys, [...keys, 'field_1', 'field_9999999_name', 'field_1000000_namf', 'gield_1000000_name', '', 'x'])
  })

  it.each([3, 12])('is found among %s with an empty key, and prefixes of each other', (count) => {
    const keys = ['a'.repeat(5), '', ...Array.from({ length: count }, (_, length) => 'é'.repeat(length + 1))]
    check(keys, [...keys, 'a', 'aaaaaa', 'é'.repeat(count + 1), '\0', '\ufeff'])
  })

  it('is found among keys whose hashes are equal', () => {
    const pairs = ['k18p84n', 'k5velih', 'costarring', 'liquid', 'altarage', 'zinke', 'declinate', 'macallums']
    const others = alike(20)
    check([...pairs, ...others], [...pairs, ...others])
    for (const key of pairs) {
      const keys = [...pairs, ...others].filter((other) => other !== key)
      check(keys, [...keys, key])
    }
  })

  it('of equal keys is the first', () => check(['a', 'b', 'a', ...alike(9), 'b'], ['a', 'b', 'c']))

  it(`is what a comparison with each gives (from FLETCHING_SEED=${testSeed})`, () =>
    fuzz(fuzzCases(600), (random) => {
      const keys = [
        ...new Set(Array.from({ length: random.below(random.pick([4, 20, 300])) }, () => randomKey(random))),
      ]
      const children = childrenOf(keys)
      const own = childKeys(children)
      for (let tries = 0; tries < 200; tries++) {
        const wanted = keys.length === 0 || random.below(2) === 0 ? randomKey(random) : random.pick(keys)
        const line = Buffer.concat([utf8(randomKey(random)), utf8(wanted), utf8(randomKey(random))])
        // Any bytes of the line, which may begin and end within a character.
        const start = random.below(line.length + 1)
        const end = start + random.below(line.length - start + 1)
        expect(childOf(own, line, start, end)).toBe(childOfOracle(children, line.subarray(start, end)))
        expect(find(own, utf8(wanted))).toBe(childOfOracle(children, utf8(wanted)))
      }
    }))
})

describe('lines with two thousand keys', () => {
  const names = alike(2000)
  const lines = [
    Object.fromEntries(names.map((name, number) => [name, `v${number}`])),
    Object.fromEntries(
      names.toReversed().flatMap((name) => [
        [`${name}s`, 'other'],
        [name, name.slice(8)],
      ]),
    ),
    { [names[1999]]: 'last', [names[7]]: 'seventh' },
  ]
  const expected = lines.map((line) => Object.fromEntries(names.map((name) => [name, line[name] ?? null])))
  /** Every key with an escape. */
  const escaped = (line: object) => JSON.stringify(line).replaceAll('"field', '"\\u0066ield')

  it.each([
    ['plain', JSON.stringify],
    ['escaped', escaped],
  ])('are read into as many columns, %s', (_, write) => {
    const decoder = new NdjsonDecoder({ columns: names.map((name) => column(name, TEXT)), steps: [] })
    const batches = [...decoder.push(utf8(lines.map((line) => `${write(line)}\n`).join(''))), ...decoder.flush()]
    expect(batches.flatMap(({ batch }) => batch.toArray().map((row) => ({ ...row.toJSON() })))).toEqual(expected)
  })

  it.each([
    ['plain', JSON.stringify],
    ['escaped', escaped],
  ])('are read into the structs of a list, %s', (_, write) => {
    const type = structOf(Object.fromEntries(names.map((name) => [name, TEXT])))
    const { rows } = decode(`{"l":${write(lines)}}`, { columns: [column('l', listOf(type))], steps: [] })
    expect(rows).toEqual([{ l: expected }])
  })
})

/** Keys of few letters, so that many are equal, prefixes of each other, or of the same length. */
function randomKey(random: Random): string {
  const start = random.pick(['', '', 'properties_', 'é'])
  return start + Array.from({ length: random.below(5) }, () => random.pick(['a', 'b', 'é', '日', '😀', '\0'])).join('')
}
