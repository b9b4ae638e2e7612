import { getBit, isValid } from '@fletching/columns'
import { dataError, type FletchingError } from '@fletching/columns/errors'
import { type Data, type DataType, type Dictionary, type Schema, DataType as Types, type Utf8 } from 'apache-arrow'
import parquetjs, { type FieldDefinition, type ParquetSchema } from 'parquetjs-lite'
import { oneBatch } from './check-batch.ts'
import type { Compression } from './options.ts'
import type { BatchRows, RowGroup, RowGroupEncoder } from './row-group.ts'
import { splitFile } from './split-file.ts'

/**
 * Encodes with parquetjs-lite, row by row: slow, and the baseline that the others are measured against.
 *
 * Its statistics are off, since they order texts as JavaScript does and make readers skip rows that are there. It sends whole numbers
 * through doubles, so those beyond ±2^53 are refused. Moments and days are written as plain numbers; the footer, which is ours, says
 * what they are.
 */
export class ParquetJsEncoder implements RowGroupEncoder {
  readonly #schema: Schema
  readonly #fields: ParquetSchema

  constructor(schema: Schema, compression: Exclude<Compression, 'zstd'>) {
    this.#schema = schema
    const fields = schema.fields.map(({ type, nullable }, column): [string, FieldDefinition] => [
      innerName(column),
      { type: primitiveOf(type), optional: nullable, compression: CODECS[compression], statistics: false },
    ])
    this.#fields = new parquetjs.ParquetSchema(Object.fromEntries(fields))
  }

  async encode(given: readonly BatchRows[]): Promise<RowGroup> {
    const batch = oneBatch(this.#schema, given)
    const rows = batch.numRows
    const chunks: Uint8Array[] = []
    const stream = {
      write: (bytes: Uint8Array, done: () => void) => {
        chunks.push(bytes)
        done()
      },
      end: (done: () => void) => done(),
    }
    const options = { rowGroupSize: rows + 1, useDataPageV2: false, pageIndex: false }
    const writer = await parquetjs.ParquetWriter.openStream(this.#fields, stream, options)
    const readers = this.#schema.fields.map(({ name }, column) => ({
      name: innerName(column),
      read: openReader(name, batch.data.children[column]),
    }))
    for (let row = 0; row < rows; row++) {
      await writer.appendRow(Object.fromEntries(readers.map(({ name, read }) => [name, read(row)])))
    }
    await writer.close()
    return splitFile(Buffer.concat(chunks), this.#schema, rows)
  }
}

/** Stands for a column's name, which JavaScript objects would sort if it were a number. */
function innerName(column: number): string {
  return `column${column}`
}

type Reader = (row: number) => unknown

/** Reads values in the form that the writer wants; undefined is null. */
function openReader(name: string, data: Data): Reader {
  const read = openValueReader(name, data)
  return (row) => (isValid(data, row) ? read(row) : undefined)
}

function openValueReader(name: string, data: Data): Reader {
  const { type, values } = data
  if (Types.isDictionary(type)) {
    const entries = (data as Data<Dictionary>).dictionary?.data ?? []
    const readers = entries.map((chunk) => openReader(name, chunk))
    return (row) => {
      let entry = Number(values[row])
      let chunk = 0
      while (entry >= entries[chunk].length) entry -= entries[chunk++].length
      return readers[chunk](entry)
    }
  }
  if (Types.isUtf8(type)) {
    const { valueOffsets } = data as Data<Utf8>
    // Bytes, not a string: decoding would drop a byte order mark.
    return (row) => values.subarray(valueOffsets[row], valueOffsets[row + 1])
  }
  if (Types.isBool(type)) return (row) => getBit(values, data.offset + row)
  if (values instanceof BigInt64Array) return (row) => exactNumber(name, values[row])
  if (Types.isFloat(type)) return (row) => notNaN(name, values[row])
  return (row) => values[row]
}

function exactNumber(name: string, value: bigint): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  throw notInParquetJs(name, 'parquetjs-lite cannot write a whole number beyond ±2^53 exactly')
}

function notNaN(name: string, value: number): number {
  if (Number.isNaN(value)) throw notInParquetJs(name, 'parquetjs-lite cannot write NaN')
  return value
}

function notInParquetJs(name: string, what: string): FletchingError {
  return dataError('NOT_IN_PARQUETJS', what, {
    at: `column ${name}`,
    help: 'leave --parquet-writer out: the default can',
  })
}

function primitiveOf(type: DataType): FieldDefinition['type'] {
  if (Types.isDictionary(type)) return primitiveOf(type.dictionary)
  if (Types.isUtf8(type)) return 'UTF8'
  if (Types.isBool(type)) return 'BOOLEAN'
  if (Types.isFloat(type)) return 'DOUBLE'
  return Types.isDate(type) || (Types.isInt(type) && type.bitWidth === 32) ? 'INT32' : 'INT64'
}

const CODECS = { snappy: 'SNAPPY', gzip: 'GZIP', none: 'UNCOMPRESSED' } as const
