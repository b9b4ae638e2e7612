import { authorError } from '@fletching/columns/errors'

/** How the CSV dialects differ. */
export interface DialectRules {
  /** What a quote in a quoted field is written with. */
  readonly escape: 'double' | 'backslash'
  readonly lineEnd: '\n' | '\r\n'
  /** The class of each byte: QUOTES when it makes a field be quoted, FOLDS when it is a line break that becomes a blank. */
  readonly classes: Uint8Array
  /** UTF-16 units beyond which a text is quoted; Infinity when length does not matter. */
  readonly quotesFrom: number
  /** Whether every text is quoted, also the empty one. */
  readonly quotesAllText: boolean
  /** Whether a blank or a tab at either end makes a field be quoted. */
  readonly quotesOuterBlanks: boolean
}

export const QUOTES = 1
export const FOLDS = 2

export const csvDialects = ['personalize', 'glue', 'rfc4180', 'athena-opencsv'] as const

/**
 * Whose rules the CSV keeps.
 *
 * - `personalize`: Amazon Personalize, "Data format guidelines": quotes and backslashes by a backslash, records on one line.
 * - `glue`: byte for byte what AWS Glue's CSV writer gives: Jackson's loose quoting.
 * - `rfc4180`: RFC 4180, with CRLF.
 * - `athena-opencsv`: what Hive's OpenCSVSerde reads with backslash as its escape.
 */
export type CsvDialect = (typeof csvDialects)[number]

/**
 * The rules of a dialect.
 *
 * - Errors: NO_SUCH_DIALECT (author) for a name that is none.
 */
export function rulesOf(dialect: CsvDialect): DialectRules {
  if (Object.hasOwn(DIALECTS, dialect)) return DIALECTS[dialect]
  throw authorError('NO_SUCH_DIALECT', `"${String(dialect)}" is no dialect of CSV`, {
    help: `there are ${csvDialects.join(', ')}`,
  })
}

const DIALECTS: Readonly<Record<CsvDialect, DialectRules>> = {
  personalize: {
    escape: 'backslash',
    lineEnd: '\n',
    classes: byteClasses({ quotes: ',"\\', folds: '\r\n' }),
    quotesFrom: Number.POSITIVE_INFINITY,
    quotesAllText: false,
    quotesOuterBlanks: true,
  },
  glue: {
    escape: 'double',
    lineEnd: '\n',
    classes: byteClasses({ quotes: String.fromCharCode(...Array(0x2d).keys()), folds: '' }),
    quotesFrom: 24,
    quotesAllText: false,
    quotesOuterBlanks: false,
  },
  rfc4180: {
    escape: 'double',
    lineEnd: '\r\n',
    classes: byteClasses({ quotes: ',"\r\n', folds: '' }),
    quotesFrom: Number.POSITIVE_INFINITY,
    quotesAllText: false,
    quotesOuterBlanks: false,
  },
  'athena-opencsv': {
    escape: 'backslash',
    lineEnd: '\n',
    classes: byteClasses({ quotes: '', folds: '\r\n' }),
    quotesFrom: Number.POSITIVE_INFINITY,
    quotesAllText: true,
    quotesOuterBlanks: false,
  },
}

function byteClasses({ quotes, folds }: { quotes: string; folds: string }): Uint8Array {
  const classes = new Uint8Array(256)
  for (const char of quotes) classes[char.charCodeAt(0)] |= QUOTES
  for (const char of folds) classes[char.charCodeAt(0)] |= FOLDS
  return classes
}
