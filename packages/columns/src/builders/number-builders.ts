import { type Data, type DataType, Float64, Int64, makeData, TimestampMillisecond } from 'apache-arrow'
import type { ColumnBuilder } from './builder.ts'
import { type RowValidity, Validity } from './validity.ts'

type FixedArray = BigInt64Array | Float64Array

/** Values of one width, one after the other; a zero lies under every null. */
class FixedWidthBuilder<T extends DataType, A extends FixedArray> implements ColumnBuilder<T> {
  readonly type: T
  readonly #validity = new Validity()
  readonly #allocate: (length: number) => A
  #values: A

  constructor(type: T, allocate: (length: number) => A) {
    this.type = type
    this.#allocate = allocate
    this.#values = allocate(1024)
  }

  get length(): number {
    return this.#validity.length
  }

  append(value: A[number]): void {
    this.#put(value)
    this.#validity.appendValid()
  }

  appendNull(): void {
    this.#put(this.#values instanceof BigInt64Array ? 0n : 0)
    this.#validity.appendNull()
  }

  /** Appends rows; a zero lies under a null. */
  appendValues(rows: number, values: A, validity: RowValidity | undefined): void {
    const row = this.#validity.length
    if (row + rows > this.#values.length) this.#grow(row + rows)
    this.#values.set(values.subarray(0, rows) as never, row)
    this.#validity.append(rows, validity)
  }

  finish(): Data<T> {
    const { length, nullCount, nullBitmap } = this.#validity.finish()
    const data = this.#values.slice(0, length) as T['TArray']
    return makeData({ type: this.type as unknown as Int64, length, nullCount, nullBitmap, data }) as unknown as Data<T>
  }

  #put(value: A[number]): void {
    const row = this.#validity.length
    if (row === this.#values.length) this.#grow(row + 1)
    this.#values[row] = value as never
  }

  #grow(length: number): void {
    const grown = this.#allocate(Math.max(this.#values.length * 2, length))
    grown.set(this.#values as never)
    this.#values = grown
  }
}

/** Whole numbers in 64 bits. */
export class Int64Builder extends FixedWidthBuilder<Int64, BigInt64Array> {
  constructor() {
    super(new Int64(), (length) => new BigInt64Array(length))
  }
}

/** Numbers in double precision. */
export class Float64Builder extends FixedWidthBuilder<Float64, Float64Array> {
  constructor() {
    super(new Float64(), (length) => new Float64Array(length))
  }
}

/** Moments in UTC. */
export class TimestampBuilder extends FixedWidthBuilder<TimestampMillisecond, BigInt64Array> {
  constructor() {
    super(new TimestampMillisecond('UTC'), (length) => new BigInt64Array(length))
  }

  /** Appends so many milliseconds since 1970-01-01T00:00:00Z. */
  appendMilliseconds(milliseconds: number): void {
    this.append(BigInt(milliseconds))
  }
}
