import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { runJob, type Trace, type TraceOptions, traceMessage } from '@fletching/engine'
import { defineJob, param, scanNdjson, segmentTrack, withProvenance, writeCsv, writeParquet } from '@fletching/job'
import { fuzz, fuzzCases, inFolder, openFaultyS3, type Random, slowDown } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import job from '../../../jobs/segment-to-personalize/job.ts'

const STEPS = [
  "event in ('Product Added', 'Order Completed', 'Product Clicked')",
  'userId is not null',
  '(properties.sku is not null) or (properties.products is null)',
  'event is not null',
  'properties.sku is not null',
  'every value fits its column',
]

/** A good event with that id; later members count in place of earlier ones of the same name. */
function event(id: string, more = ''): string {
  return `{"messageId":"${id}","userId":"u1","event":"Product Clicked","properties":{"sku":"red-shoe"},"timestamp":"2019-05-18T20:13:05.123Z"${more}}`
}

type Contents = Readonly<Record<string, string | Uint8Array>>

/** The ways of an id through the main job; places are told without the folder. */
function tracesIn(
  contents: Contents,
  id: string,
  { dedupe, ...options }: TraceOptions & { readonly dedupe?: string } = {},
): Promise<Trace[]> {
  return inFolder(async (folder) => {
    await mkdir(join(folder, 'in'))
    for (const [name, bytes] of Object.entries(contents)) await writeFile(join(folder, 'in', name), bytes)
    const places = {
      S3_JSON_INPUT_PATH: join(folder, 'in'),
      S3_CSV_OUTPUT_PATH: join(folder, 'csv'),
      S3_PARQUET_OUTPUT_PATH: join(folder, 'table'),
      DEDUPE: dedupe,
    }
    const traces = await traceMessage(job, places, id, options)
    return JSON.parse(JSON.stringify(traces).replaceAll(`${folder}/`, '')) as Trace[]
  })
}

/** What became of each event, with its line. */
const endsOf = (traces: readonly Trace[]) => traces.map(({ object, line, end }) => [`${object}:${line}`, end])

const lines = (...texts: readonly string[]) => texts.map((text) => `${text}\n`).join('')

