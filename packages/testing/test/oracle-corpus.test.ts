import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  csvOf,
  epochSecondsOf,
  linesOf,
  membersOf,
  type OracleResult,
  segmentToPersonalizeOracle,
} from '@fletching/testing'
import { describe, expect, it } from 'vitest'

const corpus = process.env.FLETCHING_CORPUS
const needed = '(set FLETCHING_CORPUS)'

const read = (path: string) => readFileSync(join(corpus ?? '', path))
const run = (path: string): OracleResult => segmentToPersonalizeOracle([{ name: path, bytes: read(path) }])
const sortedLines = (text: string) => text.trimEnd().split('\n').sort()

describe('the oracle on real outputs of the Glue job', () => {
  it.skipIf(!corpus).each(['run1', 'run2'])(`gives the rows of %s ${needed}`, (name) => {
    const { rows, counts } = run(`workshop-real/${name}-events.ndjson.gz`)
    const expected = sortedLines(read(`workshop-real/${name}-expected.csv`).toString())
    expect(sortedLines(csvOf(rows, 'glue'))).toEqual(expected)
    expect(counts.rows).toBe(expected.length - 1)
  })
})

describe('the oracle on messages of many SDKs', () => {
  // Two of the three rows have microseconds and +05:30, which Glue's pattern refuses and our rules take.
  it.skipIf(!corpus)(`finds three rows among RudderStack's ${needed}`, () => {
    const { counts } = run('events-rudderstack/rudder-transformer-events.ndjson.gz')
    expect(counts).toMatchInlineSnapshot(`
      {
        "blank": 0,
        "filtered": {
          "event not wanted": 1263,
          "order without sku": 27,
          "properties.sku missing": 24,
          "userId missing": 25,
        },
        "lines": 1345,
        "malformed": 0,
        "rows": 3,
        "setAside": {
          "LINE_BREAK_IN_TEXT": 0,
          "MISSING": 3,
          "NOT_A_TIMESTAMP": 0,
          "NOT_TEXT": 0,
        },
      }
    `)
  })
})

describe('membersOf on messages of many SDKs', () => {
  it.skipIf(!corpus)(`finds the values that JSON.parse finds ${needed}`, () => {
    for (const line of linesOf(read('events-rudderstack/rudder-transformer-events.ndjson.gz'))) {
      const text = new TextDecoder().decode(line)
      const values = [...membersOf(text)!].map(([name, raw]) => [name, JSON.parse(raw) as unknown])
      expect(Object.fromEntries(values)).toEqual(JSON.parse(text))
    }
  })
})

describe('the oracle on timestamps', () => {
  it.skipIf(!corpus)(`takes and refuses what the vectors say ${needed}`, () => {
    const vectors = read('timestamps/vectors.jsonl')
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { input: string; verdict: string; epoch_ms: number[] | null })
    const wrong = vectors.filter(({ input, verdict, epoch_ms }) => {
      const seconds = epochSecondsOf(input)
      if (seconds === undefined) return verdict === 'accept'
      return verdict === 'reject' || !(epoch_ms ?? []).some((ms) => Math.floor(ms / 1000) === seconds)
    })
    expect(wrong).toEqual([])
  })

  it.skipIf(!corpus)(`gives the seconds that Spark gave ${needed}`, () => {
    const pairs = read('workshop-real/timestamp-pairs.tsv').toString().trimEnd().split('\n').slice(1)
    expect(pairs.filter((pair) => String(epochSecondsOf(pair.split('\t')[0])) !== pair.split('\t')[1])).toEqual([])
  })
})
