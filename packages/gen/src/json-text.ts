/**
 * JSON as one SDK writes it: what it escapes, and whether it puts blanks after colons and commas.
 *
 * - `raw`: only what must be escaped (JavaScript, Ruby, Java);
 * - `ascii`: everything beyond ASCII as `\uXXXX` (Python's `json.dumps`, which also writes `": "` and `", "`);
 * - `php`: as `ascii`, and `\/` for a slash;
 * - `html`: `<`, `>` and `&` as `\uXXXX`, as well as U+2028 and U+2029 (Go's `encoding/json`).
 */
export interface JsonStyle {
  readonly escapes: 'raw' | 'ascii' | 'php' | 'html'
  readonly colon: ':' | ': '
  readonly comma: ',' | ', '
}

export const compact: JsonStyle = { escapes: 'raw', colon: ':', comma: ',' }

/** What each style leaves as it is; all else, quotes, backslashes and control characters above all, is escaped. */
const toEscape: Readonly<Record<JsonStyle['escapes'], RegExp>> = {
  raw: /[^ !#-[\]-\uffff]/g,
  ascii: /[^ !#-[\]-~]/g,
  php: /[^ !#-.0-[\]-~]/g,
  html: /[^ !#-%'-;=?-[\]-\u2027\u202a-\uffff]/g,
}

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/** `text` as a JSON string, in quotes. */
export function quote(text: string, style: JsonStyle = compact): string {
  return `"${text.replace(toEscape[style.escapes], escapeUnit)}"`
}

/** One UTF-16 unit as `\uXXXX`; a character beyond the basic plane becomes a pair of them. */
export function escapeUnit(unit: string): string {
  return shortEscapes[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** A list of JSON texts as a JSON array. */
export function array(items: readonly string[], style: JsonStyle): string {
  return `[${items.join(style.comma)}]`
}
