import { type LineLimits, lineLimits } from './line-limits.ts'

/** Why a line is not JSON by our rules: a stable code, and the sentence for messages. */
const SENTENCES = {
  BAD_LITERAL: 'expected true, false or null',
  BAD_NUMBER: 'not a number by the rules of JSON',
  BAD_STRING: 'a control character stands in a string',
  BAD_ESCAPE: 'a backslash is not followed by an escape',
  OPEN_STRING: 'string not closed before end of line',
  BAD_UTF8: 'the bytes are not UTF-8',
  UNEXPECTED: 'a character stands where JSON has none',
  UNFINISHED: 'the line ends before its object does',
  TRAILING_TEXT: 'more text follows the object',
  TOP_LEVEL_ARRAY: 'the line is an array, not an object',
  TOP_LEVEL_SCALAR: 'the line is a single value, not an object',
  TOO_DEEP: 'objects and arrays are nested more than {depthMax} deep',
  LINE_TOO_LONG: 'the line has more than {lineBytesMax} bytes',
  NOT_UTF8_TEXT: 'the text is UTF-16 or UTF-32, or holds NUL bytes',
  BYTE_ORDER_MARK: 'a byte order mark stands within the object',
} as const

export type MalformedCode = keyof typeof SENTENCES

/** Codes by the number that a scanner returns; 0 is a valid line. */
const MALFORMED_CODES: readonly MalformedCode[] = Object.keys(SENTENCES) as MalformedCode[]

/** The number that a scanner returns for a code. */
export function verdictOf(code: MalformedCode): number {
  return MALFORMED_CODES.indexOf(code) + 1
}

/** The code of a line by its verdict. It names what a scanner cannot know: text of another encoding, and a mark that belongs to the start of an object. */
export function codeOf(verdict: number, line: Uint8Array): MalformedCode {
  if (line.includes(0)) return 'NOT_UTF8_TEXT'
  if (verdict === UNEXPECTED && line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf) return 'BYTE_ORDER_MARK'
  return MALFORMED_CODES[verdict - 1]
}

/** What an error message says about a code, where lines have these limits. */
export function describeMalformed(code: string, limits: Partial<LineLimits> = {}): string {
  if (!Object.hasOwn(SENTENCES, code)) return code
  const { lineBytesMax, depthMax } = lineLimits(limits)
  const sentence = SENTENCES[code as MalformedCode]
  return sentence.replace('{depthMax}', String(depthMax)).replace('{lineBytesMax}', String(lineBytesMax))
}

const UNEXPECTED = verdictOf('UNEXPECTED')