describe('the way of an event', () => {
  it('ends at a row of every output', async () => {
    const content = lines(event('other'), event('m1', ',"properties":{"sku":"a,b"}'), event('other'))
    expect(await tracesIn({ a: content }, 'm1')).toEqual([
      {
        object: 'in/a',
        line: 2,
        byteOffset: event('other').length + 1,
        lineBytes: event('m1', ',"properties":{"sku":"a,b"}').length,
        end: { kind: 'row' },
        steps: STEPS.map((step) => ({ step, passed: true })),
        rows: [
          {
            format: 'csv',
            output: 'csv/part-00000.csv',
            values: { USER_ID: 'u1', ITEM_ID: 'a,b', EVENT_TYPE: 'Product Clicked', TIMESTAMP: '1558210385' },
          },
          {
            format: 'parquet',
            output: 'table/dt=2019-05-18/',
            values: {
              user_id: 'u1',
              item_id: 'a,b',
              event_type: 'Product Clicked',
              timestamp_s: '1558210385',
              event_time: '2019-05-18T20:13:05.123Z',
              dt: '2019-05-18',
            },
          },
        ],
      },
    ])
  })

  it.each([
    ['an event of another kind', ',"event":"Page Viewed"', 0, 'event not wanted'],
    ['an event in another case', ',"event":"product clicked"', 0, 'event not wanted'],
    ['no user', ',"userId":""', 1, 'userId missing'],
    ['an order without sku', ',"properties":{"products":[{"sku":"a"}]}', 2, 'order without sku'],
    ['no sku', ',"properties":{}', 4, 'properties.sku missing'],
    ['properties that are none', ',"properties":7', 4, 'properties.sku missing'],
  ])('of %s ends at its filter', async (_, more, at, reason) => {
    for (const scanner of ['wasm', 'ts'] as const) {
      const [trace, ...others] = await tracesIn({ a: event('m1', more) }, 'm1', { scanner })
      expect(others).toEqual([])
      expect(trace).toMatchObject({ end: { kind: 'filtered', reason }, rows: [] })
      expect(trace.steps).toEqual(STEPS.slice(0, at + 1).map((step, number) => ({ step, passed: number < at })))
    }
  })

  it.each([
    ['a user that is no text', ',"userId":true', 'userId', 'NOT_TEXT'],
    ['a line break in an id', String.raw`,"userId":"a\nb"`, 'userId', 'LINE_BREAK_IN_TEXT'],
    ['a sku that is no text', ',"properties":{"sku":["a"]}', 'properties.sku', 'NOT_TEXT'],
    ['a day that no month has', ',"timestamp":"2019-02-30"', 'timestamp', 'NOT_A_TIMESTAMP'],
    ['no timestamp', ',"timestamp":null', 'timestamp', 'MISSING'],
  ])('of %s is set aside', async (_, more, column, code) => {
    const [trace] = await tracesIn({ a: lines(event('m0'), event('m1', more)) }, 'm1')
    expect(trace).toMatchObject({ line: 2, end: { kind: 'setAside', column, code }, rows: [] })
    expect(trace.steps).toEqual(STEPS.map((step, number) => ({ step, passed: number < STEPS.length - 1 })))
  })

  it('of a malformed line is told if the line holds the bytes of the id', async () => {
    const cut = event('m1').slice(0, 60)
    const marked = `\ufeff${event('m1')}`
    const traces = await tracesIn(
      { a: lines(cut, '{"messageId":', event('m2').slice(0, 60), marked, event('m1')) },
      'm1',
    )
    expect(endsOf(traces)).toEqual([
      [
        'in/a:1',
        { kind: 'malformed', code: 'OPEN_STRING', message: 'string not closed before end of line', errorOffset: 60 },
      ],
      ['in/a:4', { kind: 'malformed', code: 'BYTE_ORDER_MARK', message: expect.any(String), errorOffset: 0 }],
      ['in/a:5', { kind: 'row' }],
    ])
    expect(traces[0]).toMatchObject({ steps: [], rows: [] })
  })

  it('of a line over the limit is told wherever the id stands in it', async () => {
    const long = 'x'.repeat(400_000)
    const contents = {
      a: `${event('m1', `,"x":"${long}"`)}\n${event('m1')}\n`,
      b: `{"x":"${long}","messageId":"m1"}\n{"x":"${long}"}\n${event('m1')}`,
    }
    const traces = await tracesIn(contents, 'm1', { lineBytesMax: 1000 })
    const tooLong = {
      kind: 'malformed',
      code: 'LINE_TOO_LONG',
      message: 'the line has more than 1000 bytes',
      errorOffset: 0,
    }
    expect(endsOf(traces)).toEqual([
      ['in/a:1', tooLong],
      ['in/a:2', { kind: 'row' }],
      ['in/b:1', tooLong],
      ['in/b:3', { kind: 'row' }],
    ])
    expect(traces[2].lineBytes).toBe(`{"x":"${long}","messageId":"m1"}`.length)
    expect(traces[3].byteOffset).toBe(contents.b.lastIndexOf('{"messageId"'))
  })

  it('of a line over the limit on its depth is told with the limit', async () => {
    const contents = { a: lines(event('m1', ',"x":[{}]'), event('m1', ',"x":{}'), event('m2', ',"x":[[[]]]')) }
    const message = 'objects and arrays are nested more than 2 deep'
    const errorOffset = contents.a.indexOf('[{}]') + 1
    expect(endsOf(await tracesIn(contents, 'm1', { depthMax: 2 }))).toEqual([
      ['in/a:1', { kind: 'malformed', code: 'TOO_DEEP', message, errorOffset }],
      ['in/a:2', { kind: 'row' }],
    ])
  })

  it('is one of each event with the id, also of many', async () => {
    const notes: string[] = []
    const onNote = (text: string) => notes.push(text)
    const traces = await tracesIn({ a: lines(...Array<string>(1003).fill(event('m1'))) }, 'm1', { onNote })
    expect(traces.map(({ line }) => line)).toEqual(Array.from({ length: 1000 }, (_, at) => at + 1))
    expect(notes).toEqual(['3 more lines are not told of, behind these 1000'])
  })

  it('is that of a run whose lines come behind a byte order mark and blank lines', async () => {
    const content = `\ufeff${event('m1')}\r\n\n  \n${event('m1')}`
    const traces = await tracesIn({ a: content }, 'm1')
    expect(traces.map(({ line, byteOffset, end: { kind } }) => [line, byteOffset, kind])).toEqual([
      [1, 3, 'row'],
      [4, 3 + event('m1').length + 2 + 1 + 3, 'row'],
    ])
  })
})

