import {
  allOf,
  anyOf,
  coalesce,
  concat,
  explainLogical,
  type Frame,
  float64,
  formatExpr,
  formatNames,
  ifElse,
  int32,
  int64,
  lit,
  text,
  type Write,
  when,
  writeCsv,
} from '@fletching/plan'
import { expect, it } from 'vitest'
import { scan } from './events.ts'

/** The nodes of a frame's plan above the scan, from the top. */
function nodes(frame: Frame<never> | { readonly plan: Frame<never>['plan'] }): string[] {
  const write = {
    node: 'write',
    sink: { format: 'csv', to: 'out/', schema: undefined, dialect: 'glue', files: 1 },
    input: frame.plan,
  }
  return explainLogical([write as Write])
    .split('\n')
    .slice(1, -1)
    .map((line) => line.trim())
}

/** What the frame's columns are: `name: kind`, with `?` where a row may have no value. */
function columns({ fields }: Pick<Frame<never>, 'fields'>): string {
  return fields.map(({ name, type, required }) => `${name}: ${type.kind}${required ? '' : '?'}`).join(', ')
}

it('writes each predicate as it stands, and counts under a reason made from it', () => {
  const noon = new Date('2019-05-18T12:00:00Z')
  const frame = scan
    .filter((col) => col('event').isIn(['Product Added', "Bob's"]))
    .filter((col) => col('properties.sku').isNotNull().or(col('properties.products').isNull()), {
      reason: 'order without sku',
    })
    .filter((col) => col('timestamp').ge(noon))
    .filter((col) => allOf(col('count').gt(3), col('price').le(1.5), col('vip')))
    .filter((col) => anyOf(col('userId').startsWith('a'), col('userId').contains(col('event'))).not())
    .filter((col) => col('userId').eqNullSafe(null))
    .filter((col) => col('timestamp').date().lt(noon))
    .filter((col) => col('properties.`page name`').ne('x'))
  expect(nodes(frame).reverse()).toEqual([
    `filter event in ('Product Added', 'Bob''s'), else "event not wanted"`,
    `filter (properties.sku is not null) or (properties.products is null), else "order without sku"`,
    `filter timestamp >= timestamp '2019-05-18T12:00:00.000Z', else "not (timestamp >= timestamp '2019-05-18T12:00:00.000Z')"`,
    `filter (count > 3) and (price <= 1.5) and vip, else "not ((count > 3) and (price <= 1.5) and vip)"`,
    `filter not (startsWith(userId, 'a') or contains(userId, event)), else "startsWith(userId, 'a') or contains(userId, event)"`,
    `filter userId <=> null, else "not (userId <=> null)"`,
    `filter date(timestamp) < date '2019-05-18', else "not (date(timestamp) < date '2019-05-18')"`,
    `filter properties.\`page name\` <> 'x', else "not (properties.\`page name\` <> 'x')"`,
  ])
})

it('makes one filter for each path of dropNulls, in order, and requires the columns from then on', () => {
  const frame = scan.dropNulls('userId', 'properties.sku')
  expect(nodes(frame).reverse()).toEqual([
    'filter userId is not null, else "userId missing"',
    'filter properties.sku is not null, else "properties.sku missing"',
  ])
  expect(columns(frame)).toBe(
    'userId: text, event: text?, timestamp: timestamp, properties: struct, count: int64?, price: float64?, vip: bool?, extra: json?',
  )
})

it('drops duplicates by columns and fields, and keeps the columns as they are', () => {
  const frame = scan.dropNulls('userId').dropDuplicates(['properties.sku', 'count'], { keep: 'first' })
  expect(nodes(frame)[0]).toBe('dropDuplicates properties.sku, count, keep first, nulls equal')
  expect(nodes(scan.dropDuplicates(['userId'], { nulls: 'distinct' }))).toEqual([
    'dropDuplicates userId, keep first, nulls distinct',
  ])
  expect(columns(frame)).toBe(columns(scan.dropNulls('userId')))
})

it('keeps the last of the rows that are alike, by the order of the input or of a column', () => {
  expect(nodes(scan.dropDuplicates(['userId'], { keep: 'last' }))).toEqual([
    'dropDuplicates userId, keep last, nulls equal',
  ])
  expect(nodes(scan.dropDuplicates(['userId'], { keep: 'last', by: 'timestamp', nulls: 'distinct' }))).toEqual([
    'dropDuplicates userId, keep last by timestamp, nulls distinct',
  ])
})

