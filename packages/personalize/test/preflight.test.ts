import { describe, expect, it } from 'vitest'
import { type AvroSchema, schemaFor } from '../src/avro-schema.ts'
import type { Checklist } from '../src/checklist.ts'
import { Findings } from '../src/findings.ts'
import { preflightRules } from '../src/preflight/rules.ts'
import { judgeInteractions } from '../src/preflight/totals.ts'
import { Preflight, type PreflightOptions } from '../src/preflight.ts'
import { csvOf, entities, good, header, RECORD_LINE, records, withColumn, withRecord } from './good-data.ts'

interface Planted {
  readonly codes: readonly string[]
  /** One file, or several. */
  readonly csv: string | Uint8Array | readonly string[]
  /** Where the first of them is, but for line 500. */
  readonly line?: number | undefined
  readonly column?: string
  readonly options?: Partial<PreflightOptions>
  readonly size?: number
}

const interactions = schemaFor('interactions', 'custom')
const one = (column: string, value: string, other = '1') =>
  withColumn(column, (row) => (row === RECORD_LINE - 2 ? value : other))
const schemaWith = (...fields: AvroSchema['fields']): AvroSchema => ({
  ...interactions,
  fields: [...interactions.fields, ...fields],
})
const own = (name: string, type: AvroSchema['fields'][number]['type'], parts = {}) => ({
  schema: schemaWith({ name, type, ...parts }),
})
const named = (name: string) => csvOf([header.replace('USER_ID', name), ...records])
const long = 'x'.repeat(257)

