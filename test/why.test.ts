import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fletching, inFolder, openFaultyS3, spawnFletching, startFletching } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { execute } from '../packages/cli/src/commands/why.ts'
import type { ToolCall } from '../packages/cli/src/tools.ts'
import { bytesOf, event, linesOf } from './faults/run.ts'

const PARAMS = ['--S3_JSON_INPUT_PATH', 'in', '--S3_CSV_OUTPUT_PATH', 'csv']
const STEPS = [
  "event in ('Product Added', 'Order Completed', 'Product Clicked')",
  'userId is not null',
  '(properties.sku is not null) or (properties.products is null)',
  'event is not null',
  'properties.sku is not null',
]
const LAST = 'every value fits its column'

const id = (more = '') => event('u1', `,"messageId":"m1"${more}`)
const CUT = '{"messageId":"m1","userId":"u'
/** A row, an event that is not wanted, one that is set aside, one that is malformed, and a duplicate. */
const A = linesOf([event('u0'), id(), id(',"event":"secret\\u001b[2J"'), id(',"timestamp":"soon"'), CUT])
const B = linesOf([id(',"userId":"u2"')])

/** What a test does in a folder with those events; it leaves nothing else there. */
function withEvents(test: (cwd: string) => Promise<void>): Promise<void> {
  return inFolder(async (cwd) => {
    await mkdir(join(cwd, 'in'))
    await writeFile(join(cwd, 'in/a'), A)
    await writeFile(join(cwd, 'in/b'), B)
    await test(cwd)
    expect((await readdir(cwd)).sort()).toEqual(['in'])
  })
}

const passed = (steps: readonly string[]) => steps.map((step) => ({ step, passed: true }))
const csvRow = (cwd: string, user: string) => ({
  format: 'csv',
  output: `${cwd}/csv/part-00000.csv`,
  values: { USER_ID: user, ITEM_ID: 'red-shoe', EVENT_TYPE: 'Product Clicked', TIMESTAMP: '1558210385' },
})

