import type { ScanColumn, ScanType } from '@fletching/ndjson'
import { expect, it } from 'vitest'
import { typeFound } from '../src/type-found.ts'

const text: ScanType = { kind: 'utf8', numbers: 'unfit', lineBreaks: 'keep', empty: 'keep' }
const unfit = 'setAside'
const products: ScanType = {
  kind: 'list',
  item: {
    unfit,
    type: {
      kind: 'struct',
      fields: [
        { name: 'price', key: 'Price', unfit, type: { kind: 'float64' } },
        { name: 'price_text', key: 'Price', unfit, type: { ...text, numbers: 'text' } },
        { name: 'tags', key: 'tags', unfit, type: { kind: 'list', item: { unfit, type: text } } },
      ],
    },
  },
}
const column = (name: string, type: ScanType, path = [name]): ScanColumn => ({
  name,
  path,
  type,
  required: false,
  unfit,
  output: true,
})
const columns = [
  column('a', text),
  column('at', { kind: 'timestamp' }),
  column('count', { kind: 'int64' }),
  column('p', { kind: 'struct', fields: [{ name: 'products', key: 'products', unfit, type: products }] }, ['P']),
  column('p.flag', { kind: 'bool' }, ['P', 'flag']),
  column('any', { kind: 'json' }),
]

it.each<[line: string, column: string, code: string, words: string]>([
  ['{"a":7}', 'a', 'NOT_TEXT', 'a number'],
  ['{"a":true}', 'a', 'NOT_TEXT', 'true or false'],
  ['{"a":{"x":1}}', 'a', 'NOT_TEXT', 'an object'],
  ['{"a":[]}', 'a', 'NOT_TEXT', 'a list'],
  ['{"a":"x\\ny"}', 'a', 'LINE_BREAK_IN_TEXT', 'a text with a line break'],
  ['{}', 'a', 'MISSING', 'no value'],
  ['{"at":"18/05/2019"}', 'at', 'NOT_A_TIMESTAMP', 'a text that is no ISO 8601 timestamp'],
  ['{"at":1558188202}', 'at', 'NOT_A_TIMESTAMP', 'a number'],
  ['{"count":99999999999999999999}', 'count', 'OUT_OF_RANGE', 'a number out of its range'],
  ['{"count":1.5}', 'count', 'NOT_A_NUMBER', 'a number that is not written as a whole one'],
  ['{"count":1.0}', 'count', 'NOT_A_NUMBER', 'a number that is not written as a whole one'],
  ['{"count":"1"}', 'count', 'NOT_A_NUMBER', 'a text'],
  ['{"P":[]}', 'p', 'NOT_AN_OBJECT', 'a list'],
  ['{"P":{"products":{}}}', 'p.products', 'NOT_A_LIST', 'an object'],
  ['{"P":{"products":[{},null,"x"]}}', 'p.products[]', 'NOT_AN_OBJECT', 'a text'],
  ['{"P":{"products":[{"Price":1},{"Price":"9"}]}}', 'p.products[].price', 'NOT_A_NUMBER', 'a text'],
  ['{"P":{"products":[{"Price":1},{"Price":false}]}}', 'p.products[].price_text', 'NOT_TEXT', 'true or false'],
  ['{"P":{"products":[{"tags":["x",{}]}]}}', 'p.products[].tags[]', 'NOT_TEXT', 'an object'],
  ['{"P":{"flag":"yes"}}', 'p.flag', 'NOT_A_BOOLEAN', 'a text'],
  ['{"a":"x","a":7}', 'a', 'NOT_TEXT', 'a number'],
])('says of %s that %s holds, by %s, %s', (line, name, code, words) => {
  expect(typeFound(new TextEncoder().encode(line), columns, { column: name, code: code as never })).toBe(words)
})
