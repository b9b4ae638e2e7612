import {
  Bool,
  DateDay,
  Dictionary,
  Field,
  Float64,
  Int32,
  Int64,
  List,
  Struct,
  TimestampMillisecond,
  Utf8,
} from 'apache-arrow'

/** One of every type that kernels know. */
export const types = {
  bool: new Bool(),
  int32: new Int32(),
  int64: new Int64(),
  float64: new Float64(),
  text: new Utf8(),
  timestamp: new TimestampMillisecond('UTC'),
  date: new DateDay(),
  encoded: new Dictionary(new Utf8(), new Int32()),
  list: new List(new Field('item', new Utf8(), true)),
  struct: new Struct([
    new Field('n', new Int64(), true),
    new Field('b', new Bool(), true),
    new Field('s', new Utf8(), true),
  ]),
  nested: new List(
    new Field('item', new Struct([new Field('tags', new List(new Field('item', new Int32(), true)), true)]), true),
  ),
  deep: new Struct([
    new Field('at', new TimestampMillisecond('UTC'), true),
    new Field(
      'products',
      new List(
        new Field(
          'item',
          new Struct([
            new Field('sku', new Dictionary(new Utf8(), new Int32()), true),
            new Field('sizes', new List(new Field('item', new List(new Field('item', new Utf8(), true)), true)), true),
            new Field('yes', new Bool(), true),
          ]),
          true,
        ),
      ),
      true,
    ),
  ]),
} as const

/** Those whose values are ordered. */
export const orderedTypes = (['bool', 'int32', 'int64', 'float64', 'text', 'timestamp', 'date'] as const).map(
  (name) => ({ name, type: types[name] }),
)

export const everyType = Object.entries(types).map(([name, type]) => ({ name, type }))
