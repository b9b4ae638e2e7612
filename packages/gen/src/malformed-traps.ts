import type { Fields } from './fields.ts'
import { change, spoilText, type Trap } from './trap.ts'

const encoder = new TextEncoder()

/** Bytes that are not UTF-8, each wrong in its own way. */
const badUtf8: readonly (readonly number[])[] = [
  [0xff],
  [0x80],
  [0xc3],
  [0xc0, 0xaf],
  [0xe4, 0xba],
  [0xe0, 0x80, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf0, 0x9f, 0x98],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf8, 0x88, 0x80, 0x80, 0x80],
]

/** A field that no job looks at: a line must be whole there as well. */
const addNote = (message: Fields, text: string) => message.addFirst('note', text)

/** Lines that are not one JSON object. */
export const malformedTraps = {
  'cut-line': spoilText('malformed', 'the line ends early', (line, { random }) => {
    const bytes = encoder.encode(line)
    return bytes.subarray(0, random.between(1, Math.min(bytes.length - 1, 0x10_0000)))
  }),
  'trailing-comma': spoilText('malformed', 'a comma after the last field', (line) => `${line.slice(0, -1)},}`),
  'missing-colon': spoilText('malformed', 'a name without a colon', (line) => `{"note" 1,${line.slice(1)}`),
  'single-quotes': spoilText('malformed', 'a name in single quotes', (line) => `{'note':1,${line.slice(1)}`),
  comment: spoilText('malformed', 'a comment after the object', (line) => `${line} // seen`),
  'bad-literal': change('malformed', 'a word that is no literal', (message, { random }) =>
    addNote(message, random.pick(['True', 'None', 'undefined', 'nul', 'truee'])),
  ),
  'bad-number': change('malformed', 'a number that JSON does not have', (message, { random }) =>
    addNote(message, random.pick(['01', '+1', '.5', '1.', '1e', '0x1F', 'NaN', '-Infinity', '-', '1_000'])),
  ),
  'bad-escape': change('malformed', 'an escape that JSON does not have', (message, { random }) =>
    addNote(message, random.pick(['"\\x41"', '"\\u12"', '"\\u12G4"', '"C:\\Users"', '"\\\'"'])),
  ),
  'control-character': change('malformed', 'a raw control character in a string', (message, { random }) =>
    addNote(message, random.pick(['"a\u0001b"', '"a\tb"', '"a\rb"', '"\u001f"', '"a\u0000"'])),
  ),
  'bad-utf8': {
    verdict: 'malformed',
    description: 'bytes that are not UTF-8, in a wanted or an unwanted value',
    spoil: (message, { random, source }) => {
      if (random.oneIn(3)) message.set('userId', '"@bytes@"')
      else addNote(message, '"@bytes@"')
      const [before, after] = message.format(source.style).split('@bytes@')
      return joined(encoder.encode(before), Uint8Array.from(random.pick(badUtf8)), encoder.encode(after))
    },
  },
  'byte-order-mark': spoilText('malformed', 'a byte order mark after the object', (line) => `${line}\ufeff`),
  'nul-bytes': spoilText('malformed', 'a hole of NUL bytes instead of, or after, an object', (line, { random }) =>
    (random.oneIn(2) ? line : '').concat('\0'.repeat(random.between(1, 512))),
  ),
  'two-objects': spoilText('malformed', 'two objects on one line', (line, { random, recent }) =>
    random.oneIn(2) ? `${line}${random.pick(recent)}` : `${line} ${random.pick(recent)}`,
  ),
  'top-level-array': spoilText('malformed', 'an array around the object', (line) => `[${line}]`),
  'top-level-scalar': spoilText('malformed', 'a value that is no object', (_line, { random }) =>
    random.pick(['null', 'true', '42', '"text"', '""']),
  ),
  'html-page': spoilText('malformed', 'a line of an error page', () => '<html><body>503 Slow Down</body></html>'),
  'too-deep': change('malformed', 'brackets nested deeper than 1000', (message, { random }) => {
    const depth = random.pick([1000, 1001, 4000])
    return message.add('nested', random.oneIn(2) ? nestedLists(depth) : nestedObjects(depth))
  }),
} as const satisfies Record<string, Trap>

/** `depth` lists, one in the other. */
export function nestedLists(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth)
}

function nestedObjects(depth: number): string {
  return `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let length = 0
  for (const part of parts) {
    bytes.set(part, length)
    length += part.length
  }
  return bytes
}
