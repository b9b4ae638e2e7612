import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { glueTypeOf } from '@fletching/catalog'
import { rawTableSpec } from '@fletching/catalog/raw-spec'
import { inferSchema } from '@fletching/explore/infer'
import { ParquetFile } from '@fletching/parquet'
import { avroTypeOf } from '@fletching/personalize/avro-type'
import {
  bool,
  category,
  type Declared,
  date,
  type FieldType,
  float64,
  id,
  int32,
  int64,
  json,
  list,
  struct,
  text,
  timestamp,
} from '@fletching/plan'
import { inFolder } from '@fletching/testing'
import { DataType, Field, Schema } from 'apache-arrow'
import { parquetMetadata, type SchemaElement } from 'hyparquet'
import { describe, expect, it } from 'vitest'
import { arrowType } from '../../engine/src/arrow-type.ts'

/** The table of types in the README of `catalog`, held against the code of each column. */
const readme = readFileSync(join(import.meta.dirname, '../../catalog/README.md'), 'utf8')
const [, table] = /\| Plan and schema file [^\n]*\n\| ---[^\n]*\n((?:\|[^\n]*\n)+)/.exec(readme) as RegExpExecArray
const rows = table
  .trim()
  .split('\n')
  .map((line) => line.slice(1, -1).split('|'))
  .map(([plan, json, arrow, parquet, athena, raw, avro]) => ({
    plan: plan.trim(),
    json: json.trim(),
    others: [arrow, parquet, athena, raw, avro].map((cell) => cell.trim().replaceAll('`', '')),
  }))

/** What an author writes for the words in the first column. */
const declared: Readonly<Record<string, Declared<FieldType | null>>> = {
  text: text(),
  id: id(),
  category: category(),
  'text with "numbers": "text"': text({ numbers: 'text' }),
  int32: int32(),
  int64: int64(),
  float64: float64(),
  bool: bool(),
  timestamp: timestamp(),
  date: date(),
  json: json(),
  list: list(int64()),
  struct: struct({ a: int64() }),
}

describe('the table of types', () => {
  it('has every type', () => {
    expect(rows.flatMap(({ plan }) => wordsOf(plan))).toEqual(Object.keys(declared))
  })

  it.each(rows)('says what becomes of $plan', ({ plan, others }) => {
    const cells = wordsOf(plan).map((word) => cellsOf(declared[word].type))
    // Of several words, the first says what the others are but for the encoding in memory.
    const [first, ...more] = cells
    expect(others.map((cell) => cell.replace(', or a Dictionary of it', ''))).toEqual(first)
    for (const cell of more) expect(cell.slice(1)).toEqual(first.slice(1))
  })

  it.each(rows.filter(({ json }) => json !== ''))('says of which JSON $plan is inferred', async ({ plan, json }) => {
    for (const alternative of json.split(/; or | or /)) {
      const values = [...alternative.matchAll(/`([^`]+)`/g)].map(([, value]) => value)
      const type = await inferred(values)
      const [word] = wordsOf(plan)
      expect([type.kind, numbersOf(type)], alternative).toEqual([
        declared[word].type.kind,
        numbersOf(declared[word].type),
      ])
    }
  })
})

function wordsOf(plan: string): readonly string[] {
  return plan.replaceAll('`', '').split(', ')
}

function cellsOf(type: FieldType): readonly string[] {
  const field = new Field('a', arrowType(type), true)
  const { spec } = rawTableSpec({ location: '', fields: [{ name: 'a', type }] }, { database: '', name: '' })
  return [
    arrowName(field.type),
    parquetName(parquetElement(field)),
    glueTypeOf(field.type, 'a').replace(/<.*>/, '<…>'),
    spec.columns[0].type.replace(/<.*>/, '<…>'),
    avroName(field),
  ]
}

function arrowName(type: DataType): string {
  const name = DataType.isDictionary(type) ? 'Dictionary' : String(type).replace(/<.*/s, '')
  return DataType.isTimestamp(type) ? `Timestamp, ${type.unit === 1 ? 'milliseconds' : '?'}, ${type.timezone}` : name
}

/** A file without rows has a schema all the same. */
function parquetElement(field: Field): SchemaElement {
  const file = new ParquetFile(new Schema([field]))
  return parquetMetadata(new Uint8Array(Buffer.concat([file.start(), file.finish()])).buffer).schema[1]
}

function parquetName({ type, logical_type: logical }: SchemaElement): string {
  if (type === undefined) return logical?.type ?? 'a group'
  if (logical?.type !== 'TIMESTAMP') return logical === undefined ? type : `${type}, ${logical.type}`
  return `${type}, TIMESTAMP in ${logical.unit === 'MILLIS' ? 'milliseconds' : '?'}, ${logical.isAdjustedToUTC ? 'UTC' : '?'}`
}

function avroName(field: Field): string {
  try {
    return avroTypeOf(field)
  } catch {
    return ''
  }
}

function inferred(values: readonly string[]): Promise<FieldType> {
  return inFolder(async (folder) => {
    await writeFile(join(folder, 'events.json'), values.map((value) => `{"a":${value}}`).join('\n'))
    return (await inferSchema([folder])).schema.fields[0].type
  })
}

function numbersOf(type: FieldType): string | undefined {
  return type.kind === 'text' ? type.numbers : undefined
}
