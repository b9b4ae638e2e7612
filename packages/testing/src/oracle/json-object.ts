/** The members of a JSON object as the texts in which their values were written; the last of equal names counts. */
export type RawMembers = ReadonlyMap<string, string>

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const tokenPattern = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^{}[\],:" \t\r\n]+/g

/**
 * Reads one line; `undefined` when it is not UTF-8, not JSON, not an object, or brackets are nested deeper than `depthMax`, the line's own
 * object counted.
 */
export function readLine(line: Uint8Array, depthMax = 1000): RawMembers | undefined {
  const text = decoded(line)
  if (text === undefined || !isJson(text) || depthOf(text) > depthMax) return undefined
  return membersOf(text)
}

/**
 * The members of the object that `text` holds, or `undefined` when it holds another value. Values stay text, so that
 * 12345678901234567890 and 1.0 are what they were.
 *
 * - Errors: none; `text` must be valid JSON.
 */
export function membersOf(text: string): RawMembers | undefined {
  const tokens = [...text.matchAll(tokenPattern)]
  if (tokens[0][0] !== '{') return undefined
  const members = new Map<string, string>()
  let index = 1
  while (tokens[index][0] !== '}') {
    const name = JSON.parse(tokens[index][0]) as string
    const first = index + 2
    const after = endOfValue(tokens, first)
    const last = tokens[after - 1]
    members.set(name, text.slice(tokens[first].index, last.index + last[0].length))
    index = tokens[after][0] === ',' ? after + 1 : after
  }
  return members
}

/** The items of the list that `text` holds, as the texts in which they were written; `text` must be a list. */
export function itemsOf(text: string): readonly string[] {
  const tokens = [...text.matchAll(tokenPattern)]
  const items: string[] = []
  let index = 1
  while (tokens[index][0] !== ']') {
    const after = endOfValue(tokens, index)
    const last = tokens[after - 1]
    items.push(text.slice(tokens[index].index, last.index + last[0].length))
    index = tokens[after][0] === ',' ? after + 1 : after
  }
  return items
}

/** The number of the token after the value that begins at token `first`. */
function endOfValue(tokens: readonly RegExpExecArray[], first: number): number {
  let depth = 0
  for (let index = first; ; index++) {
    const token = tokens[index][0]
    if (token === '{' || token === '[') depth++
    if (token === '}' || token === ']') depth--
    if (depth === 0) return index + 1
  }
}

function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  for (const [token] of text.matchAll(tokenPattern)) {
    if (token === '{' || token === '[') deepest = Math.max(deepest, ++depth)
    if (token === '}' || token === ']') depth--
  }
  return deepest
}

function decoded(line: Uint8Array): string | undefined {
  try {
    return utf8.decode(line)
  } catch {
    return undefined
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