const planted: readonly Planted[] = [
  // The form of the file.
  { codes: ['BYTE_ORDER_MARK'], csv: `\ufeff${good}`, line: 1 },
  { codes: ['NOT_UTF8'], csv: Buffer.from(withRecord('caf\xe9,sku,Product Clicked,1558188202'), 'latin1') },
  { codes: ['NOT_UTF8', 'ID_SPECIAL'], csv: withRecord('a\0b,sku,Product Clicked,1558188202') },
  { codes: ['NOT_UTF8', 'NO_RECORDS'], csv: Buffer.from(`\ufeff${good}`, 'utf16le'), line: undefined },
  { codes: ['COMPRESSED', 'NO_RECORDS'], csv: Buffer.from('1f8b080000000000', 'hex'), line: undefined },
  { codes: ['FOREIGN_FILE', 'NO_RECORDS'], csv: 'PAR1…', line: undefined },
  { codes: ['NO_RECORDS'], csv: '', line: undefined },
  { codes: ['NO_RECORDS'], csv: `${header}\n`, line: undefined },
  { codes: ['RECORD_OVER_LINES'], csv: withRecord('u1,sku,"Product\nClicked",1558188202') },
  { codes: ['QUOTE_NOT_CLOSED'], csv: `${good}u1,sku,"Product Clicked,1558188202\nu2,sku\n`, line: 1042 },
  { codes: ['QUOTE_NOT_CLOSED'], csv: withRecord(`u1,sku,"${'a\n'.repeat(2_100_000)}",1558188202`) },
  { codes: ['RECORD_TOO_LONG'], csv: withRecord(`u1,sku,${'a'.repeat(4_200_000)},1558188202`) },
  { codes: ['QUOTE_DOUBLED'], csv: withRecord('u1,sku,"Product ""Clicked""",1558188202') },
  { codes: ['TEXT_BEHIND_QUOTE'], csv: withRecord('u1,sku,"Product" Clicked,1558188202') },
  { codes: ['QUOTE_BARE'], csv: withRecord('u1,sku,Product 19",1558188202') },
  { codes: ['ESCAPE_UNKNOWN'], csv: withRecord('u1,sku,"Product\\nClicked",1558188202') },
  { codes: ['BLANK_LINE'], csv: withRecord('') },
  { codes: ['LINE_END_CR'], csv: good.replace(`${records[498]}\n`, `${records[498]}\r`) },
  { codes: ['FIELD_COUNT'], csv: withRecord('u1,sku,Product, Clicked,1558188202') },
  // The header.
  { codes: ['HEADER_MISSING'], csv: csvOf(records), line: 1 },
  {
    codes: ['HEADER_MISSING', 'FEW_INTERACTIONS', 'FEW_USERS'],
    csv: 'a,b,c\n',
    line: 1,
    options: { schema: interactions },
  },
  { codes: ['HEADER_QUOTED'], csv: named('"USER_ID"'), line: 1 },
  {
    codes: ['COLUMN_MISSING', 'COLUMN_UNKNOWN', 'SAME_SECOND'],
    csv: csvOf([header.replace('TIMESTAMP', 'DAY'), ...records.map((record) => record.replace(/\d+$/, '7'))]),
    line: 1,
    column: 'TIMESTAMP',
  },
  { codes: ['COLUMN_TWICE'], csv: withColumn('ITEM_ID', () => 'x'), line: 1, column: 'ITEM_ID' },
  {
    codes: ['COLUMN_ORDER'],
    csv: csvOf([header, ...records].map((line) => line.replace(/^([^,]*),([^,]*)/, '$2,$1'))),
    line: 1,
    options: { schema: interactions },
  },
  {
    codes: ['COLUMN_NOT_IN_SCHEMA'],
    csv: withColumn('OWN', () => 'x'),
    line: 1,
    column: 'OWN',
    options: { schema: interactions },
  },
  { codes: ['COLUMN_UNKNOWN'], csv: withColumn('OWN', () => 'x'), line: 1, column: 'OWN' },
  { codes: ['COLUMN_CASE'], csv: named('user_id'), line: 1, column: 'USER_ID' },
  { codes: ['FIELD_NAME', 'COLUMN_UNKNOWN'], csv: withColumn('OWN-1', () => 'x'), line: 1, column: 'OWN-1' },
  { codes: ['FIELD_NAMES_ALIKE', 'COLUMN_UNKNOWN'], csv: withColumn('USERID', () => 'x'), line: 1, column: 'USERID' },
  {
    codes: ['METADATA_TOO_MANY', 'COLUMN_UNKNOWN'],
    csv: withColumn('A,B,C,D,E,F', () => '1,1,1,1,1,1'),
    line: 1,
  },
  { codes: ['METADATA_MISSING'], csv: csvOf(['USER_ID', 'a', 'b']), line: 1, options: { dataset: 'users' } },
  // Values.
  { codes: ['VALUE_MISSING'], csv: withRecord(',sku,Product Clicked,1558188202'), column: 'USER_ID' },
  { codes: ['VALUE_MISSING'], csv: withRecord('u1,"",Product Clicked,1558188202'), column: 'ITEM_ID' },
  { codes: ['VALUE_MISSING'], csv: withRecord('u1,sku,Product Clicked,'), column: 'TIMESTAMP' },
  { codes: ['NULL_NOT_ALLOWED'], csv: withRecord('u1,sku,,1558188202'), column: 'EVENT_TYPE' },
  { codes: ['TIMESTAMP_NOT_SECONDS'], csv: withRecord('u1,sku,Click,1558188202129'), column: 'TIMESTAMP' },
  { codes: ['TIMESTAMP_NOT_AN_INTEGER'], csv: withRecord('u1,sku,Click,1.558188202E9'), column: 'TIMESTAMP' },
  { codes: ['TIMESTAMP_NOT_AN_INTEGER'], csv: withRecord('u1,sku,Click,1558188202.0'), column: 'TIMESTAMP' },
  { codes: ['TIMESTAMP_IS_TEXT'], csv: withRecord('u1,sku,Click,2019-05-18T14:03:22Z'), column: 'TIMESTAMP' },
  { codes: ['TIMESTAMP_IS_TEXT'], csv: withRecord('u1,sku,Click,-'), column: 'TIMESTAMP' },
  { codes: ['TIMESTAMP_IN_FUTURE'], csv: withRecord('u1,sku,Click,1600000001'), column: 'TIMESTAMP' },
  { codes: ['TIMESTAMP_BEFORE_2000'], csv: withRecord('u1,sku,Click,-1'), column: 'TIMESTAMP' },
  {
    codes: ['TIMESTAMPS_ALL_EQUAL'],
    csv: csvOf([header, ...records.map((_, row) => `u${row % 52},sku-${row},Click,1558188202`)]),
    line: undefined,
  },
  { codes: ['NOT_A_LONG'], csv: one('AGE', '1.5'), column: 'AGE', options: own('AGE', 'int') },
  { codes: ['NOT_A_FLOAT'], csv: one('EVENT_VALUE', '1,5'.replace(',', ';')), column: 'EVENT_VALUE' },
  { codes: ['NOT_A_BOOLEAN'], csv: one('IS_NEW', 'TRUE', 'true'), column: 'IS_NEW', options: own('IS_NEW', 'boolean') },
  { codes: ['ID_TOO_LONG'], csv: withRecord(`${long},sku,Click,1558188202`), column: 'USER_ID' },
  { codes: ['ID_SPECIAL'], csv: withRecord('u1,"19\\" monitor",Click,1558188202'), column: 'ITEM_ID' },
  { codes: ['ID_SPECIAL'], csv: withRecord('u\\1,sku,Click,1558188202'), column: 'USER_ID' },
  { codes: ['ID_SPECIAL'], csv: withRecord('u1,sku\t1,Click,1558188202'), column: 'ITEM_ID' },
  {
    codes: ['CATEGORICAL_TOO_LONG'],
    csv: one('OWN', 'x'.repeat(1001)),
    column: 'OWN',
    options: own('OWN', 'string', { categorical: true }),
  },
  {
    codes: ['CATEGORIES_TOO_MANY'],
    csv: withColumn('OWN', (row) => `c${row % 16}|d${row % 15}`),
    column: 'OWN',
    line: 17,
    options: own('OWN', 'string', { categorical: true }),
  },
  {
    codes: ['TEXT_CUT'],
    csv: entities('ITEM_ID', 'A,B,ABOUT', (row) => `1,1,${'x'.repeat(row === 9 ? 20_001 : 20_000)}`),
    line: 11,
    column: 'ABOUT',
    options: textual(),
  },
  {
    codes: ['TEXT_CUT'],
    csv: entities('ITEM_ID', 'A,B,ABOUT', (row) => `1,1,${'日'.repeat(row === 9 ? 7001 : 7000)}`),
    line: 11,
    column: 'ABOUT',
    options: textual(),
  },
  {
    codes: ['TEXT_INCOMPLETE'],
    csv: entities('ITEM_ID', 'A,B,ABOUT', (row) => (row < 84 ? '1,1,x' : '1,1,')),
    line: undefined,
    column: 'ABOUT',
    options: textual(),
  },
  {
    codes: ['COLUMN_INCOMPLETE'],
    csv: withColumn('EVENT_VALUE', (row) => (row % 10 < 6 ? '1' : '')),
    line: undefined,
    column: 'EVENT_VALUE',
  },
  {
    codes: ['ROW_INCOMPLETE'],
    csv: withColumn('EVENT_VALUE,IMPRESSION', (row) => (row === RECORD_LINE - 2 ? ',' : `1,sku-${row % 17}`)),
  },
  {
    codes: ['IMPRESSION_TOO_LONG'],
    csv: withColumn('IMPRESSION', (row) => `sku-${row % 17}${row === 498 ? '|x'.repeat(500) : ''}`),
    column: 'IMPRESSION',
  },
  {
    codes: ['IMPRESSION_WITHOUT_ITEM'],
    csv: withColumn('IMPRESSION', (row) => (row === 498 ? 'sku-99|sku-98' : `a|sku-${row % 17}`)),
    column: 'IMPRESSION',
  },
  // All records together.
  {
    codes: ['EVENT_TYPES_TOO_MANY'],
    csv: csvOf([header, ...records.map((record, row) => record.replace('Clicked', `No ${row % 10}`))]),
    line: undefined,
  },
  {
    codes: ['EVENT_TYPES_TOO_MANY'],
    csv: csvOf([header, ...records.map((record, row) => record.replace('Clicked', `No ${row}`))]),
    line: undefined,
  },
  {
    codes: ['DOMAIN_EVENT_MISSING'],
    csv: csvOf([header, ...records.map((record) => record.replace('Product Clicked', 'view'))]),
    line: undefined,
    options: { domain: 'ecommerce' },
  },
  { codes: ['FEW_INTERACTIONS'], csv: csvOf([header, ...records.slice(0, 999)]), line: undefined },
  {
    codes: ['FEW_USERS'],
    csv: csvOf([header, ...records.map((record, row) => (row % 52 < 24 ? record : record.replace(',', `-${row},`)))]),
    line: undefined,
  },
  {
    codes: ['FEW_RETURNING_USERS'],
    csv: csvOf([
      header,
      ...Array.from({ length: 2502 }, (_, row) => `u${row},sku,Click,${1_558_000_000 + row}`),
      ...records.slice(0, 25),
    ]),
    line: undefined,
  },
  { codes: ['SAME_SECOND'], csv: csvOf([header, ...records, records[9]]), line: 1042 },
  {
    codes: ['ENTITY_TWICE'],
    csv: csvOf([
      ...entities('USER_ID', 'AGE', () => '7')
        .trim()
        .split('\n'),
      'e9,8',
    ]),
    line: 102,
    column: 'USER_ID',
    options: { dataset: 'users', schema: ages() },
  },
  {
    codes: ['ITEMS_TOO_MANY'],
    csv: entities('ITEM_ID', 'AGE', () => '7', 750_001),
    line: undefined,
    options: { dataset: 'items', schema: ages('items') },
  },
  // Files.
  {
    codes: ['OTHER_RUN', 'SAME_SECOND', 'SEVERAL_FILES'],
    csv: [good, csvOf([header, ...records.toReversed()])],
    line: undefined,
  },
  {
    codes: ['SEVERAL_FILES'],
    csv: [csvOf([header, ...records.slice(0, 500)]), csvOf([header, ...records.slice(500)])],
    line: undefined,
  },
  {
    codes: ['COLUMN_ORDER', 'SEVERAL_FILES'],
    csv: [good, csvOf(['ITEM_ID,USER_ID,EVENT_TYPE,TIMESTAMP', 'i,u,Click,1558188202'])],
    line: 1,
  },
  { codes: ['SIZE_FULL'], csv: good, size: 100e9 + 1, line: undefined },
  { codes: ['SIZE_TOO_LARGE'], csv: good, size: 1e12 + 1, line: undefined },
  { codes: ['SIZE_INCREMENTAL'], csv: good, size: 1e9 + 1, line: undefined, options: { mode: 'incremental' } },
]

