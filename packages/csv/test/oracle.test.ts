import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { fuzzCases } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { csvDialects } from '../src/index.ts'
import { batchForms, batchOf, type Columns, csvOf, cutBatch, encode, type Value } from './batches.ts'
import { lineBreaksOf, oracle } from './oracle.ts'
import { randomColumns, randomOf, randomValue } from './random-columns.ts'

const firstSeed = Number(process.env.FLETCHING_SEED ?? 20190518)
const count = process.env.FLETCHING_SEED === undefined ? fuzzCases(40) : 1
const seeds = Array.from({ length: count }, (_, index) => firstSeed + index)

describe.each(csvDialects)('%s', (dialect) => {
  it.each(seeds)('agrees with the oracle however columns lie and rows are cut (FLETCHING_SEED=%i)', (seed) => {
    const random = randomOf(seed)
    const columns = randomColumns(random, 1 + random(9), random(60))
    const batch = batchOf(columns, () => batchForms[random(batchForms.length)])
    const cuts = Array.from({ length: random(5) }, () => random(batch.numRows + 1)).toSorted((a, b) => a - b)
    expect(encode(cutBatch(batch, cuts), dialect)).toEqual({
      csv: oracle(columns, dialect),
      lineBreaksReplaced: lineBreaksOf(columns, dialect),
    })
  })

  it('agrees on every ASCII character at every place of texts up to 18 bytes, whatever follows them', () => {
    const texts: string[] = []
    for (let length = 1; length <= 18; length++) {
      for (let place = 0; place < length; place++) {
        for (let code = 0; code < 0x80; code++) {
          const start = 'x'.repeat(place) + String.fromCharCode(code)
          const rest = length - place - 1
          texts.push(start + 'x'.repeat(rest), '\n"', start + 'é'.repeat(rest >> 1), 'x')
        }
      }
    }
    const columns: Columns = { text: ['text', texts] }
    expect(csvOf([batchOf(columns)], dialect)).toBe(oracle(columns, dialect))
  })
})

it.each(seeds.slice(0, 5))('rfc4180 is read back by DuckDB to equal values (FLETCHING_SEED=%i)', async (seed) => {
  // The two that a reader of CSV cannot tell apart, and NUL, which DuckDB's reader ends a text at.
  const same = (value: Value) => (value === '' || value === null ? null : String(value).replaceAll('\0', '0'))
  const random = randomOf(seed)
  const texts = Array.from({ length: 200 }, () => same(randomValue(random, 'text')))
  const columns: Columns = {
    id: ['long', texts.map((_, row) => BigInt(row))],
    text: ['text', texts],
    code: ['dictionary', texts.toReversed()],
  }
  const csv = csvOf([batchOf(columns)], 'rfc4180')
  const rows = await readByDuckdb(csv)
  expect(rows).toEqual(texts.map((text, row) => [String(row), hexOf(text), hexOf(texts[texts.length - 1 - row])]))
})

function hexOf(text: string | null): string | null {
  return text === null ? null : Buffer.from(text).toString('hex').toUpperCase()
}

async function readByDuckdb(csv: string): Promise<unknown[][]> {
  const folder = await mkdtemp(join(tmpdir(), 'fletching-'))
  try {
    const path = join(folder, 'file.csv')
    await writeFile(path, csv)
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const options = `header = true, delim = ',', quote = '"', escape = '"', new_line = '\\r\\n', auto_detect = false`
    const columns = `columns = {'id': 'VARCHAR', 'text': 'VARCHAR', 'code': 'VARCHAR'}`
    const query = `SELECT id, hex(text), hex(code) FROM read_csv('${path}', ${options}, ${columns})`
    const rows = (await connection.runAndReadAll(query)).getRowsJson()
    connection.closeSync()
    instance.closeSync()
    return rows
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
