import {
  defineJob,
  isJob,
  type Job,
  param,
  parseSchemaFile,
  personalizeInteractions,
  resolveParams,
  scanNdjson,
  schemaFiles,
  segmentTrack,
  writeCsv,
} from '@fletching/job'
import { optimize } from '@fletching/plan'
import { expect, it } from 'vitest'
import example from './example-job.ts'

/** The message of the error that a call throws. */
function messageOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    return (error as Error).message
  }
  return 'no error'
}

/** A job in plain JavaScript: what the compiler would refuse goes through to the checks of the run. */
function jobOf(columns: (col: (path: string) => never) => unknown): Job {
  return defineJob({
    name: 'segment-to-personalize',
    params: { INPUT: param.location('events'), OUTPUT: param.location('a CSV') },
    plan: ({ INPUT, OUTPUT }) => {
      const wanted = scanNdjson(INPUT, segmentTrack).dropNulls('userId', 'event')
      const frame = wanted.select(columns as never)
      return [writeCsv(frame as never, { to: OUTPUT, schema: personalizeInteractions })]
    },
  }) as unknown as Job
}

it('builds its sinks, leaving out one whose location was not given', () => {
  const given = { S3_JSON_INPUT_PATH: 'in/', S3_CSV_OUTPUT_PATH: 'csv/' }
  expect(example.build({ ...given, S3_PARQUET_OUTPUT_PATH: 'table/' }).map(({ sink }) => sink.format)).toEqual([
    'csv',
    'parquet',
  ])
  expect(example.build({ ...given, S3_PARQUET_OUTPUT_PATH: undefined }).map(({ sink }) => sink.format)).toEqual(['csv'])
})

it('asks the scan for its four filters, and for no more columns than they and the sinks need', () => {
  const { scan, residual } = optimize(
    example.build({ S3_JSON_INPUT_PATH: 'in/', S3_CSV_OUTPUT_PATH: 'csv/', S3_PARQUET_OUTPUT_PATH: undefined }),
  )
  expect(scan.columns.map(({ path }) => path.join('.'))).toEqual(['userId', 'event', 'properties.sku', 'timestamp'])
  expect(scan.steps.map(({ reason }) => reason)).toEqual([
    'event not wanted',
    'userId missing',
    'event missing',
    'properties.sku missing',
  ])
  expect(residual).toEqual([])
})

it('says which column may be null, and how to change that', () => {
  const job = jobOf((col: (path: string) => never) => ({
    USER_ID: col('userId'),
    ITEM_ID: col('properties.sku'),
    EVENT_TYPE: col('event'),
    TIMESTAMP: (col('timestamp') as { epochSeconds(): unknown }).epochSeconds(),
  }))
  expect(messageOf(() => job.build({ INPUT: 'in/', OUTPUT: 'csv/' }))).toBe(
    `SINK_MISMATCH: ITEM_ID may be null, but personalizeInteractions needs a value in every row
  at writeCsv(csv/), job segment-to-personalize
  add .dropNulls('properties.sku') before select, or fill it with .fillNull`,
  )
})

it('says which column there is instead of a misspelt one', () => {
  const job = jobOf((col: (path: string) => never) => ({ ITEM_ID: col('properties.skuu') }))
  expect(messageOf(() => job.build({ INPUT: 'in/', OUTPUT: 'csv/' }))).toBe(
    `UNKNOWN_COLUMN: no column "properties.skuu" in segmentTrack
  at select → ITEM_ID, job segment-to-personalize
  did you mean "properties.sku"? properties has: sku, product_id, products, order_id, cart_id, name, brand, category, coupon, currency, price, quantity, revenue, total, browser, operating_system, page_name, nonInteraction`,
  )
})

it('does not compile when the sku may be missing', () => {
  const wanted = scanNdjson('in/', segmentTrack).dropNulls('userId', 'event')
  const interactions = wanted.select((col) => ({
    USER_ID: col('userId'),
    ITEM_ID: col('properties.sku'),
    EVENT_TYPE: col('event'),
    TIMESTAMP: col('timestamp').epochSeconds(),
  }))
  // @ts-expect-error ITEM_ID may be null
  const call = () => writeCsv(interactions, { to: 'out/', schema: personalizeInteractions })
  expect(messageOf(call)).toContain('SINK_MISMATCH: ITEM_ID may be null')
})

it('adds its name to an error without a place', () => {
  const job = defineJob({ name: 'empty', params: {}, plan: () => 'nothing' as never })
  expect(messageOf(() => job.build({}))).toBe(`BAD_JOB: plan did not return a list of sinks
  at job empty
  expected: return [writeCsv(…), writeParquet(…)]`)
})