describe('Preflight', () => {
  it.each(planted)('finds $codes', (fault) => {
    const { codes, csv, line, column, options = {}, size } = fault
    const checklist = lookAt(csv, options, size)
    expect(codesOf(checklist)).toEqual([...codes].sort())
    const found = checklist.findings.find(({ code }) => code === codes[0])
    expect(found?.severity).toBe(preflightRules[codes[0] as keyof typeof preflightRules].severity)
    expect(found?.places[0]?.line).toBe('line' in fault ? line : RECORD_LINE)
    expect(found?.places[0]?.column).toBe(column)
  })

  it.each(planted.filter(({ csv }) => csv.length < 100_000))(
    'finds $codes in single bytes',
    ({ csv, options = {}, size }) => {
      expect(lookAt(csv, options, size, 1)).toEqual(lookAt(csv, options, size))
    },
  )

  it('has a planted fault for every rule', () => {
    const elsewhere = ['NOT_IN_S3', 'PATH_TOO_LONG', 'INTERACTIONS_TOO_MANY', 'ADVISED_VOLUME']
    const found = new Set([...planted.flatMap(({ codes }) => codes), ...elsewhere])
    expect(found).toEqual(new Set(Object.keys(preflightRules)))
    expect(planted.length).toBeGreaterThan(60)
  })

  it.each<[string, string, Partial<PreflightOptions>?]>([
    ['the good file', good],
    ['CRLF', good.replaceAll('\n', '\r\n')],
    ['no line end at the end', good.trimEnd()],
    ['a quoted text with a comma', withRecord('u1,sku,"Product, Clicked",1558188202')],
    ['escaped quotes in a text', withRecord('u1,sku,"Product \\"Clicked\\" \\\\",1558188202')],
    ['a backslash that is text', withRecord('u1,sku,Product \\ Clicked,1558188202')],
    ['an id of 256 characters', withRecord(`${'日'.repeat(256)},sku,Product Clicked,1558188202`)],
    ['an id with a blank, a bar and an é', withRecord('u 1|é,sku,Product Clicked,1558188202')],
    ['two events of a user in one second', withRecord(records[9].replace('sku', 'other'))],
    ['the second of now', withRecord('u1,sku,Product Clicked,1600000000')],
    ['a file with a schema', good, { schema: interactions }],
    [
      'ten types and columns',
      csvOf([header, ...records.map((record, row) => record.replace('Clicked', `No ${row % 9}`))]),
    ],
    ['an empty optional value', one('EVENT_VALUE', '')],
    ['numbers as Java writes them', one('EVENT_VALUE', '-1.5E-3')],
    [
      'thirty categories',
      withColumn('OWN', (row) => `c${row % 15}|d${row % 15}`),
      own('OWN', 'string', { categorical: true }),
    ],
    ['a categorical of 1,000 characters', one('OWN', 'x'.repeat(1000)), own('OWN', 'string', { categorical: true })],
    ['an impression of 1,000 characters', withColumn('IMPRESSION', (row) => `sku-${row % 17}|`.padEnd(1000, 'x'))],
    [
      'the domain’s events',
      good.replaceAll('Product Clicked', 'Purchase').replace('Purchase', 'View'),
      { domain: 'ecommerce' },
    ],
    ['users', entities('USER_ID', 'AGE', () => '7'), { dataset: 'users', schema: ages() }],
    ['texts in 85 of 100 items', entities('ITEM_ID', 'A,B,ABOUT', (row) => (row < 85 ? '1,1,x' : '1,1,')), textual()],
    ['100 GB', good, { mode: 'full' }],
  ])('finds nothing in %s', (name, csv, options = {}) => {
    expect(codesOf(lookAt(csv, options, name === '100 GB' ? 100e9 : undefined))).toEqual([])
  })

  it('tells figures, rules and the verdict', () => {
    const { verdict, findings, figures, rules } = lookAt(csvOf([header, ...records, records[0]]))
    expect(verdict).toBe('warned')
    expect(findings).toEqual([
      {
        code: 'SAME_SECOND',
        severity: 'warning',
        what: 'a record is the same as another in every column',
        count: 1,
        places: [{ object: 'file-0.csv', line: 1042 }],
        help: preflightRules.SAME_SECOND.help,
      },
      {
        code: 'ADVISED_VOLUME',
        severity: 'note',
        what: 'fewer than 50,000 interactions or 1,000 users',
        count: 1,
        places: [],
        help: 'so many are advised for good recommendations',
      },
    ])
    expect(figures).toEqual({
      objects: 1,
      bytes: 38_780,
      records: 1041,
      users: 52,
      usersWithTwo: 52,
      items: 17,
      eventTypes: [{ name: 'Product Clicked', count: 1041 }],
      sameSecond: 1,
      first: 1_558_000_000,
      last: 1_558_007_273,
      isEstimated: false,
    })
    expect(Object.keys(rules)).toEqual(
      Object.keys(preflightRules).filter((code) => code !== 'METADATA_MISSING' && code !== 'ENTITY_TWICE'),
    )
    expect(Object.entries(rules).filter(([, outcome]) => outcome !== 'ok')).toEqual([
      ['ADVISED_VOLUME', 'noted'],
      ['SAME_SECOND', 'warned'],
    ])
  })

  it('counts every fault and names five places', () => {
    const { findings } = lookAt(csvOf([header, ...records.map((record) => record.replace(/\d+$/, ''))]))
    const found = findings.find(({ code }) => code === 'VALUE_MISSING')
    expect(found?.count).toBe(1040)
    expect(found?.places.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6])
  })

  it('counts an id that is there twice, and not the empty one behind it', () => {
    const csv = `${entities('USER_ID', 'AGE', () => '7')}e9,8\n,7\n`
    const { findings } = lookAt(csv, { dataset: 'users', schema: ages() })
    expect(findings.map(({ code, count }) => [code, count])).toEqual([
      ['VALUE_MISSING', 1],
      ['ENTITY_TWICE', 1],
      ['ROW_INCOMPLETE', 1],
    ])
  })

  it('holds nothing of the data but names of events', () => {
    const secrets = ['secret-user', 'secret-sku', '2019-secret']
    const csv = csvOf([header, ...records.map(() => `"${secrets[0]}"x,${secrets[1]}\\"",Click,${secrets[2]}`)])
    const text = JSON.stringify(lookAt(csv))
    for (const secret of secrets) expect(text).not.toContain(secret)
  })

  it.each<[records: number, users: number, usersWithTwo: number, codes: string[]]>([
    [1000, 26, 25, ['ADVISED_VOLUME']],
    [999, 26, 24, ['FEW_INTERACTIONS', 'FEW_USERS']],
    [50_000, 1000, 500, []],
    [49_999, 1000, 500, ['ADVISED_VOLUME']],
    [50_000, 999, 500, ['ADVISED_VOLUME']],
    [1e6, 10_000, 100, []],
    [1e6, 10_001, 100, ['FEW_RETURNING_USERS']],
    [500e6, 1e6, 1e6, []],
    [500e6 + 1, 1e6, 1e6, ['INTERACTIONS_TOO_MANY']],
  ])('%i interactions of %i users, %i of them with two: %j', (count, users, usersWithTwo, codes) => {
    const findings = new Findings(preflightRules)
    const { figures } = lookAt(good)
    judgeInteractions(findings, { ...figures, records: count, users, usersWithTwo })
    expect(findings.all().map(({ code }) => code)).toEqual(codes)
  })
})