describe('the id', () => {
  it.each([
    ['an escape in the value', 'm1', event(String.raw`\u006d1`)],
    ['capitals in an escape', 'm/1', event(String.raw`m\u002F1`)],
    ['a short escape', 'm/1', event(String.raw`m\/1`)],
    ['what JSON must escape', 'a"\\\n\u0001', event(String.raw`a\"\\\n\u0001`)],
    ['characters of two units', 'm😀', event(String.raw`m\ud83d\ude00`)],
    ['characters of several bytes', 'mü😀', event('mü😀')],
    ['an escape in the key', 'm1', event('m1').replace('"messageId"', String.raw`"message\u0049d"`)],
    ['a number', '17', event('m1', ',"messageId":17')],
    ['a number as it is written', '17.0', event('m1', ',"messageId":17.0')],
    ['a key that stands twice', 'm2', event('m1', ',"messageId":"m2"')],
  ])('is found with %s', async (_, id, line) => {
    expect(endsOf(await tracesIn({ a: lines(event('other'), line) }, id))).toEqual([['in/a:2', { kind: 'row' }]])
  })

  it.each([
    ['in another field', event('m0', ',"context":{"messageId":"m1"},"anonymousId":"m1"')],
    ['as a part of another', event('m12')],
    ['in other letters', event('M1', ',"x":"m1"')],
    ['before the one that counts', event('m1', ',"messageId":"m2"')],
  ])('is not found %s', async (_, line) => {
    const failed = await tracesIn({ a: lines(event('m2'), line), b: event('m3') }, 'm1').catch((error: Error) => error)
    expect((failed as Error).message.replaceAll(/\S*\/in/g, 'in')).toBe(`MESSAGE_NOT_FOUND: no event has that messageId
  at in, objects searched: 2, lines: 3
  at lines that hold it, but not as their messageId: 1, the first in/a line 2
  at job segment-to-personalize
  ids are compared exactly, with capitals and blanks; --exclude, --from and --to leave objects out`)
  })

  it('is not empty', async () => {
    await expect(tracesIn({ a: event('m1') }, '')).rejects.toThrow(`NO_ID: the messageId is empty
  at job segment-to-personalize
  an event without one cannot be looked for`)
  })
})

describe('of a job that drops duplicates', () => {
  it('an event is a duplicate of the first with its id that no filter dropped', async () => {
    const contents = {
      a: lines(event('m1', ',"event":"Page Viewed"'), event('m1', ',"timestamp":"soon"'), event('m0'), event('m1')),
      b: lines(event('m2'), event('m1')),
    }
    const traces = await tracesIn(contents, 'm1', { dedupe: 'messageId' })
    const byteOffset = contents.a.lastIndexOf('{"messageId":"m1"')
    expect(endsOf(traces)).toEqual([
      ['in/a:1', { kind: 'filtered', reason: 'event not wanted' }],
      ['in/a:2', { kind: 'setAside', column: 'timestamp', code: 'NOT_A_TIMESTAMP' }],
      ['in/a:4', { kind: 'row' }],
      ['in/b:2', { kind: 'duplicate', of: { object: 'in/a', line: 4, byteOffset } }],
    ])
    expect(traces[3].steps).toEqual([
      ...STEPS.slice(0, 5).map((step) => ({ step, passed: true })),
      { step: 'first with its messageId', passed: false },
    ])
  })

  it('by another column, the first may have another id', async () => {
    const contents = {
      a: lines(event('m0', ',"event":"Page Viewed"'), '{', event('m2', ',"timestamp":7'), event('m3')),
      b: lines(event('m4'), event('m1'), event('m1', ',"userId":"u2"'), event('m5', ',"userId":"u2"')),
    }
    const ends = async (id: string) => endsOf(await tracesIn(contents, id, { dedupe: 'userId' }))
    const of = { object: 'in/a', line: 4, byteOffset: contents.a.lastIndexOf('{"messageId"') }
    expect(await ends('m3')).toEqual([['in/a:4', { kind: 'row' }]])
    expect(await ends('m4')).toEqual([['in/b:1', { kind: 'duplicate', of }]])
    expect(await ends('m1')).toEqual([
      ['in/b:2', { kind: 'duplicate', of }],
      ['in/b:3', { kind: 'row' }],
    ])
    expect(await ends('m0')).toEqual([['in/a:1', { kind: 'filtered', reason: 'event not wanted' }]])
    expect(await ends('m2')).toEqual([['in/a:3', { kind: 'setAside', column: 'timestamp', code: 'NOT_A_TIMESTAMP' }]])
  })

  it('by another column, standard input is refused', async () => {
    const places = {
      S3_JSON_INPUT_PATH: '-',
      S3_CSV_OUTPUT_PATH: 'csv',
      S3_PARQUET_OUTPUT_PATH: undefined,
      DEDUPE: 'userId',
    }
    await expect(traceMessage(job, places, 'm1')).rejects.toThrow(`INPUT_ONCE: standard input can be read once
  at job segment-to-personalize
  the job drops duplicates by other columns than messageId, and their likes have to be looked for: give a file`)
  })
})

