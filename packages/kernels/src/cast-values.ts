import { getBit, isValid, setBit, Utf8Builder } from '@fletching/columns'
import { type Data, type DataType, type Int32, makeData } from 'apache-arrow'
import { newBits } from './bool-vector.ts'
import type { CastKind, CastValue } from './cast-rules.ts'

/** The value of a row as the rules of casts see it; null where there is none. */
export function readValue(data: Data, kind: CastKind, row: number): CastValue | null {
  if (!isValid(data, row)) return null
  switch (kind) {
    case 'text':
      return UTF8.decode(data.values.subarray(data.valueOffsets[row], data.valueOffsets[row + 1]))
    case 'bool':
      return getBit(data.values, data.offset + row)
    case 'timestamp':
      return Number(data.values[row])
    default:
      return data.values[row] as CastValue
  }
}

/** Collects values that the rules of casts gave, in a type of that kind. */
export class ValueWriter {
  readonly #type: DataType
  readonly #kind: CastKind
  readonly #length: number
  readonly #validity: Uint8Array
  readonly #values: Uint8Array | Int32Array | Float64Array | BigInt64Array
  readonly #texts = new Utf8Builder()
  #nullCount = 0

  constructor(type: DataType, kind: CastKind, length: number) {
    this.#type = type
    this.#kind = kind
    this.#length = length
    this.#validity = newBits(length)
    this.#values = allocate(kind, length)
  }

  /** Rows come in order. */
  write(row: number, value: CastValue | null): void {
    if (value === null) {
      this.#nullCount++
      if (this.#kind === 'text') this.#texts.appendNull()
      return
    }
    setBit(this.#validity, row)
    if (this.#kind === 'text') this.#texts.append(String(value))
    else if (this.#kind === 'bool') {
      if (value === true) setBit(this.#values as Uint8Array, row)
    } else if (this.#values instanceof BigInt64Array) this.#values[row] = BigInt(value)
    else this.#values[row] = Number(value)
  }

  finish(): Data {
    if (this.#kind === 'text') return this.#texts.finish()
    const nullBitmap = this.#nullCount === 0 ? null : this.#validity
    const shape = { length: this.#length, nullCount: this.#nullCount, nullBitmap }
    return makeData({ type: this.#type as Int32, ...shape, data: this.#values as Int32Array })
  }
}

function allocate(kind: CastKind, length: number) {
  if (kind === 'int64' || kind === 'timestamp') return new BigInt64Array(length)
  if (kind === 'float64') return new Float64Array(length)
  return kind === 'bool' ? newBits(length) : new Int32Array(kind === 'text' ? 0 : length)
}

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })
