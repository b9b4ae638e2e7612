import { expect, it } from 'vitest'
import { repeatedKey } from '../src/repeated-key.ts'

it.each([
  ['{"a":1,"b":2}', undefined],
  ['{"a":1,"a":1}', 'a'],
  ['{"a":1 , "\\u0061"\n:\t2}', 'a'],
  ['{"a":{"a":{"a":1}},"b":{"a":1}}', undefined],
  ['{"a":[{"b":1},[2,"b"],{"b":1,"c":[],"b":2}]}', 'a[2].b'],
  ['[{"a":1},{"a":1,"a":2}]', '[1].a'],
  ['{"a":{"b":[1]},"a":2,"b":1,"b":2}', 'a'],
  ['["a","a"]', undefined],
  ['{"a":"{\\"b\\":1,\\"b\\":2}","c":"\\\\","d":"]}"}', undefined],
  ['{"":1,"x":{"":1},"":2}', ''],
  ['{"__proto__":1,"__proto__":2}', '__proto__'],
  [`${'{"a":['.repeat(5000)}${']}'.repeat(5000)}`, undefined],
  ['7', undefined],
])('finds in %s the key %s', (json, key) => expect(repeatedKey(json)).toBe(key))

const seed = Number(process.env.FLETCHING_SEED ?? Date.now() % 2 ** 31)

it(`finds what was put into random texts, seed ${seed}`, () => {
  const random = randomOf(seed)
  let repeated = 0
  for (let round = 0; round < 2000; round++) {
    const written = { json: '', first: undefined as string | undefined }
    write(written, random, '', 0)
    expect(repeatedKey(written.json), written.json).toBe(written.first?.replace(/^\./, ''))
    if (written.first !== undefined) repeated++
  }
  expect(repeated).toBeGreaterThan(100)
  expect(repeated).toBeLessThan(1900)
})

const KEYS = ['a', 'b', '"', '\\', '}', '[', ',', ':', 'é', 'name', 'a b', '{"a":1}', '']

/** Writes a random value, and keeps the place of the first key that its object has already. */
function write(
  written: { json: string; first: string | undefined },
  random: Random,
  place: string,
  depth: number,
): void {
  const kind = random(depth > 4 ? 3 : 6)
  if (kind < 3) {
    written.json += [JSON.stringify(KEYS[random(KEYS.length)]), '-1.5e3', 'null'][kind]
    return
  }
  const blank = () => ' \n'.slice(0, random(3))
  const keys = new Set<string>()
  written.json += kind === 3 ? '[' : '{'
  for (let count = random(4), at = 0; at < count; at++) {
    if (at > 0) written.json += `${blank()},`
    if (kind === 3) {
      write(written, random, `${place}[${at}]`, depth + 1)
      continue
    }
    const key = KEYS[random(KEYS.length)]
    const own = `${place}.${key}`
    if (keys.has(key)) written.first ??= own
    keys.add(key)
    written.json += `${blank()}${random(2) === 0 ? escaped(key) : JSON.stringify(key)}${blank()}:${blank()}`
    write(written, random, own, depth + 1)
  }
  written.json += `${blank()}${kind === 3 ? ']' : '}'}`
}

function escaped(text: string): string {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at).toString(16).padStart(4, '0'))
  return `"${units.map((unit) => `\\u${unit}`).join('')}"`
}

type Random = (below: number) => number

/** A small generator of numbers that depends on its seed alone (mulberry32). */
function randomOf(seed: number): Random {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below)
  }
}
