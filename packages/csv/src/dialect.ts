/** How the CSV dialects differ. */
export interface DialectRules {
  /** What a quote in a quoted field is written with. */
  readonly escape: 'double' | 'backslash'
  readonly lineEnd: '\n' | '\r\n'
  /** Bytes that make a field be quoted. */
  readonly quotesFor: Uint8Array
  /** UTF-16 units beyond which a text is quoted; Infinity when length does not matter. */
  readonly quotesFrom: number
  /** Whether every text is quoted, also the empty one. */
  readonly quotesAllText: boolean
  /** Whether a blank at either end makes a field be quoted. */
  readonly quotesOuterBlanks: boolean
  /** Whether CR and LF become one blank, since a record has to stay on one line. */
  readonly foldsLineBreaks: boolean
}

export const csvDialects = ['personalize', 'glue', 'rfc4180', 'athena-opencsv'] as const

/**
 * Whose rules the CSV keeps.
 *
 * - `personalize`: Amazon Personalize, "Data format guidelines": quotes and backslashes by a backslash, records on one line.
 * - `glue`: byte for byte what AWS Glue's CSV writer gives: Jackson's loose quoting.
 * - `rfc4180`: RFC 4180, with CRLF.
 * - `athena-opencsv`: what Hive's OpenCSVSerde reads with its defaults.
 */
export type CsvDialect = (typeof csvDialects)[number]

export const DIALECTS: Readonly<Record<CsvDialect, DialectRules>> = {
  personalize: {
    escape: 'backslash',
    lineEnd: '\n',
    quotesFor: byteSet(',"\\'),
    quotesFrom: Number.POSITIVE_INFINITY,
    quotesAllText: false,
    quotesOuterBlanks: true,
    foldsLineBreaks: true,
  },
  glue: {
    escape: 'double',
    lineEnd: '\n',
    quotesFor: byteSet(Array.from({ length: 0x2d }, (_, byte) => String.fromCharCode(byte)).join('')),
    quotesFrom: 24,
    quotesAllText: false,
    quotesOuterBlanks: false,
    foldsLineBreaks: false,
  },
  rfc4180: {
    escape: 'double',
    lineEnd: '\r\n',
    quotesFor: byteSet(',"\r\n'),
    quotesFrom: Number.POSITIVE_INFINITY,
    quotesAllText: false,
    quotesOuterBlanks: false,
    foldsLineBreaks: false,
  },
  'athena-opencsv': {
    escape: 'backslash',
    lineEnd: '\n',
    quotesFor: byteSet(''),
    quotesFrom: Number.POSITIVE_INFINITY,
    quotesAllText: true,
    quotesOuterBlanks: false,
    foldsLineBreaks: true,
  },
}

/** 1 for each byte of the text. */
function byteSet(text: string): Uint8Array {
  const set = new Uint8Array(256)
  for (const char of text) set[char.charCodeAt(0)] = 1
  return set
}
