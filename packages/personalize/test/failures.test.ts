import { describe, expect, it } from 'vitest'
import { createFailed, remedyOf } from '../src/failures.ts'

/** What Personalize says, and how what helps begins. */
const cases: readonly (readonly [string, string])[] = [
  ['Invalid Data location.', '--from must be'],
  ['Unable to create data import job: No objects found in s3 path s3://b/k', '--from must be'],
  ['Insufficient privileges for accessing data in Amazon S3.', 'the bucket and the role'],
  ['Access Denied (Service: Amazon S3; Status Code: 403)', 'the bucket and the role'],
  ['More than 5 resources with PENDING or IN_PROGRESS status', 'five import jobs'],
  ['Input CSV is missing the following columns: [USER_ID]', 'the header must be'],
  ['The value of a categorical column has more than 1000 characters', 'a categorical value'],
  ['USER_ID must be at most 256 characters', 'the id of a user'],
  ['There are fewer than 25 users with at least 2 interactions', 'training needs 25 users'],
  ['The dataset has fewer than 1000 interactions after filtering', 'an import needs 1,000'],
  ['At least 1,000 records are required', 'an import needs 1,000'],
  ['All interactions have the same timestamp', 'the events must have times'],
  ['Column TIMESTAMP has a value that is not a long', 'TIMESTAMP is a whole number'],
  ['Null value in a column that is not nullable', 'an empty field'],
  ['Too many event types', 'event types and columns'],
  ['Internal error', 'fletching personalize preflight'],
  ['', 'fletching personalize preflight'],
]

describe('remedyOf', () => {
  it.each(cases)('knows what helps against "%s"', (reason, help) => {
    expect(remedyOf(reason)[0].slice(0, help.length)).toBe(help)
  })
})

describe('createFailed', () => {
  it('tells what failed and why', () => {
    expect(createFailed({ kind: 'dataset', name: 'shop-items', failureReason: undefined }).message).toBe(
      `CREATE_FAILED: Personalize gave no reason
  at dataset shop-items
  delete the dataset in Personalize, and run the command again`,
    )
  })
})
