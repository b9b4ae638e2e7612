import { PackedList } from '@fletching/columns/packed-list'

/**
 * The bytes of the text that `JSON.stringify(value, undefined, indent)` gives, in pieces, so that a packed list in it never stands in memory as a whole.
 * They may be gone through more than once.
 *
 * - Memory: a piece.
 */
export function jsonBytes(value: object, indent = 0): Iterable<Uint8Array> {
  return { [Symbol.iterator]: () => joined(jsonTexts(value, ' '.repeat(indent), '')) }
}

/** - `margin`: what stands before each line of it but the first. */
function* jsonTexts(value: unknown, indent: string, margin: string): Generator<string> {
  if (value instanceof PackedList) yield* listTexts(value, indent, margin)
  else if (holdsList(value)) yield* recordTexts(value, indent, margin)
  else yield withMargin(JSON.stringify(value, undefined, indent), indent, margin)
}

function* recordTexts(record: object, indent: string, margin: string): Generator<string> {
  const [lineEnd, colon] = indent === '' ? ['', ':'] : [`\n${margin}${indent}`, ': ']
  let before = `{${lineEnd}`
  for (const [name, value] of Object.entries(record)) {
    if (value === undefined) continue
    yield `${before}${JSON.stringify(name)}${colon}`
    yield* jsonTexts(value, indent, margin + indent)
    before = `,${lineEnd}`
  }
  yield indent === '' ? '}' : `\n${margin}}`
}

function* listTexts(list: PackedList<unknown>, indent: string, margin: string): Generator<string> {
  if (list.length === 0) yield '[]'
  else {
    // What stands between the brackets of a block is what stands between those of the list.
    const [begin, end] = indent === '' ? ['[', ']'] : ['[', `\n${margin}]`]
    let before = begin
    for (const values of list.blocks()) {
      yield `${before}${withMargin(JSON.stringify(values, undefined, indent), indent, margin).slice(begin.length, -end.length)}`
      before = ','
    }
    yield end
  }
}

/** Line ends in texts are escaped. */
function withMargin(text: string, indent: string, margin: string): string {
  return indent === '' || margin === '' ? text : text.replaceAll('\n', `\n${margin}`)
}

/** Whether a packed list stands in the fields of a record, or of one in these. */
function holdsList(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.values(value).some((inner) => inner instanceof PackedList || holdsList(inner))
}

function* joined(texts: Iterable<string>): Generator<Uint8Array> {
  let piece = ''
  for (const text of texts) {
    piece += text
    if (piece.length < PIECE_LENGTH) continue
    yield Buffer.from(piece)
    piece = ''
  }
  yield Buffer.from(piece)
}

const PIECE_LENGTH = 64 * 1024
