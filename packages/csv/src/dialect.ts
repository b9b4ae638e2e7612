import { authorError } from '@fletching/columns/errors'

/** How the CSV dialects differ. */
export interface DialectRules {
  /** What stands in front of an escaped byte. */
  readonly escape: '"' | '\\'
  readonly lineEnd: '\n' | '\r\n'
  /** The classes of each byte, or-ed. The module passes over all but those below 0x2d and the backslash, so others have none. */
  readonly classes: Uint8Array
  /** UTF-16 units beyond which a text is quoted. */
  readonly quotesFrom: number
  /** Whether every text is quoted, also the empty one. */
  readonly quotesAllText: boolean
}

/** By its presence a text is quoted. */
const QUOTES = 1
/** A line break that becomes a blank. */
const FOLDS = 2
/** At either end it makes a text be quoted. */
const OUTER = 4
/** It is escaped; a text that holds it is quoted. */
const ESCAPED = 8

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

/** As many units as no text has. */
const NO_LENGTH = 0xffff_ffff

const DIALECTS: Readonly<Record<CsvDialect, DialectRules>> = {
  personalize: {
    escape: '\\',
    lineEnd: '\n',
    classes: byteClasses({ quotes: ',"\\', folds: '\r\n', outer: ' \t\r\n', escaped: '"\\' }),
    quotesFrom: NO_LENGTH,
    quotesAllText: false,
  },
  glue: {
    escape: '"',
    lineEnd: '\n',
    classes: byteClasses({ quotes: String.fromCharCode(...Array(0x2d).keys()), escaped: '"' }),
    quotesFrom: 24,
    quotesAllText: false,
  },
  rfc4180: {
    escape: '"',
    lineEnd: '\r\n',
    classes: byteClasses({ quotes: ',"\r\n', escaped: '"' }),
    quotesFrom: NO_LENGTH,
    quotesAllText: false,
  },
  'athena-opencsv': {
    escape: '\\',
    lineEnd: '\n',
    classes: byteClasses({ folds: '\r\n', escaped: '"\\' }),
    quotesFrom: NO_LENGTH,
    quotesAllText: true,
  },
}

function byteClasses({ quotes = '', folds = '', outer = '', escaped = '' }): Uint8Array {
  const classes = new Uint8Array(256)
  const add = (chars: string, kind: number) => {
    for (const char of chars) classes[char.charCodeAt(0)] |= kind
  }
  add(quotes, QUOTES)
  add(folds, FOLDS)
  add(outer, OUTER)
  add(escaped, ESCAPED)
  return classes
}
