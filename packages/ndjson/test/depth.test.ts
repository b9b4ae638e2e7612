import { describeMalformed, LineScanner, NdjsonDecoder, type ScanSpec } from '@fletching/ndjson'
import { readLine } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { column, decode, interactions, openBoth, randomFrom, seed, TEXT } from './events.ts'
import { mutate, oddLine, randomLine } from './random-lines.ts'

const LINES = Number(process.env.FLETCHING_FUZZ_LINES ?? (process.env.FLETCHING_FAULTS === 'all' ? 200_000 : 5000))

const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
const lists = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
/** Objects beside each other, more of them in a block of 64 bytes than may be open at once. */
const siblings = `{${Array.from({ length: 40 }, () => '"a":{}').join(',')}}`

describe('a limit on the depth of lines', () => {
  it.each<[string, number, string, number | undefined]>([
    ['an object at 1', 1, '{"a":1}', undefined],
    ['an object in it at 1', 1, '{"a":{}}', 5],
    ['a list in it at 1', 1, '{"a":[]}', 5],
    ['brackets in texts at 1', 1, '{"a":"{[","]}":"\\"{"}', undefined],
    ['objects beside each other at 2', 2, siblings, undefined],
    ['objects beside each other at 1', 1, siblings, 5],
    ['objects at their depth', 5, objects(5), undefined],
    ['objects one deeper', 4, objects(5), 20],
    ['lists at their depth', 5, lists(5), undefined],
    ['lists one deeper', 4, lists(5), 8],
    ['a list in the last object of many', 2, `${siblings.slice(0, -2)}"b":[]}}`, siblings.length + 2],
    ['objects behind the first block, one too deep', 20, `{"x":"${'x'.repeat(70)}","a":${objects(20)}}`, 177],
    ['62 objects at 62', 62, objects(62), undefined],
    ['63 objects at 62', 62, objects(63), 310],
    ['63 objects at 63', 63, objects(63), undefined],
    ['64 lists at 63', 63, lists(64), 67],
    ['999 lists at 999', 999, lists(999), undefined],
    ['1000 lists at 999', 999, lists(1000), 1003],
    ['1000 lists at 1000', 1000, lists(1000), undefined],
    ['a line that has no end, too deep', 3, '{"a":[[[', 7],
  ])('%s: %d', (_, depthMax, line, errorOffset) => {
    const { malformed, counts } = decode(`${line}\n{}`, { columns: [], steps: [] }, { depthMax })
    const found = malformed.map(({ line, code, errorOffset }) => ({ line, code, errorOffset }))
    expect(found).toEqual(errorOffset === undefined ? [] : [{ line: 1, code: 'TOO_DEEP', errorOffset }])
    expect(counts.lines).toBe(2)
  })

  it.each<[string, number, string]>([
    ['objects beside each other', 2, siblings],
    ['objects beside lists', 2, siblings.replace('{}', '[]')],
    ['objects', 62, objects(62)],
    ['objects within a few blocks', 30, objects(30)],
    ['lists', 30, lists(30)],
  ])('leaves no %s within it to the strict scanner: %d', (_, depthMax, line) => {
    const { counts } = decode(line, { columns: [], steps: [] }, { depthMax })
    expect(counts).toMatchObject({ rows: 1, slowLines: 0 })
  })

  it('counts a line before any filter, whether or not anyone wants what is nested', () => {
    const lines = ['{"event":"Page Viewed","x":{"y":{}}}', '{"event":"Page Viewed","x":{}}', '{"x":[[]]}', '{}']
    const { malformed, counts } = decode(lines.join('\n'), interactions, { depthMax: 2 })
    expect(malformed.map(({ line, code }) => [line, code])).toEqual([
      [1, 'TOO_DEEP'],
      [3, 'TOO_DEEP'],
    ])
    expect(counts.filtered).toEqual({ 'event not wanted': 2 })
  })

  it('holds for a scanner of lines', () => {
    const seen: string[] = []
    const visitor = {
      valid: () => seen.push('valid'),
      malformed: (code: string) => seen.push(describeMalformed(code, { depthMax: 2 })),
    }
    const scanner = new LineScanner(visitor, { depthMax: 2 })
    scanner.push(Buffer.from('{"a":{}}\n{"a":[[]]}\n'))
    scanner.flush()
    expect(seen).toEqual(['valid', 'objects and arrays are nested more than 2 deep'])
  })

  it.each([0, -1, 1001, 1.5, Number.NaN])('is none of %d', (depthMax) => {
    expect(() => new NdjsonDecoder({ columns: [], steps: [] }, { depthMax })).toThrow(
      `BAD_OPTION: lines cannot be limited to a depth of ${depthMax}\n  --max-depth takes a whole number from 1 to 1000`,
    )
  })

  it(`makes malformed what is deeper, and nothing else, of ${LINES} lines, seed ${seed}`, () => {
    const random = randomFrom(seed)
    const below = (bound: number) => Math.floor(random() * bound)
    const specs: readonly ScanSpec[] = [
      { columns: [], steps: [] },
      interactions,
      {
        columns: [column('a.b', TEXT, { unfit: 'null' })],
        steps: [{ predicate: { op: 'isNull', column: 0 }, reason: 'a.b' }],
      },
    ]
    const seen = { valid: 0, deep: 0, broken: 0, slow: 0 }
    for (let lines = 0; lines < LINES; lines += 250) {
      const depthMax = [1 + below(4), 1 + below(12), 1 + below(70), 1000][below(4)]
      const decodeBoth = openBoth(specs[below(specs.length)], { depthMax })
      const sources = Array.from({ length: 250 }, () => {
        const choice = random()
        const line =
          choice < 0.8 ? nestedLine(random, depthMax + below(3)) : choice < 0.95 ? randomLine(random) : oddLine(random)
        return random() < 0.1 ? mutate(line, [line], random) : line
      }).filter((line) => line[0] === 0x7b && !line.includes(0x0a))
      const most = 2 ** (6 + below(12))
      const { batches, counts } = decodeBoth(
        Buffer.concat(sources.flatMap((line) => [line, LF])),
        () => 1 + below(most),
      )
      const malformed = new Map(batches.flatMap((one) => one.malformed).map(({ line, code }) => [line, code]))
      for (const [index, line] of sources.entries()) {
        const code = malformed.get(index + 1)
        const isValid = readLine(line, depthMax) !== undefined
        const isJson = isValid || readLine(line, Number.POSITIVE_INFINITY) !== undefined
        seen[isValid ? 'valid' : isJson ? 'deep' : 'broken']++
        const verdict = isValid ? undefined : isJson ? 'TOO_DEEP' : expect.any(String)
        expect({ depthMax, line: line.toString('latin1'), code }).toEqual({
          depthMax,
          line: line.toString('latin1'),
          code: verdict,
        })
      }
      seen.slow += counts.slowLines - malformed.size
    }
    expect(Math.min(seen.valid / 3, seen.deep, seen.broken * 4)).toBeGreaterThan(LINES / 10)
    // Lines within the limit are slow only beyond the depth of the fast scanner, or for a tab or an escape.
    expect(seen.slow).toBeLessThan(seen.valid / 4)
  }, 3_600_000)
})

/** A walk down and up again, which often goes as deep as it may. */
function nestedLine(random: () => number, deepest: number): Buffer<ArrayBuffer> {
  const below = (bound: number) => Math.floor(random() * bound)
  const lists = random() < 0.5 ? 0 : random()
  // Blocks with many brackets, or with few, of which those within are told from those at its end.
  const long = [2, 20, 50][below(3)]
  const open = ['}']
  let text = '{'
  let isFirst = true
  for (let steps = below(random() < 0.5 ? 12 : 150); steps > 0; steps--) {
    const choice = random()
    if (choice < 0.3 && open.length > 1) {
      text += open.pop()
      isFirst = false
      continue
    }
    if (!isFirst) text += ','
    if (open.at(-1) === '}') text += `"${'k'.repeat(below(long))}":`
    isFirst = choice < 0.8 && open.length < deepest
    if (isFirst) {
      const isList = random() < lists
      text += isList ? '[' : '{'
      open.push(isList ? ']' : '}')
    } else text += ['1', '"x"', '"{"', 'null'][below(4)]
  }
  return Buffer.from(text + open.reverse().join(''))
}

const LF = Buffer.from('\n')