it('filters that no scan understands, before and behind duplicates, and columns of the place have their say', () =>
  inFolder(async (folder) => {
    const placed = defineJob({
      name: 'placed',
      params: { INPUT: param.location('events'), CSV: param.location('a folder'), TABLE: param.location('a folder') },
      plan: ({ INPUT, CSV, TABLE }) => {
        const rows = scanNdjson(INPUT, withProvenance(segmentTrack))
          .filter((col) => col('userId').length().lt(3), { reason: 'long id' })
          .dropDuplicates(['messageId'], { keep: 'first' })
          .filter((col) => col('event').length().lt(5), { reason: 'long event' })
          .select((col) => ({
            line: col('$line'),
            offset: col('$offset'),
            note: col('event'),
            day: col('timestamp').date(),
          }))
        return [writeCsv(rows, { to: CSV, dialect: 'rfc4180' }), writeParquet(rows, { to: TABLE })]
      },
    })
    const content = lines(
      '',
      event('m1', ',"userId":"u123"'),
      event('m2'),
      event('m3', ',"event":"a\\"b"'),
      event('m3'),
    )
    await writeFile(join(folder, 'a'), content)
    const places = { INPUT: join(folder, 'a'), CSV: join(folder, 'csv'), TABLE: join(folder, 'table') }
    const traces = []
    for (const id of ['m1', 'm2', 'm3']) traces.push(...(await traceMessage(placed, places, id)))
    expect(traces.map(({ end, steps }) => [end.kind, steps.map(({ step, passed }) => `${step} ${passed}`)])).toEqual([
      ['filtered', ['length(userId) < 3 false']],
      ['filtered', ['length(userId) < 3 true', 'first with its messageId true', 'length(event) < 5 false']],
      [
        'row',
        [
          'length(userId) < 3 true',
          'first with its messageId true',
          'length(event) < 5 true',
          'every value fits its column true',
        ],
      ],
      ['duplicate', ['length(userId) < 3 true', 'first with its messageId false']],
    ])
    const values = { line: '4', offset: String(content.indexOf('{"messageId":"m3"')), note: 'a"b', day: '2019-05-18' }
    expect(traces[2].rows.map((row) => row.values)).toEqual([values, values])
  }))

describe('the input', () => {
  it('may be compressed, in several members and pieces', async () => {
    const filler = lines(...Array.from({ length: 5000 }, (_, n) => event(`f${n}`, String.raw`,"url":"\u0026"`)))
    const bytes = Buffer.concat([gzipSync(filler), gzipSync(lines(event('m1'))), gzipSync(filler + event('m1'))])
    const traces = await tracesIn({ a: bytes }, 'm1')
    expect(traces.map(({ line, byteOffset }) => [line, byteOffset])).toEqual([
      [5001, filler.length],
      [10_002, 2 * filler.length + event('m1').length + 1],
    ])
  })

  it('that is damaged is refused', async () => {
    await expect(tracesIn({ a: gzipSync(event('m1')).subarray(0, -3) }, 'm1')).rejects.toThrow('CORRUPT_GZIP')
  })

  it('may lie in S3, which does not always answer', async () => {
    const s3 = await openFaultyS3({ buckets: ['logs'] })
    const before = { ...process.env }
    try {
      Object.assign(process.env, s3.env)
      const content = lines(...Array.from({ length: 20_000 }, (_, n) => event(`f${n}`)), event('m1'))
      s3.put('logs', 'in/a.gz', gzipSync(event('m1')))
      s3.put('logs', 'in/b', Buffer.from(content))
      s3.setPlan([
        { op: 'ListObjectsV2', nth: 1, fault: slowDown },
        { op: 'GetObject', keyPattern: /b$/, nth: 1, fault: { kind: 'reset-after-bytes', bytes: 70_001 } },
      ])
      const places = {
        S3_JSON_INPUT_PATH: 's3://logs/in',
        S3_CSV_OUTPUT_PATH: 's3://out/csv',
        S3_PARQUET_OUTPUT_PATH: undefined,
        DEDUPE: 'messageId',
      }
      const traces = await traceMessage(job, places, 'm1')
      expect(endsOf(traces)).toEqual([
        ['s3://logs/in/a.gz:1', { kind: 'row' }],
        ['s3://logs/in/b:20001', { kind: 'duplicate', of: { object: 's3://logs/in/a.gz', line: 1, byteOffset: 0 } }],
      ])
      expect(traces[0].rows.map(({ output }) => output)).toEqual(['s3://out/csv/part-00000.csv'])
      expect(s3.requests.filter(({ fault }) => fault !== undefined)).toHaveLength(2)
    } finally {
      for (const name of Object.keys(s3.env)) {
        if (before[name] === undefined) delete process.env[name]
        else process.env[name] = before[name]
      }
      await s3.close()
    }
  })

  it('is left at a signal', async () => {
    const controller = new AbortController()
    controller.abort(new Error('enough'))
    await expect(tracesIn({ a: event('m1') }, 'm1', { signal: controller.signal })).rejects.toThrow('enough')
  })
})

