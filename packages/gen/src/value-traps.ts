import type { FieldValue } from './fields.ts'
import { change, propertiesOf, type Trap, type TrapVerdict } from './trap.ts'

const otherTypes = ['true', 'false', '{}', '{"id":"u1"}', '[]', '["u1"]']
const numbers = ['12345678901234567890', '1.0', '42', '-0', '1e400', '0.10', '9007199254740993']
const lineBreaks = ['"two\\nlines"', '"two\\r\\nlines"', '"ends with\\r"', '"\\u000a"']
const surrogates = ['"lone-\\ud83d"', '"\\udc00-first"', '"\\ud83d\\u0041"', '"wrong-\\ude00\\ud83d-order"']
const strange = ['"bell\\u0007"', '"a,b"', '"say \\"hi\\""', '"back\\\\slash"', '" blanks "', '"\\u2028"', '"=1+1"']

/** Wanted values that are missing, empty, or of a type or spelling that a row cannot be made of, or only just can. */
export const valueTraps = {
  'user-id-missing': change('filtered', 'no userId', (message) => message.remove('userId')),
  'user-id-null': userId('filtered', 'userId is null', ['null']),
  'user-id-empty': userId('filtered', 'userId is the empty text', ['""']),
  'user-id-number': userId('row', 'userId is a number; its text counts, as written', numbers),
  'user-id-other-type': userId('setAside', 'userId is a boolean, an object or a list', otherTypes),
  'user-id-line-break': userId('setAside', 'CR or LF in userId', lineBreaks),
  'user-id-lone-surrogate': userId('row', 'half a surrogate pair in userId, read as U+FFFD', surrogates),
  'user-id-strange': userId('row', 'userId with quotes, commas, blanks, control characters', strange),
  'user-id-long': userId('row', 'userId of more than 256 characters', [`"${'long-'.repeat(60)}"`]),

  'sku-missing': change('filtered', 'no properties.sku', (message) => propertiesOf(message).remove('sku')),
  'sku-null': sku('filtered', 'properties.sku is null', ['null']),
  'sku-empty': sku('filtered', 'properties.sku is the empty text', ['""']),
  'sku-number': sku('row', 'properties.sku is a number; its text counts, as written', numbers),
  'sku-other-type': sku('setAside', 'properties.sku is a boolean, an object or a list', otherTypes),
  'sku-line-break': sku('setAside', 'CR or LF in properties.sku', lineBreaks),
  'sku-lone-surrogate': sku('row', 'half a surrogate pair in properties.sku, read as U+FFFD', surrogates),
  'sku-strange': sku('row', 'properties.sku with quotes, commas, blanks, control characters', strange),

  'event-missing': change('filtered', 'no event', (message) => message.remove('event')),
  'event-null': event('event is null', ['null']),
  'event-empty': event('event is the empty text', ['""']),
  'event-not-text': event('event is a number, an object, a list or a boolean', [
    '7',
    '{"a":1}',
    '["Product Added"]',
    'true',
  ]),
  'event-other-case': event('event in another case', ['"product added"', '"PRODUCT CLICKED"', '"Order completed"']),
  'event-with-blanks': event('event with blanks around it', [
    '" Order Completed "',
    '"Product Added "',
    '"Product  Added"',
  ]),
  'event-of-prototype': event('event named as something that every object has', ['"toString"', '"__proto__"']),

  'properties-missing': change('filtered', 'no properties', (message) => message.remove('properties')),
  'properties-null': properties('properties is null', ['null']),
  'properties-text': properties('properties is a text that holds JSON', ['"{\\"sku\\":\\"in-a-text\\"}"', '"sku"']),
  'properties-list': properties('properties is a list', ['[]', '[{"sku":"in-a-list"}]', '["sku"]']),
  'order-products-only': change('filtered', 'an order that names its items in products[] alone', (message) =>
    message.set('event', '"Order Completed"').set('properties', '{"products":[{"sku":"herschel-iona"},{"sku":null}]}'),
  ),
} as const satisfies Record<string, Trap>

type Values = readonly FieldValue[]

function userId(verdict: TrapVerdict, description: string, values: Values): Trap {
  return change(verdict, description, (message, { random }) => message.set('userId', random.pick(values)))
}

function sku(verdict: TrapVerdict, description: string, values: Values): Trap {
  return change(verdict, description, (message, { random }) => propertiesOf(message).set('sku', random.pick(values)))
}

function event(description: string, values: Values): Trap {
  return change('filtered', description, (message, { random }) => message.set('event', random.pick(values)))
}

function properties(description: string, values: Values): Trap {
  return change('filtered', description, (message, { random }) => message.set('properties', random.pick(values)))
}
