import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inFolder } from '@fletching/testing'
import { expect, it } from 'vitest'
import { execute } from '../src/commands/personalize/policy.ts'
import type { ToolCall } from '../src/tools.ts'

it('tells a person what a policy lacks', () =>
  inFolder(async (folder) => {
    const statement = {
      Effect: 'Allow',
      Principal: { Service: 'personalize.amazonaws.com' },
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::exports/*',
    }
    await writeFile(join(folder, 'bucket.json'), JSON.stringify({ Statement: statement }))
    const written: string[] = []
    const out = { isTTY: true, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream
    const values = { bucket: 'exports', account: '123456789012', check: join(folder, 'bucket.json') }
    await expect(execute({ values, out } as unknown as ToolCall)).rejects.toThrow('POLICY_INCOMPLETE: ')
    expect(
      written.join('').replaceAll(folder, '.'),
    ).toBe(`failure POLICY_LACKS: s3:ListBucket on arn:aws:s3:::exports is not allowed
  without --check this command prints the policy of a bucket that allows it
warning POLICY_OPEN_TO_OTHERS: Personalize is allowed to come for any account
  at ./bucket.json, statement 1
  bind it to yours by the condition StringEquals aws:SourceAccount
policy of the bucket: failed
`)
  }))