it('takes errors that are not ours for the author’s, and says where they were thrown', () => {
  const job = defineJob({
    name: 'broken',
    params: {},
    plan: () => {
      throw new TypeError('x is not a function')
    },
  })
  expect(messageOf(() => job.build({}))).toMatch(
    /^BAD_JOB: plan failed with TypeError: x is not a function\n {2}at plan \(.*job\.test\.ts:\d+:\d+\), job broken\n {2}plan says what is wanted/,
  )
})

const plan = () => []
it.each<[string, () => unknown, string]>([
  [
    'a name that cannot name a folder',
    () => defineJob({ name: '../x', params: {}, plan }),
    'BAD_JOB: "../x" cannot name a job\n  expected letters, digits, - and _, as in segment-to-personalize',
  ],
  [
    'a parameter in lower case',
    () => defineJob({ name: 'x', params: { input: param.text('') }, plan }),
    'BAD_JOB: "input" cannot name a parameter\n  at job x\n  expected upper case, as in S3_JSON_INPUT_PATH',
  ],
  [
    "a parameter of Glue's own",
    () => defineJob({ name: 'x', params: { JOB_NAME: param.text('') }, plan }),
    "BAD_JOB: the parameter JOB_NAME is one of AWS Glue's own\n  at job x\n  give it another name",
  ],
  [
    'a parameter that is none',
    () => defineJob({ name: 'x', params: { A: 'text' as never }, plan }),
    "BAD_JOB: the parameter A is not made with param\n  at job x\n  expected: A: param.location('…')",
  ],
  [
    'no plan',
    () => defineJob({ name: 'x', params: {}, plan: undefined as never }),
    'BAD_JOB: plan is not a function\n  at job x\n  expected: plan: ({ INPUT, OUTPUT }) => […]',
  ],
])('refuses %s', (_, define, message) => {
  expect(messageOf(define)).toBe(message)
})

it.each([
  [true, example],
  [false, undefined],
  [false, {}],
  [false, { name: 'x', params: {}, plan }],
])('says %s of whether a module exports a job', (is, value) => {
  expect(isJob(value)).toBe(is)
})

const settings = defineJob({
  name: 'settings',
  params: {
    INPUT: param.location('the events'),
    OUTPUT: param.location('the CSV'),
    LIMIT: param.number('how many').default(10),
    RATIO: param.number('how much').optional(),
    LABEL: param.text('a word').default('none'),
    STRICT: param.flag('whether to be strict'),
  },
  plan,
})

it('reads parameters from texts', () => {
  const values = resolveParams(settings, { INPUT: 'in/', OUTPUT: '-', LIMIT: '1e3', STRICT: 'true' })
  expect(values).toEqual({ INPUT: 'in/', OUTPUT: '-', LIMIT: 1000, RATIO: undefined, LABEL: 'none', STRICT: true })
  expect(resolveParams(settings, { INPUT: 'in/', OUTPUT: 'x', RATIO: '-.5' })).toMatchObject({
    LIMIT: 10,
    RATIO: -0.5,
    STRICT: false,
  })
  const typed: { INPUT: string; LIMIT: number; RATIO?: number | undefined; LABEL: string; STRICT: boolean } = values
  // @ts-expect-error RATIO may be undefined
  const wrong: number = values.RATIO
  expect(wrong).toBe(typed.RATIO)
})

it('may be built without the values of parameters that may be left out', () => {
  expect(
    example.build({ S3_JSON_INPUT_PATH: 'in/', S3_CSV_OUTPUT_PATH: 'csv/' }).map(({ sink }) => sink.format),
  ).toEqual(['csv'])
  // @ts-expect-error a parameter that is required
  expect(() => example.build({ S3_JSON_INPUT_PATH: 'in/' })).not.toThrow()
})

it.each<[string, Record<string, string>, string]>([
  [
    'one is missing',
    { INPUT: 'in/' },
    `MISSING_PARAMETER: OUTPUT is not given
  at job settings
  OUTPUT  the CSV
  give it as --OUTPUT VALUE, or as the environment variable OUTPUT`,
  ],
  [
    'several are missing',
    {},
    `MISSING_PARAMETER: INPUT, OUTPUT are not given
  at job settings
  INPUT   the events
  OUTPUT  the CSV
  give each as --INPUT VALUE, or as the environment variable INPUT`,
  ],
  [
    'one is unknown',
    { INPUTT: 'in/' },
    `UNKNOWN_PARAMETER: no parameter INPUTT
  at job settings
  did you mean INPUT? the job has: INPUT, OUTPUT, LIMIT, RATIO, LABEL, STRICT`,
  ],
  [
    'a number is none',
    { INPUT: 'in/', OUTPUT: 'x', LIMIT: '0x10' },
    `BAD_PARAMETER: LIMIT got "0x10"
  at job settings
  expected a number such as 100 or 0.5`,
  ],
  [
    'a number is too large',
    { INPUT: 'in/', OUTPUT: 'x', LIMIT: '1e999' },
    `BAD_PARAMETER: LIMIT got "1e999"
  at job settings
  expected a number such as 100 or 0.5`,
  ],
  [
    'a location is empty',
    { INPUT: ' ', OUTPUT: 'x' },
    `BAD_PARAMETER: INPUT got " "
  at job settings
  expected a place such as s3://bucket/folder/`,
  ],
  [
    'a flag is something else',
    { INPUT: 'in/', OUTPUT: 'x', STRICT: 'yes' },
    `BAD_PARAMETER: STRICT got "yes"
  at job settings
  expected true or false`,
  ],
])('says so when %s', (_, given, message) => {
  expect(messageOf(() => resolveParams(settings, given))).toBe(message)
})

