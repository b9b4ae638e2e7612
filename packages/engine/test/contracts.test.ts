import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Report, type RunOptions, runJob } from '@fletching/engine'
import {
  defineJob,
  type Job,
  json,
  list,
  param,
  scanNdjson,
  schema,
  struct,
  text,
  timestamp,
  writeCsv,
  writeParquet,
} from '@fletching/job'
import { float64, int64 } from '@fletching/plan'
import { inFolder, sample, sampleTitle } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

const price = float64().contract('freeze')
const logs = schema('logs', {
  id: text(),
  loose: int64().contract('evolve'),
  row: int64().contract('discard-row'),
  value: int64().contract('discard-value').from('Value'),
  total: int64().contract('freeze').from('Frozen'),
  p: struct({ price, kind: text().contract('freeze'), items: list(struct({ price })).contract('evolve') })
    .contract('evolve')
    .from('properties'),
  more: json(),
})

const params = { INPUT: param.location('events'), OUTPUT: param.location('a CSV') }

/** Looks at every column; structs and lists by whether they are there. */
const job = defineJob({
  name: 'contracts',
  params,
  plan: ({ INPUT, OUTPUT }) => {
    const rows = scanNdjson(INPUT, logs)
      .filter((col) => col('id').ne('filtered'), { reason: 'filtered' })
      .select((col) => ({
        id: col('id'),
        loose: col('loose'),
        row: col('row'),
        value: col('value'),
        total: col('total'),
        p: col('p').isNull(),
      }))
    return [writeCsv(rows, { to: OUTPUT, dialect: 'rfc4180' })]
  },
})

/** The same, with the rows of one id once. */
const once = defineJob({
  name: 'once',
  params,
  plan: ({ INPUT, OUTPUT }) => {
    const rows = scanNdjson(INPUT, logs)
      .dropDuplicates(['id'], { nulls: 'distinct' })
      .select((col) => ({ id: col('id'), total: col('total'), p: col('p').isNull() }))
    return [writeCsv(rows, { to: OUTPUT, dialect: 'rfc4180' })]
  },
})

interface Outcome {
  readonly report?: Report
  readonly message?: string
  readonly kind?: string
  readonly left: readonly string[]
}

type Contents = Readonly<Record<string, readonly string[]>>

/** What a run over these objects says, without the folder, and what it leaves in the folder of its output. */
function outcomeOf(contents: Contents, options: RunOptions = {}, run: Job<typeof params> = job): Promise<Outcome> {
  return inFolder(async (folder) => {
    await mkdir(join(folder, 'in'))
    for (const [name, lines] of Object.entries(contents)) {
      await writeFile(join(folder, 'in', name), lines.map((line) => `${line}\n`).join(''))
    }
    const places = { INPUT: join(folder, 'in'), OUTPUT: join(folder, 'csv') }
    const left = () => readdir(join(folder, 'csv')).catch(() => [])
    try {
      return { report: await runJob(run, places, options), left: await left() }
    } catch (error) {
      const { message, kind } = error as Error & { kind: string }
      return { message: message.replaceAll(`${folder}/`, ''), kind, left: await left() }
    }
  })
}

const brokenBy = (what: string, at: string, name = 'contracts') => `CONTRACT_BROKEN: ${what}
  at ${at} of the uncompressed object
  at job ${name}
  nothing was written; have the producer mend the line, or leave the object out with --exclude
  another contract in the schema would go on: evolve or discard-row sets such lines aside, discard-value takes the value for null`

const FINE = '{"id":"fine","Frozen":1}'

describe('a value that does not fit', () => {
  it('sets its line aside, counts as null, or does so within a list, by contract', async () => {
    const { report } = await outcomeOf({
      a: [
        FINE,
        '{"id":"a","loose":"x"}',
        '{"id":"b","row":"x"}',
        '{"id":"c","Value":"x"}',
        '{"id":"d","properties":7}',
        '{"id":"e","properties":{"items":[{},8]}}',
        '{"id":"f","properties":{"items":{}}}',
      ],
    })
    expect(report?.accounting).toMatchObject({
      rows: 2,
      setAside: {
        'loose: NOT_A_NUMBER': 1,
        'row: NOT_A_NUMBER': 1,
        'p: NOT_AN_OBJECT': 1,
        'p.items[]: NOT_AN_OBJECT': 1,
        'p.items: NOT_A_LIST': 1,
      },
    })
  })

  it.each<[line: string, what: string]>([
    ['{"id":"a","Frozen":"1"}', 'total is frozen as int64, and a line holds a text'],
    ['{"id":"a","properties":{"price":"9.99"}}', 'p.price is frozen as float64, and a line holds a text'],
    ['{"id":"a","properties":{"kind":["x"]}}', 'p.kind is frozen as text, and a line holds a list'],
    [
      '{"id":"a","properties":{"items":[{"price":1},{"price":true}]}}',
      'p.items[].price is frozen as float64, and a line holds true or false',
    ],
    // Another value of the line does not fit either, and stands before.
    [
      '{"id":"a","loose":"x","Frozen":1.5}',
      'total is frozen as int64, and a line holds a number that is not written as a whole one',
    ],
  ])('that is frozen ends the run: %s', async (line, what) => {
    const at = `in/a line 2, byte ${FINE.length + 1}`
    expect(await outcomeOf({ a: [FINE, line] })).toEqual({ kind: 'data', message: brokenBy(what, at), left: [] })
  })

  it('that is frozen is no matter in a line that a filter drops, or is null', async () => {
    const { report } = await outcomeOf({ a: [FINE, '{"id":"filtered","Frozen":"x"}', '{"id":"a","Frozen":null}'] })
    expect(report?.accounting).toMatchObject({ rows: 2, filtered: { filtered: 1 }, setAside: {} })
  })
})

