import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  DateMillisecond,
  Decimal,
  Dictionary,
  Field,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  List,
  Null,
  Struct,
  TimestampMicrosecond,
  TimestampMillisecond,
  Uint32,
  Utf8,
} from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { glueTypeOf } from '../src/glue-type.ts'

const product = new Struct<Record<string, DataType>>([
  new Field('sku', new Utf8(), true),
  new Field('price', new Float64(), true),
])

describe('glueTypeOf', () => {
  it.each<[DataType, string]>([
    [new Utf8(), 'string'],
    [new Dictionary(new Utf8(), new Int32()), 'string'],
    [new Int32(), 'int'],
    [new Int64(), 'bigint'],
    [new Float64(), 'double'],
    [new Bool(), 'boolean'],
    [new DateDay(), 'date'],
    [new TimestampMillisecond('UTC'), 'timestamp'],
    [new List(new Field('item', new Int64(), true)), 'array<bigint>'],
    [product, 'struct<sku:string,price:double>'],
    [new List(new Field('item', product, true)), 'array<struct<sku:string,price:double>>'],
  ])('of %s is %s', (type, expected) => {
    expect(glueTypeOf(type, 'x')).toBe(expected)
  })

  it.each<[DataType]>([
    [new Int16()],
    [new Uint32()],
    [new Float32()],
    [new Decimal(2, 10)],
    [new DateMillisecond()],
    [new TimestampMicrosecond()],
    [new Binary()],
    [new Null()],
  ])('of %s is refused', (type) => {
    const nested = new Struct<Record<string, DataType>>([new Field('inner', type, true)])
    expect(() => glueTypeOf(nested, 'x')).toThrow(`NOT_IN_ATHENA: Athena has no type for ${String(type)}
  at column x.inner
  cast it to text, a whole number of 32 or 64 bits, a double, a timestamp in milliseconds or a date; or leave it out`)
  })
})
