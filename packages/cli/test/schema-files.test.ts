import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { fletching, inFolder, openTestS3 } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

const USERS = '{ "name": "users", "fields": [{ "name": "user_id", "key": "userId", "type": "text" }] }'
const PLACES = ['--S3_JSON_INPUT_PATH', 'in', '--S3_PARQUET_OUTPUT_PATH', 'table']

/** What the command says of the wide job with that schema, in a folder with that file; Node's own warnings left out. */
function explained(content: string | Uint8Array, schema: string) {
  return inFolder(async (folder) => {
    await writeFile(join(folder, 'users.json'), content)
    const args = ['explain', 'segment-logs-to-parquet', ...PLACES, '--SCHEMA', schema]
    const { code, stdout, stderr } = await fletching(args, { cwd: folder })
    return { code, stdout, said: stderr.replaceAll(/^\(.*\n/gm, '').replaceAll(folder, 'FOLDER') }
  })
}

describe('a schema file', () => {
  it('is read before the plan is built', async () => {
    const { code, stdout, said } = await explained(USERS, 'users.json')
    expect({ code, said }).toEqual({ code: 0, said: '' })
    expect(stdout).toContain(
      '\n  scan ndjson in as users\n    columns\n      user_id: text, from userId, else set aside\n',
    )
  })

  const MADE =
    '--SCHEMA takes the place of one; it is made of the input by: fletching schema infer IN > logs.schema.json'
  it.each<[what: string, content: string | Uint8Array, schema: string, message: string]>([
    [
      'is not there',
      USERS,
      'user.json',
      `NO_SCHEMA_FILE: there is no such schema file\n  at FOLDER/user.json\n  ${MADE}\n`,
    ],
    [
      'comes from standard input',
      USERS,
      '-',
      `NO_SCHEMA_FILE: standard input holds no schema file\n  at -\n  ${MADE}\n`,
    ],
    [
      'is no text',
      Uint8Array.of(0x7b, 0xff, 0x7d),
      'users.json',
      `NO_SCHEMA_FILE: the file is no UTF-8 text\n  at FOLDER/users.json\n  ${MADE}\n`,
    ],
    [
      'is far too long',
      ' '.repeat(16 * 1024 * 1024 + 1),
      'users.json',
      `NO_SCHEMA_FILE: a file of 16777217 bytes is too long for a schema file\n  at FOLDER/users.json\n  ${MADE}\n`,
    ],
    [
      'has a field of no type',
      USERS.replace('"text"', '"string"'),
      'users.json',
      `BAD_SCHEMA_FILE: nothing is called "string" here
  at fields[0].type of users.json
  expected text, int64, float64, bool, timestamp, json, struct, list
`,
    ],
  ])('that %s is the error of who runs the job', async (_, content, schema, message) => {
    expect(await explained(content, schema)).toEqual({ code: 2, stdout: '', said: message })
  })

  it('may lie in a bucket, and is named in the environment', async () => {
    const s3 = await openTestS3()
    try {
      const client = new S3Client({
        endpoint: s3.endpoint,
        forcePathStyle: true,
        requestChecksumCalculation: 'WHEN_REQUIRED',
        region: 'us-east-1',
        credentials: { accessKeyId: s3.env.AWS_ACCESS_KEY_ID, secretAccessKey: s3.env.AWS_SECRET_ACCESS_KEY },
      })
      const Bucket = `fletching-schema-${process.pid}`
      await client.send(new CreateBucketCommand({ Bucket }))
      await client.send(new PutObjectCommand({ Bucket, Key: 'users.json', Body: USERS }))
      client.destroy()
      const env = { ...s3.env, SCHEMA: `s3://${Bucket}/users.json` }
      const found = await fletching(['explain', 'segment-logs-to-parquet', ...PLACES], { env })
      expect(found).toMatchObject({ code: 0, stdout: expect.stringContaining('user_id: text, from userId') })
      const missing = await fletching(['explain', 'segment-logs-to-parquet', ...PLACES], {
        env: { ...env, SCHEMA: `s3://${Bucket}/user.json` },
      })
      expect(missing).toMatchObject({
        code: 2,
        stderr: `NO_SCHEMA_FILE: there is no such schema file\n  at s3://${Bucket}/user.json\n  ${MADE}\n`,
      })
    } finally {
      await s3.close()
    }
  })

  it('is named by list as what it is', async () => {
    const { stdout } = await fletching(['list'])
    expect(stdout).toContain(`segment-logs-to-parquet
  --S3_JSON_INPUT_PATH  Segment NDJSON logs, usually gzip: a folder, an object or a glob
  --S3_PARQUET_OUTPUT_PATH  the Parquet table for Athena: a folder
  --SCHEMA  the columns of the events, as fletching schema infer finds them: a schema file, local or s3://
  --DEDUPE  drop events that repeat an earlier one: the column that tells, as message_id (optional)
`)
  })
})
