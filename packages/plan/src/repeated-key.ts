/**
 * Finds the first key that stands in its object a second time, which JSON.parse passes over: there the last value counts.
 *
 * - `json`: a text that JSON.parse takes.
 * - Cost: one pass over the text, whatever its depth.
 *
 * @returns its place, as `fields[0].name`
 */
export function repeatedKey(json: string): string | undefined {
  const open: (OpenObject | OpenList)[] = []
  for (const [, text, colon, mark] of json.matchAll(TOKEN)) {
    const inner = open.at(-1)
    if (mark === '{') open.push({ keys: new Set(), key: '' })
    else if (mark === '[') open.push({ index: 0 })
    else if (mark === ',' && inner !== undefined && 'index' in inner) inner.index++
    else if (mark === '}' || mark === ']') open.pop()
    if (colon === undefined || inner === undefined || !('keys' in inner)) continue
    inner.key = JSON.parse(text) as string
    if (inner.keys.has(inner.key)) return placeText(open)
    inner.keys.add(inner.key)
  }
  return undefined
}

interface OpenObject {
  readonly keys: Set<string>
  /** The last that was read. */
  key: string
}

interface OpenList {
  index: number
}

function placeText(open: readonly (OpenObject | OpenList)[]): string {
  return open
    .map((level) => ('keys' in level ? `.${level.key}` : `[${level.index}]`))
    .join('')
    .replace(/^\./, '')
}

/** A text, with a colon behind it where it is a key, or a mark that opens, parts or closes. */
const TOKEN = /("[^"\\]*(?:\\.[^"\\]*)*")(?:\s*(:))?|([{}[\],])/g