it('makes rows of the items of a list, whose column gives way to them', () => {
  const frame = scan.dropNulls('userId').explode('properties.products', { as: 'product' })
  expect(nodes(frame)[0]).toBe('explode properties.products as product, else "properties.products empty"')
  expect(columns(frame)).toBe(
    'userId: text, event: text?, timestamp: timestamp, properties: struct?, count: int64?, price: float64?, vip: bool?, extra: json?, product: struct?',
  )
  const properties = frame.fields.find(({ name }) => name === 'properties')?.type
  expect(properties?.kind === 'struct' && properties.fields.map(({ name }) => name)).toEqual(['sku', 'page name'])

  const placed = scan.explode('properties.products', { as: 'product', position: 'a place', reason: 'no products' })
  expect(nodes(placed)[0]).toBe('explode properties.products as product at `a place`, else "no products"')
  expect(columns(placed.selectFields('`a place`'))).toBe('a place: int32')

  const outer = scan.explode('properties.products', { as: 'product', outer: true, position: 'place' })
  expect(nodes(outer)[0]).toBe('explode properties.products as product at place, outer')
  expect(columns(outer.selectFields('place'))).toBe('place: int32?')
  expect(columns(outer.dropNulls('product.sku').select((col) => ({ SKU: col('product.sku') })))).toBe('SKU: text')
})

it('multiplies, maps texts, and has a word for no value', () => {
  const frame = scan.dropNulls('price', 'event').select((col) => ({
    twice: col('price').times(2),
    total: col('price').times(col('count').cast(float64())),
    kind: col('event').mapValues({ 'Viewed Product': 'View', "it's": 'x' }),
    some: when(col('vip'), col('price')).otherwise(null),
    none: ifElse(col('vip'), col('event'), null),
  }))
  expect(nodes(frame)[0]).toBe(
    "select twice = times(price, 2), total = times(price, cast(count as float64)), kind = mapValues(event, 'Viewed Product' → 'View', 'it''s' → 'x'), some = ifElse(coalesce(vip, false), price, null), none = ifElse(coalesce(vip, false), event, null)",
  )
  expect(columns(frame)).toBe('twice: float64, total: float64?, kind: text, some: float64?, none: text?')
})

it('computes columns of the right type, null only where they must be', () => {
  const frame = scan.dropNulls('userId', 'count').select((col) => ({
    id: col('userId'),
    sku: col('properties.sku'),
    seconds: col('timestamp').epochSeconds(),
    back: col('count').fromEpochSeconds(),
    soon: col('userId').length().fromEpochSeconds(),
    day: col('timestamp').date(),
    size: col('userId').length(),
    loud: col('event').upper(),
    quiet: col('userId').lower(),
    bare: col('userId').trim(),
    when: col('userId').parseTimestamp(),
    exact: col('count').cast(float64()),
    lenient: col('userId').cast(int64(), { onFailure: 'null' }),
    same: col('userId').cast(text()),
    filled: col('event').fillNull('none'),
    first: coalesce(col('event'), col('properties.sku'), col('userId')),
    either: ifElse(col('vip'), col('userId'), col('event')),
    chosen: when(col('userId').eq('x'), col('userId')).otherwise(lit('y')),
    joined: concat(col('userId'), '-', col('event')),
    equal: col('userId').eq('x'),
    maybe: col('userId').eq(col('event')),
    safe: col('event').eqNullSafe('x'),
    few: col('event').isIn(['x']),
    none: col('event').isNull(),
    five: lit(5n).cast(int32()),
  }))
  const { plan } = frame
  const made = plan.node === 'project' ? plan.columns : []
  expect(
    made.map(({ name, type, nullable, expr }) => `${name}: ${type.kind}${nullable ? '?' : ''} = ${formatExpr(expr)}`),
  ).toEqual([
    'id: text = userId',
    'sku: text? = properties.sku',
    'seconds: int64 = epochSeconds(timestamp)',
    'back: timestamp = fromEpochSeconds(count)',
    'soon: timestamp = fromEpochSeconds(cast(length(userId) as int64))',
    'day: date = date(timestamp)',
    'size: int32 = length(userId)',
    'loud: text? = upper(event)',
    'quiet: text = lower(userId)',
    'bare: text = trim(userId)',
    'when: timestamp? = parseTimestamp(userId)',
    'exact: float64 = cast(count as float64)',
    'lenient: int64? = cast(userId as int64, else null)',
    'same: text = userId',
    "filled: text = coalesce(event, 'none')",
    'first: text = coalesce(event, properties.sku, userId)',
    'either: text? = ifElse(coalesce(vip, false), userId, event)',
    "chosen: text = ifElse(userId = 'x', userId, 'y')",
    "joined: text? = concatText(userId, '-', event)",
    "equal: bool = userId = 'x'",
    'maybe: bool? = userId = event',
    "safe: bool = event <=> 'x'",
    "few: bool? = event in ('x')",
    'none: bool = event is null',
    'five: int32 = cast(5 as int32)',
  ])
})

