import type { Dataset } from '../dataset.ts'
import { failure, note, type Rule, warning } from '../rule.ts'
import { schemaRules } from '../schema-rules.ts'

/** A rule for data; without `datasets` for each of them. */
export interface DataRule extends Rule {
  readonly datasets?: readonly Dataset[]
}

const LINES =
  'Personalize reads a record from one line, and a quote or a backslash by a backslash; write the CSV with --csv-dialect personalize'

const form = {
  BYTE_ORDER_MARK: failure(
    'the file begins with a mark of byte order',
    'write UTF-8 without it: Personalize takes it for a part of the first name, and misses that column',
  ),
  NOT_UTF8: failure('the file is not UTF-8, or holds a NUL', 'write it as UTF-8'),
  COMPRESSED: failure('the file is compressed', 'Personalize reads plain CSV; decompress it'),
  NO_RECORDS: failure('there is no record', 'look at what the job filtered, and whether this is the right place'),
  RECORD_OVER_LINES: failure('a record goes over several lines', LINES),
  QUOTE_NOT_CLOSED: failure('a quote is not closed', LINES),
  RECORD_TOO_LONG: failure(
    'a record has more than 4 MiB',
    'look at that line; Personalize keeps 20,000 characters of a text',
  ),
  QUOTE_DOUBLED: failure('a quote in a text is doubled', LINES),
  TEXT_BEHIND_QUOTE: failure('something stands between a closing quote and the comma', LINES),
  QUOTE_BARE: warning('a field that is not quoted holds a quote', LINES),
  ESCAPE_UNKNOWN: warning(
    'a backslash stands before something else than a quote or a backslash',
    'Personalize reads \\" and \\\\ alone; a line break in a text becomes a blank',
  ),
  BLANK_LINE: warning('a line is empty', 'leave it out'),
  LINE_END_CR: warning('a line ends with a CR alone', 'end lines with LF'),
  FIELD_COUNT: failure('a record has another number of fields than the header', 'quote a text that holds a comma'),
} as const satisfies Readonly<Record<string, DataRule>>

const header = {
  HEADER_MISSING: failure(
    'the first line names no column of the dataset',
    'let the names of the schema be the first line',
  ),
  HEADER_QUOTED: failure(
    'a name in the header is quoted',
    'write the names without quotes, as the dialect personalize does',
  ),
  COLUMN_MISSING: failure('a column is missing', 'add it to the select of the job'),
  COLUMN_TWICE: failure('a column is there twice', 'leave one out'),
  COLUMN_ORDER: failure(
    'the columns stand in another order than the fields of the schema',
    'bring them into one order',
  ),
  COLUMN_NOT_IN_SCHEMA: failure('a column is not in the schema', 'leave it out, or import with a schema that has it'),
  COLUMN_UNKNOWN: warning(
    'a column is none that Personalize knows',
    'leave it out if recommendations shall not depend on it; otherwise the schema has to list it',
  ),
  COLUMN_CASE: failure(
    'a name is written in other letters than Personalize wants',
    'write it in capitals, as in USER_ID',
  ),
  FIELD_NAME: schemaRules.FIELD_NAME,
  FIELD_NAMES_ALIKE: schemaRules.FIELD_NAMES_ALIKE,
  METADATA_TOO_MANY: schemaRules.METADATA_TOO_MANY,
  METADATA_MISSING: { ...schemaRules.METADATA_MISSING, datasets: ['users', 'items'] },
} as const satisfies Readonly<Record<string, DataRule>>

const values = {
  VALUE_MISSING: failure('a required column is empty', 'drop such rows with .dropNulls, or fill them with .fillNull'),
  NULL_NOT_ALLOWED: failure(
    'a column is empty whose type in the schema is not a union with null',
    'fill it, or import with a schema where its type is ["null", …]',
  ),
  TIMESTAMP_NOT_SECONDS: failure(
    'a timestamp is not in seconds',
    'Personalize counts seconds since 1970; milliseconds and microseconds are divided, as .epochSeconds() does',
  ),
  TIMESTAMP_NOT_AN_INTEGER: failure(
    'a timestamp is not a whole number',
    'write 1558188202, not 1.558188202E9 or 1558188202.0',
  ),
  TIMESTAMP_IS_TEXT: failure('a timestamp is a text', 'make epoch seconds of it with .epochSeconds()'),
  TIMESTAMP_IN_FUTURE: warning('a timestamp lies in the future', "look at the sender's clock"),
  TIMESTAMP_BEFORE_2000: warning(
    'a timestamp lies before the year 2000',
    'a zero or a missing date may stand behind it',
  ),
  TIMESTAMPS_ALL_EQUAL: warning(
    'all records have the same timestamp',
    'Personalize learns from the order of events, and a recipe for USER_SEGMENTATION refuses such data',
  ),
  NOT_A_LONG: failure('a value is not a whole number', 'the schema says int or long'),
  NOT_A_FLOAT: failure('a value is not a number', 'the schema says float or double'),
  NOT_A_BOOLEAN: failure('a value is neither true nor false', 'the schema says boolean; write it in small letters'),
  ID_TOO_LONG: failure('an id has more than 256 characters', 'import a shorter one, such as a hash'),
  ID_SPECIAL: warning(
    'an id holds a quote, a backslash or a control character',
    'the guide advises against them; such ids may be read back otherwise',
  ),
  CATEGORICAL_TOO_LONG: failure(
    'a categorical value has more than 1,000 characters',
    'the import fails; shorten it, or make the column textual',
  ),
  CATEGORIES_TOO_MANY: warning(
    'a categorical column has more than 30 categories',
    'such a column says little; group its values, or leave it out',
  ),
  TEXT_CUT: warning(
    'a text is longer than what Personalize reads',
    'it reads 20,000 characters, of Chinese and Japanese 7,000',
  ),
  TEXT_INCOMPLETE: warning('less than 85 % of the rows have a text', 'Personalize then leaves the textual column out'),
  COLUMN_INCOMPLETE: warning('less than 70 % of the rows have a value in a column', 'fill it, or leave the column out'),
  ROW_INCOMPLETE: warning('a row has values in less than 70 % of its columns', 'fill them, or leave columns out'),
  IMPRESSION_TOO_LONG: failure('an impression has more than 1,000 characters', 'list fewer items'),
  IMPRESSION_WITHOUT_ITEM: warning(
    'an impression does not list the item of its record',
    'what was chosen is among what was shown; items are joined by |',
  ),
} as const satisfies Readonly<Record<string, DataRule>>

