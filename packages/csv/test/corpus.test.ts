import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { batchOf, csvOf, cutBatch } from './batches.ts'

const corpus = process.env.FLETCHING_CORPUS
const runs = ['run-1558198402129-part-r-00000', 'run-1551018703844-part-r-00000']

it.skipIf(corpus === undefined).each(runs)(
  'glue gives the bytes that AWS Glue gave: %s (set FLETCHING_CORPUS)',
  (run) => {
    const given = readFileSync(join(corpus ?? '', 'workshop-real', run))
    const [header, ...records] = parse(given.toString())
    const batch = batchOf(
      Object.fromEntries(
        header.map((name, column) => {
          const texts = records.map((record) => (record[column] === '' ? null : record[column]))
          if (name === 'TIMESTAMP') return [name, ['long', texts.map((text) => (text === null ? null : BigInt(text)))]]
          return [name, [name === 'EVENT_TYPE' ? 'dictionary' : 'text', texts]]
        }),
      ),
    )
    const third = Math.floor(records.length / 3)
    const written = Buffer.from(csvOf(cutBatch(batch, [third, third + 1, 2 * third]), 'glue'))
    expect(records.length).toBeGreaterThan(0)
    expect(written.equals(given)).toBe(true)
  },
)

/** The fields of each record, where a quote in a quoted field is doubled. */
function parse(csv: string): string[][] {
  const records: string[][] = [[]]
  for (const [, quoted, bare, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^,\n]*))(,|\n)/g)) {
    records.at(-1)?.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'))
    if (end === '\n') records.push([])
  }
  return records.filter((record) => record.length > 0)
}