it.each<[string, { readonly plan: Frame<never>['plan']; readonly fields: Frame<never>['fields'] }, string, string]>([
  [
    'withColumns, replacing where a column stands and adding at the end',
    scan.selectFields('userId', 'extra', 'vip').withColumns((col) => ({ extra: col('userId').isNull(), n: lit(1) })),
    'withColumns userId, extra = userId is null, vip, n = 1',
    'userId: text?, extra: bool, vip: bool?, n: float64',
  ],
  ['selectFields', scan.selectFields('event', 'userId'), 'selectFields event, userId', 'event: text?, userId: text?'],
  [
    'dropFields',
    scan.dropFields('properties', 'count', 'price', 'vip', 'extra'),
    'dropFields userId, event, timestamp',
    'userId: text?, event: text?, timestamp: timestamp',
  ],
  [
    'renameField',
    scan.selectFields('userId', 'event').renameField('userId', 'user_id'),
    'renameField user_id = userId, event',
    'user_id: text?, event: text?',
  ],
  [
    'renameField with a quoted name',
    scan.selectFields('userId').renameField('userId', '`user.id`'),
    'renameField `user.id` = userId',
    'user.id: text?',
  ],
  [
    'fillNull',
    scan.selectFields('userId', 'count').fillNull({ count: 0 }),
    'fillNull userId, count = coalesce(count, 0)',
    'userId: text?, count: int64',
  ],
  [
    'applyMapping',
    scan.applyMapping([
      ['userId', 'USER_ID'],
      ['timestamp', 'TS', 'string'],
      ['count', 'long', 'N', 'int'],
      ['properties.`page name`', 'string', '`page.name`', 'string'],
    ]),
    'applyMapping USER_ID = userId, TS = cast(timestamp as text), N = cast(count as int32), `page.name` = properties.`page name`',
    'USER_ID: text?, TS: text, N: int32?, page.name: text?',
  ],
  [
    'applyMapping, lenient',
    scan.applyMapping([['timestamp', 'timestamp', 'N', 'long']], { onCastFailure: 'null' }),
    'applyMapping N = cast(timestamp as int64, else null)',
    'N: int64?',
  ],
])('%s is a projection', (_, frame, node, fields) => {
  expect(nodes(frame)[0]).toBe(node)
  expect(columns(frame)).toBe(fields)
})

it.each([
  [8, 'c1, c2, c3, c4, c5, c6, c7, c8'],
  [9, 'c1, c2, c3, c4, c5, c6, … 3 more'],
  [100, 'c1, c2, c3, c4, c5, c6, … 94 more'],
])('of %d columns that stay as they are, beside each other, the first few are named', (count, named) => {
  const names = Array.from({ length: count }, (_, at) => `c${at + 1}`)
  const one = lit(1)
  const wide = scan.select(() => Object.fromEntries(names.map((name) => [name, one])))
  expect(formatNames(names)).toBe(named)
  expect(nodes(wide.withColumns(() => ({ n: one })))[0]).toBe(`withColumns ${named}, n = 1`)
  expect(nodes(wide)[0]).toBe(`select ${names.map((name) => `${name} = 1`).join(', ')}`)
})

it('drops a field of a struct from what can be named', () => {
  const frame = scan.dropFields('properties.sku')
  const properties = frame.fields.find(({ name }) => name === 'properties')?.type
  expect(properties?.kind === 'struct' && properties.fields.map(({ name }) => name)).toEqual(['products', 'page name'])
})

it('shares the nodes of frames that grew from one', () => {
  const wanted = scan.dropNulls('userId')
  const one = writeCsv(wanted.selectFields('userId'), { to: 'a/' })
  const two = writeCsv(wanted.selectFields('event'), { to: 'b/', dialect: 'rfc4180' })
  expect(explainLogical([one, two].filter((sink) => sink !== undefined))).toBe(`write csv a/, dialect personalize
  selectFields userId
    (1) filter userId is not null, else "userId missing"
      scan ndjson in/ as events
write csv b/, dialect rfc4180
  selectFields event
    (1) as above`)
})

it('leaves a frame as it was', () => {
  const before = nodes(scan)
  scan.dropNulls('userId').selectFields('userId')
  expect(nodes(scan)).toEqual(before)
})