/** An event that may have anything wrong with it. */
function anyEvent(random: Random): string {
  const id = `id-${random.below(6)}`
  const more = random.pick([
    '',
    '',
    ',"event":"Page Viewed"',
    ',"userId":null',
    ',"userId":false',
    ',"properties":{"products":[]}',
    ',"properties":{}',
    ',"timestamp":"soon"',
  ])
  const whole = event(id, more === '' ? `,"userId":"u${random.below(4)}"` : more)
  return random.below(9) === 0 ? whole.slice(0, 60 + random.below(60)) : whole
}

it('all traces together count what a run counts', () =>
  fuzz(fuzzCases(12), async (random) => {
    const contentOf = (count: number) => lines(...Array.from({ length: count }, () => anyEvent(random)))
    const DEDUPE = random.pick([undefined, 'messageId', 'userId', 'timestamp'])
    await inFolder(async (folder) => {
      await mkdir(join(folder, 'in'))
      await writeFile(join(folder, 'in/a'), contentOf(random.below(30)))
      await writeFile(join(folder, 'in/b'), gzipSync(contentOf(1 + random.below(30))))
      const places = {
        S3_JSON_INPUT_PATH: join(folder, 'in'),
        S3_CSV_OUTPUT_PATH: join(folder, 'csv'),
        S3_PARQUET_OUTPUT_PATH: undefined,
        DEDUPE,
      }
      const { accounting } = await runJob(job, places, { onMalformed: 'skip', onEmpty: 'header' })
      const counted: Record<string, number> = {}
      const records: string[] = []
      for (let id = 0; id < 6; id++) {
        const traces = await traceMessage(job, places, `id-${id}`).catch(() => [])
        for (const { end, rows } of traces) {
          const name = JSON.stringify(wordOf(end))
          counted[name] = (counted[name] ?? 0) + 1
          records.push(...rows.map(({ values }) => Object.values(values).join(',')))
        }
      }
      const { rows, filtered, duplicates, setAside, malformed } = accounting
      const expected = [
        [['row'], rows],
        [['duplicate'], duplicates],
        ...Object.entries(filtered).map(([reason, count]) => [['filtered', reason], count]),
        ...Object.entries(setAside).map(([code, count]) => [['setAside', code], count]),
        ...Object.entries(malformed).map(([code, count]) => [['malformed', code], count]),
      ].flatMap(([word, count]) => (count === 0 ? [] : [[JSON.stringify(word), count]]))
      expect(counted).toEqual(Object.fromEntries(expected))
      const [, ...written] = (await readFile(join(folder, 'csv/part-00000.csv'), 'utf8')).trimEnd().split('\n')
      expect(records.sort()).toEqual(written.sort())
    })
  }))

/** The words under which a report counts an end. */
function wordOf(end: Trace['end']): string[] {
  switch (end.kind) {
    case 'filtered':
      return [end.kind, end.reason]
    case 'setAside':
      return [end.kind, `${end.column}: ${end.code}`]
    case 'malformed':
      return [end.kind, end.code]
    default:
      return [end.kind]
  }
}