const wide = defineJob({
  name: 'wide',
  params: {
    INPUT: param.location('the events'),
    SCHEMA: param.schema('their columns'),
    OTHER: param.schema('more columns').optional(),
  },
  plan: ({ INPUT, SCHEMA, OTHER }) => {
    const typed: string = SCHEMA.name
    // @ts-expect-error OTHER may be left out
    const wrong: string = OTHER.name
    return [writeCsv(scanNdjson(INPUT, SCHEMA), { to: typed === wrong ? 'a/' : 'b/' })]
  },
})
const USERS = '{ "name": "users", "fields": [{ "name": "id", "type": "int64" }] }'

it('reads a schema from the content of its file, which the caller reads', () => {
  const given = { INPUT: 'in/', SCHEMA: 's3://b/users.json' }
  expect(schemaFiles(wide, given)).toEqual({ SCHEMA: 's3://b/users.json' })
  expect(resolveParams(wide, given, { SCHEMA: USERS })).toEqual({
    INPUT: 'in/',
    SCHEMA: parseSchemaFile(USERS, 'users.json'),
    OTHER: undefined,
  })
  expect(schemaFiles(settings, { INPUT: 'in/', OUTPUT: 'x' })).toEqual({})
})

it.each<[string, () => unknown, string]>([
  [
    'the schema is missing',
    () => schemaFiles(wide, { INPUT: 'in/' }),
    `MISSING_PARAMETER: SCHEMA is not given
  at job wide
  SCHEMA  their columns
  a schema file is made of the input by: fletching schema infer IN > logs.schema.json
  give it as --SCHEMA VALUE, or as the environment variable SCHEMA`,
  ],
  [
    'the place of the schema is empty',
    () => schemaFiles(wide, { INPUT: 'in/', SCHEMA: ' ' }),
    `BAD_PARAMETER: SCHEMA got " "
  at job wide
  expected the place of a schema file such as s3://bucket/logs.schema.json`,
  ],
  [
    'a parameter is unknown, before a file is read',
    () => schemaFiles(wide, { INPUT: 'in/', SCHEMA: 'x', SCHEMAS: 'y' }),
    `UNKNOWN_PARAMETER: no parameter SCHEMAS
  at job wide
  did you mean SCHEMA? the job has: INPUT, SCHEMA, OTHER`,
  ],
  [
    'the file is wrong',
    () => resolveParams(wide, { INPUT: 'in/', SCHEMA: 'users.json' }, { SCHEMA: '{"name": "users", "fields": []}' }),
    `BAD_SCHEMA_FILE: no field
  at fields of users.json
  a schema, and each struct in it, has one field at least`,
  ],
  [
    'the file was not read',
    () => resolveParams(wide, { INPUT: 'in/', SCHEMA: 'users.json' }),
    `INTERNAL: the schema file of SCHEMA was not read
  at users.json`,
  ],
])('says so when %s', (_, resolve, message) => {
  expect(messageOf(resolve)).toBe(message)
})

it('is not fooled by names that every object has', () => {
  expect(messageOf(() => resolveParams(settings, { INPUT: 'a', OUTPUT: 'b', toString: 'c' }))).toContain(
    'no parameter toString',
  )
})

it('types the values in the plan', () => {
  defineJob({
    name: 'typed',
    params: { INPUT: param.location(''), TABLE: param.location('').optional() },
    plan: ({ INPUT, TABLE }) => {
      const frame = scanNdjson(INPUT, segmentTrack).selectFields('userId')
      // @ts-expect-error TABLE may be undefined
      scanNdjson(TABLE, segmentTrack)
      return [writeCsv(frame, { to: TABLE })]
    },
  })
  // @ts-expect-error OUTPUT is no parameter
  defineJob({ name: 'typed', params: { INPUT: param.location('') }, plan: ({ OUTPUT }) => [OUTPUT] })
  const frames = ({ INPUT }: { readonly INPUT: string }) => [scanNdjson(INPUT, segmentTrack)]
  // @ts-expect-error a frame is no sink
  defineJob({ name: 'typed', params: { INPUT: param.location('') }, plan: frames })
  // @ts-expect-error the default of a number is a number
  param.number('').default('10')
})
