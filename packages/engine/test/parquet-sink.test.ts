import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { openStore, parseLocation } from '@fletching/storage'
import { inFolder } from '@fletching/testing'
import { Field, makeData, RecordBatch, Schema, Struct, Utf8, vectorFromArray } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { ParquetSink } from '../src/parquet-sink.ts'

const schema = new Schema([new Field('id', new Utf8(), false), new Field('part', new Utf8(), false)])

/** So many rows of a partition, each with an id of so many bytes. */
function batchOf(part: string, rows: number, idBytes: number): RecordBatch {
  const ids = Array.from({ length: rows }, (_, row) => String(row).padEnd(idBytes, '.'))
  const children = [ids, ids.map(() => part)].map((texts) => vectorFromArray(texts, new Utf8()).data[0])
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children }))
}

/** The rows of each row group, by partition, of a table that was written with small bounds. */
function rowGroups(batches: readonly RecordBatch[], openBytes: number): Promise<Record<string, number[]>> {
  return inFolder(async (folder) => {
    await mkdir(join(folder, 'table'))
    const location = parseLocation(`${folder}/table/`)
    const sink = await ParquetSink.open(await openStore(location), location, schema, {
      format: 'parquet',
      to: `${folder}/table`,
      columns: [],
      partitionBy: ['part'],
      writer: 'parquet-wasm',
      compression: 'snappy',
      rowGroupRows: 10,
      openRows: 15,
      openBytes,
    })
    for (const batch of batches) await sink.write(batch)
    await sink.prepare()
    await sink.commit()
    const instance = await DuckDBInstance.create()
    const connection = await instance.connect()
    const found = await connection.runAndReadAll(
      `select distinct regexp_extract(file_name, 'part=(.)', 1), row_group_id, row_group_num_rows from parquet_metadata('${folder}/table/*/*.parquet') order by all`,
    )
    connection.closeSync()
    instance.closeSync()
    const groups: Record<string, number[]> = {}
    for (const [part, , rows] of found.getRows()) {
      groups[String(part)] ??= []
      groups[String(part)].push(Number(rows))
    }
    return groups
  })
}

describe('a row group', () => {
  const unbounded = Number.POSITIVE_INFINITY

  it('ends when its partition has so many rows', async () => {
    expect(await rowGroups([batchOf('a', 4, 1), batchOf('a', 17, 1)], unbounded)).toEqual({ a: [10, 10, 1] })
  })

  it('ends when all partitions have so many rows and its own has most', async () => {
    const batches = [batchOf('a', 6, 1), batchOf('b', 7, 1), batchOf('c', 4, 1), batchOf('b', 1, 1)]
    expect(await rowGroups(batches, unbounded)).toEqual({ a: [6], b: [7, 1], c: [4] })
  })

  it('ends when all partitions have so many bytes and its own has most', async () => {
    const batches = [batchOf('a', 5, 10), batchOf('b', 2, 2000), batchOf('c', 1, 2000), batchOf('b', 1, 10)]
    expect(await rowGroups(batches, 6000)).toEqual({ a: [5], b: [2, 1], c: [1] })
  })
})
