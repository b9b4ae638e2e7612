import { describe, expect, it } from 'vitest'
import { checkPolicy, importPolicies, type PolicyFor } from '../../src/policy.ts'

const KEY = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'
const wanted: PolicyFor = { bucket: 'exports', account: '123456789012', kms: KEY }

const allow = (more: object = {}) => ({
  Effect: 'Allow',
  Principal: { Service: 'personalize.amazonaws.com' },
  Action: ['s3:GetObject', 's3:ListBucket'],
  Resource: ['arn:aws:s3:::exports', 'arn:aws:s3:::exports/*'],
  Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
  ...more,
})
const OPEN = { Condition: undefined }
const READS = 'POLICY_LACKS s3:GetObject on arn:aws:s3:::exports/* is not allowed'
const LISTS = 'POLICY_LACKS s3:ListBucket on arn:aws:s3:::exports is not allowed'
const ANYONE = 'POLICY_OPEN_TO_OTHERS Personalize is allowed to come for any account'

/** Statements, and what is found in them. */
const cases: Readonly<Record<string, readonly [readonly object[], string, readonly string[]]>> = {
  'all that it needs': [[allow()], 'bucket', []],
  'more than it needs': [[allow({ Action: 's3:*', Resource: 'arn:aws:s3:::exports*' })], 'bucket', []],
  'names of actions in other letters': [[allow({ Action: ['S3:getobject', 's3:List*'] })], 'bucket', []],
  'the reading alone': [[allow({ Action: 's3:GetObject' })], 'bucket', [LISTS]],
  'objects alone': [[allow({ Resource: 'arn:aws:s3:::exports/*' })], 'bucket', [LISTS]],
  'a folder alone': [
    [allow({ Resource: ['arn:aws:s3:::exports', 'arn:aws:s3:::exports/personalize/*'] })],
    'bucket',
    [READS],
  ],
  'another bucket': [[allow({ Resource: 'arn:aws:s3:::exports-old/*' })], 'bucket', [READS, LISTS]],
  'another service': [[allow({ Principal: { Service: ['glue.amazonaws.com'] } })], 'bucket', [READS, LISTS]],
  everybody: [[allow({ Principal: '*' })], 'bucket', []],
  'any account': [[allow(OPEN)], 'bucket', [ANYONE]],
  'an account by the ARN of what asks': [
    [allow({ Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:personalize:*:123456789012:*' } } })],
    'bucket',
    [],
  ],
  'another account': [
    [allow({ Condition: { StringEquals: { 'aws:SourceAccount': ['210987654321'] } } })],
    'bucket',
    [
      'POLICY_OTHER_ACCOUNT s3:GetObject on arn:aws:s3:::exports/* is allowed to another account alone',
      'POLICY_OTHER_ACCOUNT s3:ListBucket on arn:aws:s3:::exports is allowed to another account alone',
    ],
  ],
  'all but some actions, which is not looked into': [
    [allow({ Action: undefined, NotAction: 's3:PutObject' })],
    'bucket',
    [READS, LISTS],
  ],
  'a bucket for a VPC alone': [
    [
      allow(),
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: ['arn:aws:s3:::exports', 'arn:aws:s3:::exports/*'],
        Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } },
      },
    ],
    'bucket',
    [
      'POLICY_DENIES s3:GetObject on arn:aws:s3:::exports/* is denied',
      'POLICY_DENIES s3:ListBucket on arn:aws:s3:::exports is denied',
    ],
  ],
  'a denial of what is not encrypted': [
    [
      allow(),
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: ['arn:aws:s3:::exports/*'],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
    'bucket',
    [],
  ],
  'a denial of writing': [
    [allow(), { Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: 'arn:aws:s3:::exports/*' }],
    'bucket',
    [],
  ],
  'a role that another service takes': [
    [{ Effect: 'Allow', Principal: { Service: 'glue.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    'trust',
    ['POLICY_LACKS sts:AssumeRole is not allowed'],
  ],
  'a role without the key': [
    [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
    'role',
    ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey', 'kms:ListGrants'].map(
      (action) => `POLICY_LACKS ${action} on ${KEY} is not allowed`,
    ),
  ],
  'a key for its account alone': [
    [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::123456789012:root' }, Action: 'kms:*', Resource: '*' }],
    'key',
    ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey', 'kms:ListGrants', 'kms:CreateGrant'].map(
      (action) => `POLICY_LACKS ${action} is not allowed`,
    ),
  ],
  'nothing at all': [
    [],
    'role',
    [
      READS,
      LISTS,
      ...['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey', 'kms:ListGrants'].map(
        (action) => `POLICY_LACKS ${action} on ${KEY} is not allowed`,
      ),
    ],
  ],
}

describe('checkPolicy', () => {
  it.each(Object.entries(cases))('%s', (_name, [Statement, kind, found]) => {
    const checked = checkPolicy(JSON.stringify({ Version: '2012-10-17', Statement }), 'policy.json', wanted)
    expect([checked.kind, checked.findings.map(({ code, what }) => `${code} ${what}`)]).toEqual([kind, found])
  })

  it.each(Object.entries(importPolicies(wanted)))('finds nothing in the %s that is printed', (_name, policy) => {
    expect(checkPolicy(JSON.stringify(policy), 'policy.json', wanted).findings).toEqual([])
  })

  it('says where and what helps', () => {
    const text = JSON.stringify({
      Statement: [allow({ Action: 's3:PutObject' }), allow({ Action: 's3:Get*', ...OPEN })],
    })
    expect(checkPolicy(text, 'policy.json', wanted).findings).toEqual([
      {
        code: 'POLICY_LACKS',
        severity: 'failure',
        what: 's3:ListBucket on arn:aws:s3:::exports is not allowed',
        count: 1,
        places: [],
        help: 'without --check this command prints the policy of a bucket that allows it',
      },
      {
        code: 'POLICY_OPEN_TO_OTHERS',
        severity: 'warning',
        what: 'Personalize is allowed to come for any account',
        count: 1,
        places: [{ object: 'policy.json, statement 2' }],
        help: 'bind it to yours by the condition StringEquals aws:SourceAccount',
      },
    ])
  })

  it.each([
    ['get-bucket-policy', { Policy: JSON.stringify({ Statement: allow() }) }, 'bucket'],
    ['get-role', { Role: { AssumeRolePolicyDocument: importPolicies(wanted).trustPolicy } }, 'trust'],
    ['get-role-policy', { PolicyDocument: importPolicies(wanted).rolePolicy }, 'role'],
  ])('reads what %s prints', (_name, printed, kind) => {
    expect(checkPolicy(JSON.stringify(printed), 'policy.json', wanted)).toEqual({ kind, findings: [] })
  })

  it.each([
    ['', 'it is not JSON'],
    ['[]', 'it has no statements'],
    ['{"Statement":["x"]}', 'it has no statements'],
    ['{"Statement":[{"Action":"s3:*"}]}', 'statement 1 neither allows nor denies'],
    ['{"Policy":"x"}', 'it is not JSON'],
  ])('refuses %s', (text, why) => {
    expect(() => checkPolicy(text, 'policy.json', wanted)).toThrow(`NOT_A_POLICY: the file is not a policy: ${why}
  expected the policy of a bucket, a role or a key, as aws s3api get-bucket-policy or aws iam get-role print it`)
  })
})

describe('importPolicies', () => {
  it('binds everything to the account', () => {
    expect(importPolicies({ bucket: 'exports', account: '123456789012' })).toEqual({
      bucketPolicy: {
        Version: '2012-10-17',
        Statement: [{ Sid: 'PersonalizeReads', ...allow() }],
      },
      trustPolicy: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'personalize.amazonaws.com' },
            Action: 'sts:AssumeRole',
            Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
          },
        ],
      },
      rolePolicy: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'ReadTheBucket',
            Effect: 'Allow',
            Action: ['s3:GetObject', 's3:ListBucket'],
            Resource: ['arn:aws:s3:::exports', 'arn:aws:s3:::exports/*'],
          },
        ],
      },
    })
  })

  it.each([
    [
      { bucket: 's3://exports' },
      'BAD_BUCKET: "s3://exports" cannot be the name of a bucket\n  expected the name alone, without s3:// and without a folder',
    ],
    [
      { account: '1234' },
      'BAD_ACCOUNT: "1234" is not the number of an account\n  expected twelve digits, as aws sts get-caller-identity prints them',
    ],
    [
      { kms: 'alias/exports' },
      'BAD_KEY_ARN: "alias/exports" is not the ARN of a key\n  expected such as arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    ],
  ])('refuses %j', (more, message) => {
    expect(() => importPolicies({ ...wanted, ...more })).toThrow(message)
  })
})