function ages(dataset: 'users' | 'items' = 'users'): AvroSchema {
  const key = dataset === 'users' ? 'USER_ID' : 'ITEM_ID'
  return schemaFor(dataset, 'custom', [{ name: key }, { name: 'AGE', type: 'int' }])
}

function textual(): Partial<PreflightOptions> {
  const schema = schemaFor('items', 'custom')
  return {
    dataset: 'items',
    schema: {
      ...schema,
      fields: [
        ...schema.fields,
        { name: 'A', type: 'int' },
        { name: 'B', type: 'int' },
        { name: 'ABOUT', type: ['null', 'string'], textual: true },
      ],
    },
  }
}

/** The checklist of some files, whose bytes come in pieces. */
function lookAt(
  csv: Planted['csv'],
  options: Partial<PreflightOptions> = {},
  size?: number,
  piece = 1_000_000,
): Checklist {
  const preflight = new Preflight({ dataset: 'interactions', now: 1_600_000_000, ...options })
  const files = typeof csv === 'string' || csv instanceof Uint8Array ? [csv] : csv
  for (const [number, file] of files.entries()) {
    const bytes = Buffer.from(file as string)
    preflight.begin({ name: `file-${number}.csv`, size: size ?? bytes.length })
    for (let at = 0; at < bytes.length; at += piece) preflight.push(bytes.subarray(at, at + piece))
    preflight.end()
  }
  return preflight.finish()
}

function codesOf({ findings }: Checklist): string[] {
  return findings
    .map(({ code }) => code)
    .filter((code) => code !== 'ADVISED_VOLUME')
    .sort()
}
