import { authorError } from '@fletching/columns/errors'
import { type CreateOptions, type Encryption, parseLocation } from '@fletching/storage'
import type { RunOptions } from './options.ts'
import type { PhysicalPlan } from './physical.ts'

/** What outputs are kept as in S3, other than what the state folder holds. */
export type KeptAs = Pick<CreateOptions, 'storageClass' | 'tags'>

/** The options that say how objects are written to S3. */
export type S3ObjectOptions = Pick<RunOptions, 'sse' | 'sseKmsKeyId' | 'storageClass' | 'tags'>

/**
 * How S3 encrypts what a run writes there, its state too; as the bucket says where the options do not.
 *
 * - Errors: BAD_OPTION (author) for a key that is not to encrypt.
 */
export function encryptionOf({ sse, sseKmsKeyId }: S3ObjectOptions): Encryption | undefined {
  if (sseKmsKeyId !== undefined && (sse === undefined || sse === 'AES256')) {
    throw authorError('BAD_OPTION', '--sse-kms-key-id names a key that is not to encrypt', {
      at: sse === undefined ? [] : `--sse ${sse}`,
      help: 'give --sse aws:kms or --sse aws:kms:dsse with it, or leave it out',
    })
  }
  if (sse === undefined) return undefined
  return sseKmsKeyId === undefined ? { kind: sse } : { kind: sse, kmsKeyId: sseKmsKeyId }
}

/**
 * What the outputs of a run are kept as in S3.
 *
 * - Errors: BAD_OPTION (author) for tags that S3 does not take, and for an output elsewhere, to which an option about S3 cannot apply.
 */
export function keptAs({ sinks }: Pick<PhysicalPlan, 'sinks'>, options: S3ObjectOptions): KeptAs {
  const { storageClass, tags } = options
  const given = FLAGS.find(([name]) => options[name] !== undefined)
  const elsewhere = sinks.find(({ to }) => parseLocation(to).scheme !== 's3')
  if (given !== undefined && elsewhere !== undefined) {
    throw authorError('BAD_OPTION', `${given[1]} is for outputs in S3`, {
      at: elsewhere.to,
      help: 'leave it out, or write every output to s3://bucket/…',
    })
  }
  if (tags !== undefined) assertTags(tags)
  return { ...(storageClass === undefined ? {} : { storageClass }), ...(tags === undefined ? {} : { tags }) }
}

const FLAGS = [
  ['sse', '--sse'],
  ['sseKmsKeyId', '--sse-kms-key-id'],
  ['storageClass', '--storage-class'],
  ['tags', '--tags'],
] as const satisfies readonly (readonly [keyof S3ObjectOptions, string])[]

/**
 * - Units: characters are units of UTF-16, as S3 counts them.
 * - Source: Amazon S3 User Guide, "Categorizing your storage using tags".
 */
function assertTags(tags: Readonly<Record<string, string>>): void {
  const pairs = Object.entries(tags)
  if (pairs.length > TAGS_MAX) throw badTags(`${pairs.length} tags are more than an object can have`)
  for (const [key, value] of pairs) {
    if (key === '') throw badTags('a tag has no key')
    if (/^aws:/i.test(key)) throw badTags(`the key "${key}" is one of Amazon's own`)
    for (const [what, text, most] of [
      ['key', key, KEY_CHARACTERS_MAX],
      ['value', value, VALUE_CHARACTERS_MAX],
    ] as const) {
      if (text.length > most) {
        throw badTags(`the ${what} of the tag "${key.slice(0, 40)}" has ${text.length} characters`)
      }
      const [odd] = /[^\p{L}\p{N}\p{Z}+\-=._:/@]/u.exec(text) ?? []
      if (odd !== undefined) throw badTags(`the ${what} of the tag "${key}" holds ${JSON.stringify(odd)}`)
    }
  }
}

function badTags(why: string) {
  return authorError('BAD_OPTION', `S3 would not take the tags: ${why}`, {
    help: `expected at most ${TAGS_MAX}, with keys of 1 to ${KEY_CHARACTERS_MAX} characters and values of up to ${VALUE_CHARACTERS_MAX}: letters, digits, blanks, and + - = . _ : / @`,
  })
}

const TAGS_MAX = 10
const KEY_CHARACTERS_MAX = 128
const VALUE_CHARACTERS_MAX = 256