describe('fletching why', () => {
  it('tells a program every way of an event, a line of JSON each', () =>
    withEvents(async (cwd) => {
      const offsets = linesOf(['']).length + event('u0').length
      const at = (line: number) => {
        const before = A.split('\n').slice(0, line - 1)
        return {
          object: `${cwd}/in/a`,
          line,
          byteOffset: linesOf(before).length,
          lineBytes: A.split('\n')[line - 1].length,
        }
      }
      expect(at(2).byteOffset).toBe(offsets)
      const { code, stdout, stderr } = await fletching(['why', 'm1', ...PARAMS, '--DEDUPE=messageId'], {
        cwd,
        showsEvents: true,
      })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const first = 'first with its messageId'
      const traces = stdout.trim().split('\n')
      expect(traces.map((line) => JSON.parse(line) as unknown)).toEqual([
        { ...at(2), end: { kind: 'row' }, steps: passed([...STEPS, first, LAST]), rows: [csvRow(cwd, 'u1')] },
        {
          ...at(3),
          end: { kind: 'filtered', reason: 'event not wanted' },
          steps: [{ step: STEPS[0], passed: false }],
          rows: [],
        },
        {
          ...at(4),
          end: { kind: 'setAside', column: 'timestamp', code: 'NOT_A_TIMESTAMP' },
          steps: [...passed([...STEPS, first]), { step: LAST, passed: false }],
          rows: [],
        },
        {
          ...at(5),
          end: {
            kind: 'malformed',
            code: 'OPEN_STRING',
            message: 'string not closed before end of line',
            errorOffset: 29,
          },
          steps: [],
          rows: [],
        },
        {
          object: `${cwd}/in/b`,
          line: 1,
          byteOffset: 0,
          lineBytes: B.length - 1,
          end: { kind: 'duplicate', of: { object: `${cwd}/in/a`, line: 2, byteOffset: offsets } },
          steps: [...passed(STEPS), { step: first, passed: false }],
          rows: [],
        },
      ])
    }))

  it('tells a person the same as text', () =>
    withEvents(async (cwd) => {
      expect(
        await toldOf('m1', {
          S3_JSON_INPUT_PATH: join(cwd, 'in'),
          S3_CSV_OUTPUT_PATH: join(cwd, 'csv'),
          S3_PARQUET_OUTPUT_PATH: join(cwd, 'table'),
          DEDUPE: 'messageId',
        }).then((text) => text.replaceAll(`${cwd}/`, '')),
      ).toBe(`in/a line 2, byte ${event('u0').length + 1} of the uncompressed object
  a row
    passed  event in ('Product Added', 'Order Completed', 'Product Clicked')
    passed  userId is not null
    passed  (properties.sku is not null) or (properties.products is null)
    passed  event is not null
    passed  properties.sku is not null
    passed  first with its messageId
    passed  every value fits its column
  csv csv/part-00000.csv
    USER_ID     u1
    ITEM_ID     red-shoe
    EVENT_TYPE  Product Clicked
    TIMESTAMP   1558210385
  parquet table/dt=2019-05-18/
    user_id      u1
    item_id      red-shoe
    event_type   Product Clicked
    timestamp_s  1558210385
    event_time   2019-05-18T20:13:05.123Z
    dt           2019-05-18
in/a line 3, byte 243 of the uncompressed object
  filtered: event not wanted
    ended   event in ('Product Added', 'Order Completed', 'Product Clicked')
in/a line 4, byte 399 of the uncompressed object
  set aside: timestamp: NOT_A_TIMESTAMP
    passed  event in ('Product Added', 'Order Completed', 'Product Clicked')
    passed  userId is not null
    passed  (properties.sku is not null) or (properties.products is null)
    passed  event is not null
    passed  properties.sku is not null
    passed  first with its messageId
    ended   every value fits its column
in/a line 5, byte 548 of the uncompressed object
  malformed: OPEN_STRING: string not closed before end of line, at byte 29 of the line
in/b line 1, byte 0 of the uncompressed object
  a duplicate of the event at in/a line 2, byte ${event('u0').length + 1} of the uncompressed object
    passed  event in ('Product Added', 'Order Completed', 'Product Clicked')
    passed  userId is not null
    passed  (properties.sku is not null) or (properties.products is null)
    passed  event is not null
    passed  properties.sku is not null
    ended   first with its messageId
`)
    }))

  it.each([
    { options: ['--max-depth', '2'], env: {} },
    { options: [], env: { FLETCHING_MAX_DEPTH: '2' } },
  ])('says of a line that it is nested too deep: $options, $env', ({ options, env }) =>
    inFolder(async (cwd) => {
      const line = event('u1', ',"messageId":"m1","x":[[]]')
      await writeFile(join(cwd, 'a'), line)
      const places = ['--S3_JSON_INPUT_PATH=a', '--S3_CSV_OUTPUT_PATH=csv']
      const { code, stdout } = await fletching(['why', 'm1', ...places, ...options], { cwd, env, showsEvents: true })
      expect(code).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({
        line: 1,
        end: {
          kind: 'malformed',
          code: 'TOO_DEEP',
          message: 'objects and arrays are nested more than 2 deep',
          errorOffset: line.indexOf('[[') + 1,
        },
      })
    }),
  )

  it('lets no value move the cursor', () =>
    inFolder(async (cwd) => {
      await writeFile(join(cwd, 'a'), event('\\u001b[2J\\u009b\\u2028é', ',"messageId":"m1"'))
      const text = await toldOf('m1', { S3_JSON_INPUT_PATH: join(cwd, 'a'), S3_CSV_OUTPUT_PATH: join(cwd, 'csv') })
      expect(text).toContain(String.raw`    USER_ID     \u001b[2J\u009b\u2028é`)
    }))

  it('says what it searched when it finds nothing, and no word of the events', () =>
    withEvents(async (cwd) => {
      const env = { FLETCHING_JOB: 'segment-to-personalize', S3_JSON_INPUT_PATH: 'in', S3_CSV_OUTPUT_PATH: 'csv' }
      expect(await fletching(['why', 'u1'], { cwd, env })).toEqual({
        code: 3,
        stdout: '',
        stderr: `MESSAGE_NOT_FOUND: no event has that messageId
  at in, objects searched: 2, lines: 6
  at lines that hold it, but not as their messageId: 4, the first ${cwd}/in/a line 2
  at job segment-to-personalize
  ids are compared exactly, with capitals and blanks; --exclude, --from and --to leave objects out
`,
      })
    }))

  it('takes a job of its own, from the environment too, and standard input', () =>
    inFolder(async (cwd) => {
      const engine = (room: string) =>
        import.meta.resolve(`@fletching/${room}`).replace('/src/index.ts', '/dist/index.js')
      await writeFile(
        join(cwd, 'users.mjs'),
        `import { defineJob, scanNdjson, segmentTrack, writeCsv } from '${engine('job')}'
        export default defineJob({
          name: 'users',
          params: {},
          plan: () => [writeCsv(scanNdjson('-', segmentTrack).select((col) => ({ user: col('userId') })), { to: 'csv' })],
        })`,
      )
      const env = { FLETCHING_JOB: './users.mjs' }
      const { code, stdout, stderr } = await spawnFletching(['why', 'm1'], { cwd, env, input: bytesOf(id()) })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(JSON.parse(stdout)).toMatchObject({ object: 'standard input', rows: [{ values: { user: 'u1' } }] })
    }))

  it('ends at a signal while it waits for bytes', async () => {
    let tell = () => {}
    const asked = new Promise<void>((resolve) => {
      tell = resolve
    })
    const s3 = await openFaultyS3({
      plan: [{ op: 'GetObject', fault: { kind: 'stall', bytes: 10 } }],
      onRequest: ({ op, phase }) => {
        if (op === 'GetObject' && phase === 'applied') tell()
        return undefined
      },
    })
    try {
      s3.put('logs', 'in/a', Buffer.from(A))
      const params = ['--S3_JSON_INPUT_PATH=s3://logs/in', '--S3_CSV_OUTPUT_PATH=csv']
      const { child, ended } = startFletching(['why', 'm1', ...params], { env: s3.env })
      await asked
      child.kill('SIGTERM')
      expect(await ended).toEqual({
        code: 143,
        stdout: '',
        stderr: 'SIGTERM: the search was ended; it writes nothing\n',
      })
    } finally {
      await s3.close()
    }
  })

  it.each([
    ['no id', ['why'], 'USAGE: the messageId is missing'],
    ['no input', ['why', 'm1'], 'MISSING_PARAMETER'],
  ])('refuses %s', async (_, args, message) => {
    const { code, stdout, stderr } = await fletching(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
  })
})

/** What a terminal gets. */
async function toldOf(messageId: string, params: Readonly<Record<string, string>>): Promise<string> {
  const written: string[] = []
  const out = { isTTY: true, write: (text: string) => written.push(text) }
  const call = { words: { messageId }, values: {}, params, environment: {}, out, signal: new AbortController().signal }
  await execute(call as unknown as ToolCall)
  return written.join('')
}
