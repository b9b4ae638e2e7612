import { escapeUnit } from './json-text.ts'
import { nestedLists } from './malformed-traps.ts'
import { change, propertiesOf, spoilText, type Trap } from './trap.ts'

/** Lines that are well-formed, and easily read wrongly. */
export const shapeTraps = {
  'blank-line': spoilText('blank', 'nothing', () => ''),
  'white-space-line': spoilText('blank', 'blanks and tabs', (_line, { random }) =>
    random.pick([' ', '\t', ' \t ', '\r']),
  ),
  crlf: spoilText('row', 'CR before the LF', (line) => `${line}\r`),
  'white-space': spoilText(
    'row',
    'blanks and tabs around the object and inside its braces',
    (line) => `\t ${line.slice(0, 1)} \t${line.slice(1, -1)} \t} `,
  ),
  'duplicate-message': spoilText(
    'row',
    'a line that was there before, with the same messageId',
    (_line, { random, recent }) => random.pick(recent),
  ),
  'duplicate-keys': change('row', 'a name twice in one object; the last one counts', (message) => {
    propertiesOf(message).addFirst('sku', '"the-first-is-wrong"')
    message.addFirst('userId', 'null').addFirst('event', '"Wrong"').addFirst('timestamp', '"1999-01-01"')
    message.addFirst('properties', '{"sku":"the-first-is-wrong"}')
  }),
  'escaped-keys': change('row', 'names written with escapes', (message, { random }) => {
    propertiesOf(message).rename('sku', escaped('sku', random.below(3)))
    for (const name of ['userId', 'event', 'timestamp', 'properties'])
      message.rename(name, escaped(name, random.below(5)))
  }),
  'dotted-keys': change('filtered', 'a dot in a name, which is no path', (message) => {
    propertiesOf(message).remove('sku')
    message.addFirst('properties.sku', '"not-a-path"')
  }),
  'other-case-keys': change('filtered', 'a name in another case, which is another name', (message) =>
    message.rename('userId', 'userID').add('UserId', '"other-case"'),
  ),
  'prototype-keys': change('row', 'names that every object has', (message) => {
    propertiesOf(message).addFirst('__proto__', '{"sku":"inherited"}')
    message.addFirst('__proto__', '{"userId":"inherited"}').add('constructor', '"x"').add('toString', 'null')
  }),
  'same-names-deeper': change('row', 'wanted names inside other objects and in texts', (message) =>
    message
      .addFirst('nested', '{"userId":"deeper","event":"deeper","timestamp":"1999-01-01","properties":{"sku":"deeper"}}')
      .add('text', '"\\"userId\\":\\"in a text\\",\\"properties\\":{\\"sku\\":\\"in a text\\"}"')
      .add('list', '[{"userId":"deeper"},"userId","in a list"]')
      .add('userId2', '"longer name"')
      .add('user', '"shorter name"'),
  ),
  'many-keys': change('row', 'a thousand fields before the wanted ones', (message) =>
    message.addFirst('many', `{${Array.from({ length: 1000 }, (_, index) => `"k${index}":${index}`).join(',')}}`),
  ),
  'nested-1000': change('row', 'brackets nested exactly 1000 deep', (message) =>
    message.add('nested', nestedLists(999)),
  ),
} as const satisfies Record<string, Trap>

/** `name` with one of its letters as an escape. */
function escaped(name: string, index: number): string {
  return name.slice(0, index) + escapeUnit(name[index]) + name.slice(index + 1)
}
