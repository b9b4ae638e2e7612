import { describe, expect, it } from 'vitest'
import { encryptionOf, keptAs, type S3ObjectOptions } from '../src/s3-objects.ts'
import { planFor } from './plans.ts'

const inS3 = { input: 'in', csv: 's3://b/csv', table: 's3://b/table' }

/** What comes of options in a run on these places, or what is said against them. */
function outcome(options: S3ObjectOptions, ends = inS3): unknown {
  try {
    return { ...keptAs(planFor(ends), options), encryption: encryptionOf(options) }
  } catch (error) {
    const { kind, message } = error as Error & { readonly kind: string }
    return `${kind} ${message}`
  }
}

const tagged = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']))

describe('options of objects in S3', () => {
  it.each<[S3ObjectOptions, object]>([
    [{}, { encryption: undefined }],
    [{ sse: 'AES256' }, { encryption: { kind: 'AES256' } }],
    [{ sse: 'aws:kms' }, { encryption: { kind: 'aws:kms' } }],
    [{ sse: 'aws:kms', sseKmsKeyId: 'alias/k' }, { encryption: { kind: 'aws:kms', kmsKeyId: 'alias/k' } }],
    [{ sse: 'aws:kms:dsse', sseKmsKeyId: 'k' }, { encryption: { kind: 'aws:kms:dsse', kmsKeyId: 'k' } }],
    [{ storageClass: 'GLACIER_IR' }, { encryption: undefined, storageClass: 'GLACIER_IR' }],
    [{ tags: {} }, { encryption: undefined, tags: {} }],
    [{ tags: tagged(10) }, { encryption: undefined, tags: tagged(10) }],
    [
      { tags: { ['k'.repeat(128)]: '北'.repeat(256), 'ä 1+-=._:/@': '' } },
      { encryption: undefined, tags: { ['k'.repeat(128)]: '北'.repeat(256), 'ä 1+-=._:/@': '' } },
    ],
  ])('%j are taken', (options, expected) => {
    expect(outcome(options)).toEqual(expected)
  })

  const refusesTags = (why: string) => `author BAD_OPTION: S3 would not take the tags: ${why}
  expected at most 10, with keys of 1 to 128 characters and values of up to 256: letters, digits, blanks, and + - = . _ : / @`

  it.each<[S3ObjectOptions, string]>([
    [
      { sseKmsKeyId: 'k' },
      `author BAD_OPTION: --sse-kms-key-id names a key that is not to encrypt
  give --sse aws:kms or --sse aws:kms:dsse with it, or leave it out`,
    ],
    [
      { sse: 'AES256', sseKmsKeyId: 'k' },
      `author BAD_OPTION: --sse-kms-key-id names a key that is not to encrypt
  at --sse AES256
  give --sse aws:kms or --sse aws:kms:dsse with it, or leave it out`,
    ],
    [{ tags: tagged(11) }, refusesTags('11 tags are more than an object can have')],
    [{ tags: { '': 'v' } }, refusesTags('a tag has no key')],
    [{ tags: { 'aws:x': 'v' } }, refusesTags('the key "aws:x" is one of Amazon\'s own')],
    [{ tags: { ['k'.repeat(129)]: 'v' } }, refusesTags(`the key of the tag "${'k'.repeat(40)}" has 129 characters`)],
    [{ tags: { k: 'v'.repeat(257) } }, refusesTags('the value of the tag "k" has 257 characters')],
    [{ tags: { 'k,': 'v' } }, refusesTags('the key of the tag "k," holds ","')],
    [{ tags: { k: 'a\nb' } }, refusesTags('the value of the tag "k" holds "\\n"')],
    [{ tags: { k: 'a&b' } }, refusesTags('the value of the tag "k" holds "&"')],
  ])('%j are refused', (options, says) => {
    expect(outcome(options)).toBe(says)
  })

  it.each<[string, S3ObjectOptions, typeof inS3, string]>([
    ['--sse', { sse: 'AES256' }, { ...inS3, csv: '/d/csv' }, '/d/csv'],
    ['--sse', { sse: 'aws:kms', sseKmsKeyId: 'k', tags: { k: 'v' } }, { ...inS3, table: 'file:///d/t' }, 'file:///d/t'],
    ['--sse-kms-key-id', { sseKmsKeyId: 'k' }, { ...inS3, csv: 'csv' }, 'csv'],
    ['--storage-class', { storageClass: 'STANDARD_IA' }, { ...inS3, csv: 'csv', table: 't' }, 'csv'],
    ['--tags', { tags: { k: 'v' } }, { ...inS3, table: 't' }, 't'],
  ])('%s is refused where an output lies elsewhere', (flag, options, ends, at) => {
    expect(outcome(options, ends)).toBe(`author BAD_OPTION: ${flag} is for outputs in S3
  at ${at}
  leave it out, or write every output to s3://bucket/…`)
    expect(outcome({}, ends)).toEqual({ encryption: undefined })
  })
})
