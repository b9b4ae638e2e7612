import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import { type CsvDialect, csvDialects } from '../src/index.ts'
import { batchForms, batchOf, type Columns, csvOf, cutBatch, type Kind, type Value } from './batches.ts'

const firstSeed = Number(process.env.FLETCHING_SEED ?? 20190518)
const seeds = Array.from({ length: process.env.FLETCHING_SEED === undefined ? 40 : 1 }, (_, index) => firstSeed + index)

describe.each(csvDialects)('%s', (dialect) => {
  it.each(seeds)('agrees with the oracle however columns lie and rows are cut (FLETCHING_SEED=%i)', (seed) => {
    const random = randomOf(seed)
    const columns = randomColumns(random)
    const batch = batchOf(columns, () => batchForms[random(batchForms.length)])
    const cuts = Array.from({ length: random(5) }, () => random(batch.numRows + 1)).toSorted((a, b) => a - b)
    expect(csvOf(cutBatch(batch, cuts), dialect)).toBe(oracle(columns, dialect))
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

/** What the dialects say, by strings. */
function oracle(columns: Columns, dialect: CsvDialect): string {
  const end = dialect === 'rfc4180' ? '\r\n' : '\n'
  const names = Object.keys(columns)
  const [[, first]] = Object.values(columns)
  const records = first.map((_, row) =>
    names.map((name) => fieldOf(columns[name][0], columns[name][1][row], dialect)).join(','),
  )
  return [names.join(','), ...records, ''].join(end)
}

function fieldOf(kind: Kind, value: Value, dialect: CsvDialect): string {
  if (value === null) return ''
  if (kind === 'moment') return new Date(Number(value)).toISOString()
  if (kind === 'day') return new Date(Number(value) * 86_400_000).toISOString().slice(0, -'T00:00:00.000Z'.length)
  if (kind !== 'text' && kind !== 'dictionary') return String(value)
  const text = String(value)
  const line = text.replaceAll(/\r\n|\r|\n/g, ' ')
  switch (dialect) {
    case 'glue':
      return text.length > 24 || text.split('').some((unit) => unit < '-') ? `"${text.replaceAll('"', '""')}"` : text
    case 'rfc4180':
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
    case 'personalize':
      return /[",\\]|^[ \t]|[ \t]$/.test(line) ? `"${line.replaceAll(/["\\]/g, '\\$&')}"` : line
    case 'athena-opencsv':
      return `"${line.replaceAll(/["\\]/g, '\\$&')}"`
  }
}

type Random = (below: number) => number

function randomColumns(random: Random): Columns {
  const kinds: Kind[] = ['text', 'dictionary', 'long', 'int', 'double', 'bool', 'moment', 'day']
  const rows = random(60)
  const nulls = random(3)
  const entries = Array.from({ length: 1 + random(6) }, (_, column) => {
    const kind = kinds[random(kinds.length)]
    const values = Array.from({ length: rows }, () => (random(4) < nulls ? null : randomValue(random, kind)))
    return [`c${column}`, [kind, values]] as const
  })
  return Object.fromEntries(entries)
}

function randomValue(random: Random, kind: Kind): Value {
  switch (kind) {
    case 'text':
    case 'dictionary':
      return Array.from({ length: random(random(3) === 0 ? 30 : 4) }, () => PIECES[random(PIECES.length)]).join('')
    case 'long':
      return BigInt.asIntN(64, (BigInt(random(2 ** 32)) << BigInt(random(40))) - BigInt(random(2 ** 32)) * 2n ** 31n)
    case 'int':
      return random(2 ** 32) - 2 ** 31
    case 'double':
      return (random(2 ** 32) - 2 ** 31) / 2 ** random(64)
    case 'bool':
      return random(2) === 1
    case 'moment':
      // From years before 0 to years after 9999, half of them on one day.
      return (
        ((BigInt(random(2 ** 32)) * (random(2) === 0 ? 90_000n : 20n)) / 1000n) * 1000n +
        BigInt(random(1000)) -
        (random(2) === 0 ? 70_000_000_000_000n : 0n)
      )
    case 'day':
      return random(4_000_000) - 800_000
  }
}

const PIECES = [
  'a',
  'b',
  'Z',
  '0',
  '-',
  '.',
  '/',
  ',',
  '"',
  '\\',
  ' ',
  '\t',
  '\n',
  '\r',
  '\0',
  'é',
  '€',
  '😀',
  '\ufeff',
  '+',
]

/** A linear congruential generator, of which the high bits count. */
function randomOf(seed: number): Random {
  let state = BigInt(seed)
  return (below) => {
    state = BigInt.asUintN(64, state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n)
    return Number(((state >> 32n) * BigInt(below)) >> 32n)
  }
}

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