const INTERACTIONS = { datasets: ['interactions'] } as const

const totals = {
  EVENT_TYPES_TOO_MANY: {
    ...failure(
      'more than 10 types of event and optional columns',
      'map types of events to fewer, or leave columns out',
    ),
    ...INTERACTIONS,
  },
  DOMAIN_EVENT_MISSING: {
    ...warning(
      'a type of event that the domain wants is missing',
      'ECOMMERCE wants Purchase and View, VIDEO_ON_DEMAND Watch and Click',
    ),
    ...INTERACTIONS,
  },
  FEW_INTERACTIONS: {
    ...failure(
      'fewer than 1,000 interactions',
      'an import takes no fewer, whether FULL or INCREMENTAL: import several days at once, or send events with PutEvents',
    ),
    ...INTERACTIONS,
  },
  FEW_USERS: {
    ...failure('fewer than 25 users have two interactions', 'training needs 25; import a longer time'),
    ...INTERACTIONS,
  },
  FEW_RETURNING_USERS: {
    ...failure('less than 1 % of the users have two interactions', 'training needs 1 %; import a longer time'),
    ...INTERACTIONS,
  },
  ADVISED_VOLUME: {
    ...note('fewer than 50,000 interactions or 1,000 users', 'so many are advised for good recommendations'),
    ...INTERACTIONS,
  },
  SAME_SECOND: {
    ...warning(
      'a record is the same as another in every column',
      'Personalize keeps one of them; what was sent twice goes with .dropDuplicates, events within one second do not differ in seconds',
    ),
    ...INTERACTIONS,
  },
  ENTITY_TWICE: {
    ...warning('an id is there twice', 'a later record takes the place of an earlier one; keep the last of each'),
    datasets: ['users', 'items'],
  },
  ITEMS_TOO_MANY: warning('more than 750,000 items', 'a recipe looks at so many, one of version 2 at 5 million'),
  INTERACTIONS_TOO_MANY: {
    ...warning('more than 500 million interactions', 'a recipe looks at so many, one of version 2 at 3 billion'),
    ...INTERACTIONS,
  },
} as const satisfies Readonly<Record<string, DataRule>>

const files = {
  FOREIGN_FILE: failure(
    'a file in the folder is no CSV',
    'Personalize reads all that is in the folder; give the CSV a folder of its own',
  ),
  OTHER_RUN: failure(
    'two files hold the same records',
    'they look like the outputs of two runs, and Personalize would import both; keep the files of one',
  ),
  SEVERAL_FILES: note('several files', 'Personalize imports all of them'),
  PATH_TOO_LONG: failure('the path has more than 256 characters', 'write to a shorter one'),
  NOT_IN_S3: note('the files are not in S3', 'Personalize imports from S3 alone'),
  SIZE_FULL: warning('the files have more than 100 GB', 'ask AWS for a higher quota, which goes up to 1 TB'),
  SIZE_TOO_LARGE: failure('the files have more than 1 TB', 'no quota goes beyond; import less'),
  SIZE_INCREMENTAL: failure(
    'the files have more than 1 GB',
    'an INCREMENTAL import takes no more; import FULL, or in parts',
  ),
} as const satisfies Readonly<Record<string, DataRule>>

/**
 * The rules for data, in the order in which a file is looked at. All limits are here and in `limits.ts`.
 *
 * Source: Amazon Personalize, "Data format guidelines", "Preparing training data", "Analyzing training data", "Amazon Personalize endpoints and
 * quotas".
 */
export const preflightRules = { ...files, ...form, ...header, ...values, ...totals } as const satisfies Readonly<
  Record<string, DataRule>
>
export type PreflightCode = keyof typeof preflightRules
