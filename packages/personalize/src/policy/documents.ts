import { authorError } from '@fletching/columns/errors'

/** What the policies are for. */
export interface PolicyFor {
  readonly bucket: string
  /** Of the account in which Personalize runs: twelve digits. */
  readonly account: string
  /** The ARN of the key that encrypts the bucket. */
  readonly kms?: string | undefined
}

export interface PolicyDocument {
  readonly Version: '2012-10-17'
  readonly Statement: readonly PolicyStatement[]
}

export interface PolicyStatement {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal?: Readonly<Record<string, string | readonly string[]>>
  readonly Action: string | readonly string[]
  readonly Resource?: string | readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

/** Everything that must stand somewhere before Personalize can read a bucket. */
export interface ImportPolicies {
  /** Of the bucket; a bucket has one policy, so that the statement is added to what is there. */
  readonly bucketPolicy: PolicyDocument
  /** Of the role: who may take it. */
  readonly trustPolicy: PolicyDocument
  /** Of the role: what it may do. */
  readonly rolePolicy: PolicyDocument
  /** Of the key, to add to what is there. */
  readonly keyPolicy?: PolicyDocument
}

/**
 * The policies with which Personalize may read the CSVs of a bucket, and no other account's Personalize may.
 *
 * - Errors: BAD_BUCKET, BAD_ACCOUNT, BAD_KEY_ARN (author).
 * - Source: Amazon Personalize Developer Guide, "Giving Amazon Personalize access to Amazon S3 resources", "Giving Amazon Personalize
 *   permission to use your AWS KMS key" and "Cross-service confused deputy prevention".
 */
export function importPolicies(wanted: PolicyFor): ImportPolicies {
  assertPolicyFor(wanted)
  const { bucket, account, kms } = wanted
  const Resource = bucketArns(bucket)
  const fromAccount = { Condition: { StringEquals: { 'aws:SourceAccount': account } } }
  const key =
    kms === undefined ? [] : [{ Sid: 'UseTheKey', Effect: 'Allow' as const, Action: ROLE_KEY_ACTIONS, Resource: kms }]
  return {
    bucketPolicy: policyOf({
      Sid: 'PersonalizeReads',
      Effect: 'Allow',
      Principal: { Service: SERVICE },
      Action: READ_ACTIONS,
      Resource,
      ...fromAccount,
    }),
    trustPolicy: policyOf({ Effect: 'Allow', Principal: { Service: SERVICE }, Action: ROLE_ACTION, ...fromAccount }),
    rolePolicy: policyOf({ Sid: 'ReadTheBucket', Effect: 'Allow', Action: READ_ACTIONS, Resource }, ...key),
    ...(kms === undefined
      ? {}
      : {
          keyPolicy: policyOf({
            Sid: 'PersonalizeUsesTheKey',
            Effect: 'Allow',
            Principal: { Service: SERVICE },
            Action: KEY_ACTIONS,
            Resource: '*',
            ...fromAccount,
          }),
        }),
  }
}

export const SERVICE = 'personalize.amazonaws.com'
export const READ_ACTIONS: readonly string[] = ['s3:GetObject', 's3:ListBucket']
export const ROLE_ACTION = 'sts:AssumeRole'
/** Of a key, as Personalize's guide asks for them; the role does not make grants. */
export const KEY_ACTIONS: readonly string[] = [
  'kms:Decrypt',
  'kms:GenerateDataKey',
  'kms:DescribeKey',
  'kms:ListGrants',
  'kms:CreateGrant',
]
export const ROLE_KEY_ACTIONS: readonly string[] = KEY_ACTIONS.filter((action) => action !== 'kms:CreateGrant')

/** The bucket itself, for its listing, and everything in it. */
export function bucketArns(bucket: string): readonly [string, string] {
  return [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`]
}

function policyOf(...statements: readonly PolicyStatement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements }
}

function assertPolicyFor({ bucket, account, kms }: PolicyFor): void {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw authorError('BAD_BUCKET', `"${bucket}" cannot be the name of a bucket`, {
      help: 'expected the name alone, without s3:// and without a folder',
    })
  }
  if (!/^\d{12}$/.test(account)) {
    throw authorError('BAD_ACCOUNT', `"${account}" is not the number of an account`, {
      help: 'expected twelve digits, as aws sts get-caller-identity prints them',
    })
  }
  if (kms !== undefined && !/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/.+$/.test(kms)) {
    throw authorError('BAD_KEY_ARN', `"${kms}" is not the ARN of a key`, {
      help: 'expected such as arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    })
  }
}
