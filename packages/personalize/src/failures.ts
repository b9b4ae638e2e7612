import { dataError, type FletchingError } from '@fletching/columns/errors'

/** Something in Personalize that came to nothing. */
export interface FailedResource {
  /** As in `dataset import job`. */
  readonly kind: string
  readonly name: string
  readonly failureReason: string | undefined
}

/**
 * What Personalize could not make, in its own words, with what helps.
 *
 * - Errors: IMPORT_FAILED (data) of an import job, CREATE_FAILED (data) of what it needs.
 */
export function createFailed({ kind, name, failureReason }: FailedResource): FletchingError {
  const isImport = kind === 'dataset import job'
  return dataError(isImport ? 'IMPORT_FAILED' : 'CREATE_FAILED', failureReason ?? 'Personalize gave no reason', {
    at: `${kind} ${name}`,
    help: isImport ? remedyOf(failureReason ?? '') : `delete the ${kind} in Personalize, and run the command again`,
    details: { kind, name, failureReason },
  })
}

/**
 * What helps against a `failureReason`, one line each.
 *
 * - Source: Amazon Personalize Developer Guide, "Common error messages", and its pages on formatting and importing data.
 */
export function remedyOf(failureReason: string): readonly string[] {
  return remedies.find(({ reason }) => reason.test(failureReason))?.help ?? [CHECK_DATA]
}

const CHECK_DATA = 'fletching personalize preflight LOCATION names what Personalize refuses in a CSV, with its line'

const remedies: readonly { readonly reason: RegExp; readonly help: readonly string[] }[] = [
  {
    reason: /invalid (data|s3) (location|path)|no (objects|files) (were )?found/i,
    help: ['--from must be s3://bucket/name.csv, or with a / at its end a folder that holds the CSV and nothing else'],
  },
  {
    reason: /insufficient privileges|access ?denied|not authorized/i,
    help: [
      'the bucket and the role must both let Personalize read: fletching personalize policy --bucket BUCKET --account ACCOUNT prints what they need, and --check FILE names what a policy lacks',
      'of a bucket with a key of its own, the policy of the key must let Personalize use it (--kms ARN); a bucket that only a VPC may read does not work',
    ],
  },
  {
    reason: /more than \d+ resources with pending/i,
    help: ['five import jobs of a region may be under way; run the command again when one has ended'],
  },
  {
    reason: /missing the following columns|column.*(not found|missing)|header/i,
    help: [
      'the header must be the names of the schema, as they are written there, without quotes and without a byte order mark before them',
      CHECK_DATA,
    ],
  },
  {
    reason: /categor|1,?000 characters/i,
    help: ['a categorical value, all its parts together, has at most 1,000 characters', CHECK_DATA],
  },
  {
    reason: /256 characters|(user|item)_?id.*(length|too long)/i,
    help: ['the id of a user or an item has at most 256 characters', CHECK_DATA],
  },
  {
    reason: /fewer than \d+ (unique )?users|at least \d+ (unique )?users/i,
    help: ['training needs 25 users with two interactions each; import more days'],
  },
  {
    reason: /fewer than [\d,]+ (item )?interactions|(at least|minimum of) [\d,]+ (interactions|records|rows)/i,
    help: [
      'an import needs 1,000 interactions: batch up the rows of several days, or send them one by one with PutEvents',
    ],
  },
  {
    reason: /same timestamp|unique timestamp/i,
    help: ['the events must have times of their own: TIMESTAMP is that of the event, in seconds since 1970'],
  },
  {
    reason: /timestamp/i,
    help: [
      'TIMESTAMP is a whole number of seconds since 1970: neither milliseconds, nor a text, nor a number like 1.6E9',
      CHECK_DATA,
    ],
  },
  {
    reason: /null|empty|missing value/i,
    help: ['an empty field is only allowed where the schema has a union with null', CHECK_DATA],
  },
  {
    reason: /event types? .*exceed|too many (event types|columns)|maximum number of/i,
    help: ['event types and columns of metadata together are at most ten: leave out rare events', CHECK_DATA],
  },
  {
    reason: /already exists|same name/i,
    help: ['run the command again: it looks for what is there under that name'],
  },
]
