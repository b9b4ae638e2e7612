import type { Tool } from '../tools.ts'

export const personalizePolicy: Tool = {
  words: ['personalize', 'policy'],
  describe: 'print the policies with which Personalize may read the CSVs of a bucket, or say what a policy lacks',
  positionals: [],
  takesParameters: false,
  options: {
    bucket: { describe: 'the bucket that holds the CSVs', value: 'NAME' },
    account: { describe: 'the account in which Personalize runs', value: 'NUMBER' },
    kms: { describe: 'the key that encrypts the bucket', value: 'ARN' },
    check: {
      describe: 'a policy of the bucket, the role or the key, as the AWS command line prints it, to hold against them',
      value: 'FILE',
    },
  },
  examples: [
    [
      'personalize policy --bucket my-exports --account 123456789012',
      'the policies of the bucket and the role, as JSON',
    ],
    [
      'personalize policy --bucket my-exports --account 123456789012 --check bucket-policy.json',
      'what the policy of the bucket lacks',
    ],
  ],
  load: () => import('../commands/personalize/policy.ts'),
}
