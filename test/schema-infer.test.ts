import { spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { Report } from '@fletching/engine'
import { generateObjects } from '@fletching/gen'
import { parseSchemaFile } from '@fletching/plan'
import { commandEnv, commandFile, endOf, fletching, inFolder, openTestS3, spawnFletching } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

const EVENTS = '{"userId":"u1","n":1}\n{"userId":"u2","n":2.5,"p":{"at":"2019-05-18T14:03:22Z"}}\nsecret\n'
const SCHEMA = `{
  "name": "events",
  "fields": [
    { "name": "user_id", "key": "userId", "type": "text" },
    { "name": "n", "type": "float64" },
    { "name": "p", "type": "struct", "fields": [
      { "name": "at", "type": "timestamp" }
    ] }
  ]
}
`
const TOLD = `events: 2, in objects: 1
malformed, and left out: 1 UNEXPECTED, first at ./in/a.gz line 3, byte 80
`

function withEvents<T>(look: (cwd: string) => Promise<T>): Promise<T> {
  return inFolder(async (cwd) => {
    await mkdir(join(cwd, 'in'))
    await writeFile(join(cwd, 'in', 'a.gz'), gzipSync(EVENTS))
    return look(cwd)
  })
}

/** What the command does in a folder, whose name is left out of what it says. */
async function inPlace(args: readonly string[], cwd: string) {
  const { code, stdout, stderr } = await fletching(args, { cwd })
  return { code, stdout, stderr: stderr.replaceAll(cwd, '.') }
}

describe('docs/schemas.md', () => {
  it('has commands that print what it says', async () => {
    const text = await readFile(join(import.meta.dirname, '../docs/schemas.md'), 'utf8')
    const examples = [...text.matchAll(/```sh\n(.*?)```\n\n```text\n(.*?)```/gs)]
    expect(examples).toHaveLength(5)
    await inFolder(async (cwd) => {
      for (const [, commands, printed] of examples) {
        const script = commands.replaceAll('npx fletching', `"${process.execPath}" "${commandFile}"`)
        const { code, stdout } = await endOf(spawn('sh', ['-e', '-c', script], { cwd, env: commandEnv() }))
        expect([code, stdout.replaceAll(`${cwd}/`, '')], commands).toEqual([0, printed])
      }
    })
  })
})

describe('fletching schema infer', () => {
  it('stands beside fletching schema', async () => {
    const { stdout } = await fletching(['schema', 'infer', '--help'])
    expect(stdout.split('\n')[0]).toBe('Usage: fletching schema infer <location> [more..] [options]')
    const { stdout: other } = await fletching(['schema', '--help'])
    expect(other.split('\n')[0]).toBe('Usage: fletching schema <location> [options]')
    const { stdout: all } = await fletching(['--help'])
    expect(all).toContain('schema infer writes them down')
    await withEvents(async (cwd) => {
      await writeFile(join(cwd, 'infer'), '{"a":1}')
      expect((await fletching(['schema', './infer'], { cwd })).stdout).toBe(
        '{"column":"a","type":"integer","values":1}\n',
      )
    })
  })

  it('needs a location', async () => {
    expect(await fletching(['schema', 'infer'])).toEqual({
      code: 2,
      stdout: '',
      stderr: `USAGE: the location is missing
  fletching schema infer --help shows how it is used
`,
    })
  })

  it('prints the schema file alone', () =>
    withEvents(async (cwd) => {
      expect(await inPlace(['schema', 'infer', 'in'], cwd)).toEqual({ code: 0, stdout: SCHEMA, stderr: TOLD })
    }))

  it('reads several places and standard input', () =>
    withEvents(async (cwd) => {
      await writeFile(join(cwd, 'more.json'), '{"b":true}')
      const { stdout } = await spawnFletching(
        ['schema', 'infer', '-', 'more.json', 'in', '--name', 'all', '--max-files', '2'],
        {
          cwd,
          input: Buffer.from('{"a":{"id":7}}\n'),
        },
      )
      const { name, fields } = parseSchemaFile(stdout, 'stdout')
      expect([name, fields.map(({ name }) => name)]).toEqual(['all', ['a', 'b']])
    }))

  it.each([
    [['--max-depth', '2'], { FLETCHING_MAX_STRUCT_DEPTH: '1' }],
    [['--max-struct-depth', '1'], { FLETCHING_MAX_DEPTH: '2' }],
  ])('leaves out what is nested too deep, and takes structs for JSON text: %j, %j', async (options, env) => {
    const input = Buffer.from('{"a":{"b":1}}\n{"a":{"b":[1]},"c":2}\n')
    const { code, stdout, stderr } = await spawnFletching(['schema', 'infer', '-', ...options], { input, env })
    const { fields } = parseSchemaFile(stdout, 'stdout')
    expect([code, fields.map(({ name, type }) => `${name} ${type.kind}`)]).toEqual([0, ['a json']])
    expect(stderr).toContain('malformed, and left out: 1 TOO_DEEP, first at standard input line 2, byte 14\n')
  })

  it.each([
    [['--max-line-bytes', '13'], {}],
    [[], { FLETCHING_MAX_LINE_BYTES: '13' }],
  ])('leaves out lines that are too long: %j, %j', async (options, env) => {
    const input = Buffer.from('{"a":{"b":1}}\n{"a":{"b":12}}\n')
    const { code, stderr } = await spawnFletching(['schema', 'infer', '-', ...options], { input, env })
    expect([code, stderr]).toEqual([
      0,
      'events: 1, in objects: 1\nmalformed, and left out: 1 LINE_TOO_LONG, first at standard input line 2, byte 14\n',
    ])
  })

  it('writes schema and evidence, which has no content', () =>
    withEvents(async (cwd) => {
      const args = ['schema', 'infer', 'in', '--to', 'logs.schema.json', '--evidence', 'evidence.json']
      expect(await inPlace(args, cwd)).toEqual({ code: 0, stdout: '', stderr: TOLD })
      expect(await readFile(join(cwd, 'logs.schema.json'), 'utf8')).toBe(SCHEMA)
      const at = (line: number, byteOffset: number) => ({ object: join(cwd, 'in/a.gz'), line, byteOffset })
      const whole = { present: 2, null: 0, missing: 0 }
      const once = { present: 1, null: 0, missing: 1 }
      expect(JSON.parse(await readFile(join(cwd, 'evidence.json'), 'utf8'))).toEqual({
        objects: 1,
        rows: 2,
        malformed: { UNEXPECTED: { count: 1, first: at(3, 80) } },
        changes: [],
        frozen: [],
        fields: [
          {
            path: 'userId',
            column: 'user_id',
            ...whole,
            kinds: { text: { count: 2, first: at(1, 10) } },
            type: 'text',
            why: 'texts',
          },
          {
            path: 'n',
            column: 'n',
            ...whole,
            kinds: { int64: { count: 1, first: at(1, 19) }, float64: { count: 1, first: at(2, 41) } },
            type: 'float64',
            why: 'numbers that a double holds as they are written',
          },
          {
            path: 'p',
            column: 'p',
            ...once,
            kinds: { object: { count: 1, first: at(2, 49) } },
            type: 'struct',
            why: 'objects',
          },
          {
            path: 'p.at',
            column: 'p.at',
            ...once,
            missing: 0,
            kinds: { moment: { count: 1, first: at(2, 55) } },
            type: 'timestamp',
            why: 'moments with a zone, of milliseconds at most',
          },
        ],
      })
    }))

  it('adds what is new, and tells of it', () =>
    withEvents(async (cwd) => {
      await writeFile(join(cwd, 'logs.schema.json'), SCHEMA)
      await writeFile(join(cwd, 'b.json'), '{"n":9007199254740993,"p":{"Q":[1]},"z":null,"b":true}\n{"b":"x"}')
      const args = ['schema', 'infer', 'b.json', '--into', 'logs.schema.json', '--to', 'logs.schema.json']
      expect(await inPlace(args, cwd)).toEqual({
        code: 0,
        stdout: '',
        stderr: `events: 2, in objects: 1
z is left out: never a value
b is json: texts, truth values
  1 text, first at ./b.json line 2, byte 60
  1 bool, first at ./b.json line 1, byte 49
~ n float64 → text with numbers as text
+ p.q list of int64
+ b json
`,
      })
      expect(await readFile(join(cwd, 'logs.schema.json'), 'utf8')).toBe(`{
  "name": "events",
  "fields": [
    { "name": "user_id", "key": "userId", "type": "text" },
    { "name": "n", "type": "text", "numbers": "text" },
    { "name": "p", "type": "struct", "fields": [
      { "name": "at", "type": "timestamp" },
      { "name": "q", "key": "Q", "type": "list", "item": { "type": "int64" } }
    ] },
    { "name": "b", "type": "json" }
  ]
}
`)
      const again = await inPlace(args, cwd)
      expect(again.stderr.split('\n').at(-2)).toBe('the schema stays as it is')
    }))

  it('refuses a change that is frozen', () =>
    withEvents(async (cwd) => {
      await writeFile(
        join(cwd, 'logs.schema.json'),
        '{"name":"logs","fields":[{"name":"n","type":"int64","contract":"freeze"},{"name":"p","type":"struct","contract":"freeze","fields":[{"name":"b","type":"bool"}]}]}',
      )
      const args = ['schema', 'infer', 'in', '--into', 'logs.schema.json', '--evidence', 'evidence.json']
      expect(await inPlace(args, cwd)).toEqual({
        code: 3,
        stdout: '',
        stderr: `${TOLD}+ user_id text
SCHEMA_FROZEN: the contract freeze forbids 2 of the changes
  at n: int64 would be text with numbers as text, first at ./in/a.gz line 2, byte 41
  at p.at: new, timestamp, first at ./in/a.gz line 2, byte 55
  to let them in, give those fields of logs.schema.json the contract evolve; to go on without, discard-value or discard-row
`,
      })
      expect(JSON.parse(await readFile(join(cwd, 'evidence.json'), 'utf8'))).toMatchObject({
        frozen: [
          { column: 'n', was: 'int64' },
          { column: 'p.at', is: 'timestamp' },
        ],
      })
    }))

  it.each<[readonly string[], number, string]>([
    [['in', '--max-rows', '0'], 2, 'BAD_OPTION: --max-rows got "0"\n  expected a whole number from 1\n'],
    [
      ['in', '--into', 'in'],
      2,
      `NO_SCHEMA_FILE: there is no such schema file
  at ./in
  --into takes the place of one; it is made of the input by: fletching schema infer IN > logs.schema.json
`,
    ],
    [['in', '--exclude', 'a*'], 2, 'NO_INPUT'],
    [
      ['in', '--into', 'bad.json'],
      2,
      `BAD_SCHEMA_FILE: nothing where a name is wanted
  at name of bad.json
  expected such as { "name": "user_id", "key": "userId", "type": "text" }
`,
    ],
  ])('ends with what is wrong: %j', (args, code, told) =>
    withEvents(async (cwd) => {
      await writeFile(join(cwd, 'bad.json'), '{}')
      const { code: ended, stderr } = await inPlace(['schema', 'infer', ...args], cwd)
      expect([ended, told.includes('\n') ? stderr : stderr.split(':')[0]]).toEqual([code, told])
    }),
  )

  it('holds every event of a run by the schema that it printed, whichever scanner reads them', () =>
    inFolder(async (cwd) => {
      for (const { key, bytes } of generateObjects({ seed: 11, events: 3000, traps: 0.1 })) {
        await mkdir(join(cwd, 'logs', key, '..'), { recursive: true })
        await writeFile(join(cwd, 'logs', key), bytes)
      }
      const { stderr } = await inPlace(['schema', 'infer', 'logs', '--to', 'logs.schema.json'], cwd)
      const events = Number(/^events: ([\d\s]+), in/.exec(stderr)?.[1].replaceAll(/\s/g, ''))
      expect(events).toBeGreaterThan(2900)
      const params = ['--S3_JSON_INPUT_PATH', 'logs', '--SCHEMA', 'logs.schema.json', '--S3_PARQUET_OUTPUT_PATH']
      for (const scanner of ['wasm', 'ts']) {
        const options = [scanner, '--scanner', scanner, '--report', 'report.json']
        const { code } = await fletching(['run', 'segment-logs-to-parquet', ...params, ...options], { cwd })
        const { accounting } = JSON.parse(await readFile(join(cwd, 'report.json'), 'utf8')) as Report
        expect([code, accounting]).toMatchObject([0, { rows: events, setAside: {}, malformed: {}, filtered: {} }])
      }
    }))

  it('gives the same bytes for the same events, from a bucket as from a disk', async () => {
    const s3 = await openTestS3()
    const client = new S3Client({
      endpoint: s3.endpoint,
      forcePathStyle: true,
      region: 'us-east-1',
      credentials: { accessKeyId: s3.env.AWS_ACCESS_KEY_ID, secretAccessKey: s3.env.AWS_SECRET_ACCESS_KEY },
    })
    try {
      await client.send(new CreateBucketCommand({ Bucket: 'logs' }))
      await inFolder(async (cwd) => {
        for (const { key, bytes } of generateObjects({ seed: 5, events: 2000, traps: 0 })) {
          await mkdir(join(cwd, 'logs', key, '..'), { recursive: true })
          await writeFile(join(cwd, 'logs', key), bytes)
          await client.send(new PutObjectCommand({ Bucket: 'logs', Key: key, Body: bytes }))
        }
        const local = await fletching(['schema', 'infer', 'logs'], { cwd })
        const remote = await fletching(['schema', 'infer', 's3://logs/', '--to', 's3://logs/_schemas/logs.json'], {
          env: s3.env,
        })
        expect([local.code, remote.code, remote.stdout]).toEqual([0, 0, ''])
        const { stdout } = await fletching(['schema', 'infer', 's3://logs', '--into', 's3://logs/_schemas/logs.json'], {
          env: s3.env,
        })
        expect(stdout).toBe(local.stdout)
        const types = Object.fromEntries(
          parseSchemaFile(stdout, 'stdout').fields.map(({ name, type }) => [name, type.kind]),
        )
        expect(types).toMatchObject({
          user_id: 'text',
          message_id: 'text',
          context: 'struct',
          properties: 'struct',
          received_at: 'timestamp',
        })
      })
    } finally {
      client.destroy()
      await s3.close()
    }
  })
})