describe('a value that is discarded', () => {
  const discarding = schema('discarding', {
    id: text(),
    own: int64({ otherwise: 'null' }),
    day: timestamp().contract('discard-value'),
    s: struct({ n: float64().contract('discard-value'), t: text({ otherwise: 'null' }) }).contract('discard-value'),
    l: list(struct({ n: int64().contract('discard-value') })).contract('discard-value'),
    m: list(list(text())).contract('discard-value'),
  })
  const table = defineJob({
    name: 'table',
    params,
    plan: ({ INPUT, OUTPUT }) => [
      writeParquet(
        scanNdjson(INPUT, discarding).filter((col) => col('day').isNull(), { reason: 'day' }),
        { to: OUTPUT },
      ),
    ],
  })
  const lines = [
    '{"id":"fine","s":{"n":1,"t":"x"},"l":[{"n":1},null,{}],"m":[["x"],[null]]}',
    '{"id":"absent","day":null,"s":null,"l":null,"m":null}',
    '{"id":"a","own":"no contract","day":7,"s":[],"l":{},"m":"x"}',
    '{"id":"b","day":"30 February","s":{"n":"1","t":7},"l":[{"n":1.5},8,{"n":[]}],"m":[["x",1],"y"]}',
    '{"id":7,"s":{"n":"in a line that is set aside"}}',
    '{"id":"filtered","day":"2019-05-18","s":7}',
  ]

  it.each(['wasm', 'ts'] as const)('is counted by its place, in the scanner %s', async (scanner) => {
    const { report } = await outcomeOf({ a: lines }, { scanner }, table)
    expect(report?.accounting).toMatchObject({ rows: 4, filtered: { day: 1 }, setAside: { 'id: NOT_TEXT': 1 } })
    expect(report?.converted).toEqual({
      'day: unfit value as null': 2,
      's: unfit value as null': 1,
      's.n: unfit value as null': 1,
      'l: unfit value as null': 1,
      'l[]: unfit value as null': 1,
      'l[].n: unfit value as null': 2,
      'm: unfit value as null': 1,
      'm[]: unfit value as null': 1,
      'm[][]: unfit value as null': 1,
    })
  })
})

describe('the first line that fails a run', () => {
  const many = (name: string) => Array.from({ length: 20_000 }, (_, n) => `{"id":"${name}${n}","Frozen":${n}}`)
  const broken = '{"id":"broken","Frozen":"x"}'
  const malformed = '{"id":'
  const what = 'total is frozen as int64, and a line holds a text'
  const inputs: readonly [name: string, lines: readonly string[]][] = [
    ['a', many('a')],
    ['b', many('b').toSpliced(17_000, 0, broken).toSpliced(19_000, 0, broken)],
    ['c', many('c').toSpliced(3, 0, broken)],
  ]
  const offset = many('b').slice(0, 17_000).join('\n').length + 1

  const cases = [1, 2, 4].flatMap((workers) => (['wasm', 'ts'] as const).map((scanner) => ({ workers, scanner })))
  it.each(sample(cases, 2))(
    `is the same under %j, also behind dropped duplicates: ${sampleTitle}`,
    async (options) => {
      const at = `in/b line 17001, byte ${offset}`
      const contents = Object.fromEntries(inputs)
      expect((await outcomeOf(contents, options)).message).toBe(brokenBy(what, at))
      expect((await outcomeOf(contents, options, once)).message).toBe(brokenBy(what, at, 'once'))
    },
    60_000,
  )

  it('is a malformed one where that comes before, and not where it comes behind', async () => {
    const before = await outcomeOf({ a: [FINE, malformed, broken] })
    expect(before.message).toMatch(/^MALFORMED_JSON: .*\n {2}at in\/a line 2,/)
    const behind = await outcomeOf({ a: [FINE, broken, malformed] })
    expect(behind.message).toBe(brokenBy(what, `in/a line 2, byte ${FINE.length + 1}`))
    const quarantined = await outcomeOf({ a: [FINE, malformed, broken] }, { onMalformed: 'quarantine' })
    expect(quarantined.message).toBe(brokenBy(what, `in/a line 3, byte ${FINE.length + malformed.length + 2}`))
  })
})
