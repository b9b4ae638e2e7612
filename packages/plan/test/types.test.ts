import {
  type BoolType,
  type ColumnTypes,
  coalesce,
  concat,
  type DateType,
  type Frame,
  type Int32Type,
  type Int64Type,
  id,
  ifElse,
  int64,
  type ListType,
  list,
  lit,
  type StructType,
  scanNdjson,
  schema,
  struct,
  type TextType,
  type TimestampType,
  text,
  timestamp,
  when,
  writeCsv,
  writeParquet,
} from '@fletching/plan'
import { expectTypeOf, it } from 'vitest'
import { scan } from './events.ts'

// What compiles is checked by the compiler alone; nothing here needs to run.
type ColumnsOf<F> = F extends Frame<infer C> ? C : never
const wanted = schema('wanted', { USER_ID: id().required(), AT: int64().required(), NOTE: text() })

it('knows the columns of a frame', () => {
  const selected = scan.dropNulls('userId').select((col) => ({
    USER_ID: col('userId'),
    SKU: col('properties.sku'),
    AT: col('timestamp').epochSeconds(),
    DAY: col('timestamp').date(),
    SIZE: col('userId').length(),
    FEW: col('event').isIn(['a']),
    NONE: col('event').isNull(),
    FULL: col('event').fillNull('none'),
    CAST: col('userId').cast(int64(), { onFailure: 'null' }),
    PAGE: col('properties.`page name`'),
  }))
  expectTypeOf<ColumnsOf<typeof selected>>().toEqualTypeOf<{
    readonly USER_ID: TextType
    readonly SKU: TextType | null
    readonly AT: Int64Type
    readonly DAY: DateType
    readonly SIZE: Int32Type
    readonly FEW: BoolType | null
    readonly NONE: BoolType
    readonly FULL: TextType
    readonly CAST: Int64Type | null
    readonly PAGE: TextType | null
  }>()
})

it('knows what an explode makes, and that the list is gone', () => {
  const orders = scanNdjson(
    'in/',
    schema('orders', {
      order: id(),
      properties: struct({ note: text(), lines: list(struct({ sku: id() })) }),
      tags: list(text()),
    }),
  )
  const lines = orders.explode('properties.lines', { as: 'line', position: 'at' })
  expectTypeOf<ColumnsOf<typeof lines>>().toEqualTypeOf<{
    readonly order: TextType | null
    readonly properties: StructType<{ readonly note: TextType | null }> | null
    readonly tags: ListType<TextType | null> | null
    readonly line: StructType<{ readonly sku: TextType | null }> | null
    readonly at: Int32Type
  }>()
  const tags = orders.explode('tags', { as: 'tag', outer: true, position: 'at' }).selectFields('tag', 'at')
  expectTypeOf<ColumnsOf<typeof tags>>().toEqualTypeOf<{
    readonly tag: TextType | null
    readonly at: Int32Type | null
  }>()
  const skus = lines.dropNulls('line.sku').select((col) => ({ SKU: col('line.sku') }))
  expectTypeOf<ColumnsOf<typeof skus>>().toEqualTypeOf<{ readonly SKU: TextType }>()
})

it('knows that a column is never null after dropNulls, and neither is the struct around it', () => {
  const frame = scan.dropNulls('properties.sku', 'event').select((col) => ({
    sku: col('properties.sku'),
    page: col('properties.`page name`'),
    properties: col('properties'),
    event: col('event'),
    userId: col('userId'),
  }))
  type Columns = ColumnsOf<typeof frame>
  expectTypeOf<Columns['sku']>().toEqualTypeOf<TextType>()
  expectTypeOf<Columns['page']>().toEqualTypeOf<TextType | null>()
  expectTypeOf<Columns['event']>().toEqualTypeOf<TextType>()
  expectTypeOf<Columns['userId']>().toEqualTypeOf<TextType | null>()
  expectTypeOf<null extends Columns['properties'] ? true : false>().toEqualTypeOf<false>()
  const again = frame.select((col) => ({ sku: col('properties.sku'), field: col('properties').field('sku') }))
  expectTypeOf<ColumnsOf<typeof again>>().toEqualTypeOf<{ readonly sku: TextType; readonly field: TextType }>()
})

it('requires a struct that holds a required field', () => {
  const frame = scanNdjson('in/', schema('s', { a: struct({ b: id().required(), c: id() }), d: struct({ e: id() }) }))
  type Columns = ColumnsOf<typeof frame>
  expectTypeOf<Columns['a']>().toEqualTypeOf<StructType<{ readonly b: TextType; readonly c: TextType | null }>>()
  expectTypeOf<Columns['d']>().toEqualTypeOf<StructType<{ readonly e: TextType | null }> | null>()
})

it("knows what Glue's verbs make", () => {
  const mapped = scan.applyMapping([
    ['userId', 'USER_ID'],
    ['timestamp', 'TS', 'string'],
    ['count', 'long', 'N', 'int'],
    ['properties.`page name`', 'string', '`page.name`', 'string'],
  ])
  expectTypeOf<ColumnsOf<typeof mapped>>().toEqualTypeOf<{
    readonly USER_ID: TextType | null
    readonly TS: TextType
    readonly N: Int32Type | null
    readonly 'page.name': TextType | null
  }>()
  const lenient = scan.applyMapping([['timestamp', 'timestamp', 'TS', 'long']], { onCastFailure: 'null' })
  expectTypeOf<ColumnsOf<typeof lenient>>().toEqualTypeOf<{ readonly TS: Int64Type | null }>()

  const few = scan.selectFields('userId', 'event', 'timestamp').renameField('userId', 'user').dropFields('event')
  expectTypeOf<ColumnsOf<typeof few>>().toEqualTypeOf<{
    readonly user: TextType | null
    readonly timestamp: TimestampType
  }>()
  const filled = few
    .fillNull({ user: 'nobody' })
    .withColumns((col) => ({ timestamp: col('timestamp').epochSeconds(), one: lit(1n) }))
  expectTypeOf<ColumnsOf<typeof filled>>().toEqualTypeOf<{
    readonly user: TextType
    readonly timestamp: Int64Type
    readonly one: Int64Type
  }>()
})

it('takes mappings that are known only when the job runs, and checks them then', () => {
  const mappings: [string, string][] = [['userId', 'USER_ID']]
  const frame = scan.applyMapping(mappings)
  expectTypeOf<ColumnsOf<typeof frame>>().toEqualTypeOf<ColumnTypes>()
  // Anything can be named in such a frame, and it can be given to any sink.
  const further = frame
    .filter((col) => col('USER_ID').startsWith('a'))
    .select((col) => ({ USER_ID: col('USER_ID').lower() }))
  writeCsv(further.dropNulls('USER_ID'), { to: 'out/' })
  writeCsv(frame, { to: undefined, schema: wanted })
})

it('knows what functions make', () => {
  const frame = scan.dropNulls('userId').select((col) => ({
    first: coalesce(col('event'), col('userId')),
    none: coalesce(col('event'), col('properties.sku')),
    either: ifElse(col('vip'), col('userId'), col('userId')),
    maybe: ifElse(col('vip'), col('userId'), col('event')),
    chosen: when(col('vip'), col('userId')).otherwise(lit('x')),
    joined: concat(col('userId'), '-', col('userId')),
    mixed: concat(col('userId'), col('event')),
  }))
  expectTypeOf<ColumnsOf<typeof frame>>().toEqualTypeOf<{
    readonly first: TextType
    readonly none: TextType | null
    readonly either: TextType
    readonly maybe: TextType | null
    readonly chosen: TextType
    readonly joined: TextType
    readonly mixed: TextType | null
  }>()
})

/** Never called: each line must fail to compile, or the directive above it does. */
export function mustNotCompile(): void {
  // @ts-expect-error a misspelt path
  scan.filter((col) => col('properties.skuu').isNotNull())
  // @ts-expect-error a misspelt path in a selection
  scan.select((col) => ({ A: col('usrId') }))
  // @ts-expect-error a path that goes on below a text
  scan.select((col) => ({ A: col('userId.x') }))
  // @ts-expect-error a name with a blank wants backticks
  scan.select((col) => ({ A: col('properties.page name') }))
  // @ts-expect-error a column that was not selected
  scan.selectFields('userId').filter((col) => col('event').isNull())
  // @ts-expect-error a column that was dropped
  scan.dropFields('properties.sku').filter((col) => col('properties.sku').isNull())
  // @ts-expect-error a column that was renamed
  scan.renameField('userId', 'user').filter((col) => col('userId').isNull())

  // @ts-expect-error numbers among texts
  scan.filter((col) => col('event').isIn([1, 2]))
  // @ts-expect-error one value where a list is wanted
  scan.filter((col) => col('event').isIn('Product Added'))
  // @ts-expect-error text is no moment
  scan.select((col) => ({ A: col('userId').epochSeconds() }))
  // @ts-expect-error a moment has no letters
  scan.select((col) => ({ A: col('timestamp').lower() }))
  // @ts-expect-error text and number
  scan.filter((col) => col('userId').eq(1))
  // @ts-expect-error text and moment
  scan.filter((col) => col('userId').eq(col('timestamp')))
  // @ts-expect-error a whole number and one with a fraction
  scan.filter((col) => col('count').eq(col('price')))
  // @ts-expect-error a struct is no plain value
  scan.filter((col) => col('properties').eq('x'))
  // @ts-expect-error a text is no predicate
  scan.filter((col) => col('event'))
  // @ts-expect-error a function is no expression
  scan.filter(() => true)
  // @ts-expect-error only predicates can be joined
  scan.filter((col) => col('vip').and(col('event')))
  // @ts-expect-error a plain value is no column
  scan.select(() => ({ A: 'x' }))
  // @ts-expect-error branches of two types
  scan.select((col) => ({ A: ifElse(col('vip'), col('count'), col('price')) }))
  // @ts-expect-error columns of two types
  scan.select((col) => ({ A: coalesce(col('userId'), col('count')) }))
  // @ts-expect-error only texts can be joined
  scan.select((col) => ({ A: concat(col('userId'), col('count')) }))
  // @ts-expect-error a type's name is no type
  scan.select((col) => ({ A: col('userId').cast('int') }))
  // @ts-expect-error no such field
  scan.select((col) => ({ A: col('properties').field('skuu') }))

  // @ts-expect-error a misspelt path
  scan.dropNulls('userIdd')
  // @ts-expect-error a misspelt path
  scan.dropDuplicates(['properties.skuu'])
  // @ts-expect-error a row that stays is the first or the last
  scan.dropDuplicates(['userId'], { keep: 'any' })
  // @ts-expect-error a misspelt path
  scan.dropDuplicates(['userId'], { keep: 'last', by: 'timestam' })
  scan.dropDuplicates(['userId'], { keep: 'last', by: 'timestamp' })
  // @ts-expect-error a misspelt path
  scan.explode('properties.product', { as: 'product' })
  // @ts-expect-error an item needs a name
  scan.explode('properties.products', {})
  // @ts-expect-error the list is gone
  scan.explode('properties.products', { as: 'product' }).dropNulls('properties.products')
  // @ts-expect-error no such field of an item
  scan.explode('properties.products', { as: 'product' }).dropNulls('product.skuu')
  // @ts-expect-error whole numbers are cast first
  scan.select((col) => ({ A: col('count').times('2') }))
  // @ts-expect-error a text becomes a text
  scan.select((col) => ({ A: col('event').mapValues({ a: 1 }) }))
  scan.dropDuplicates(['userId', 'properties.sku'], { keep: 'first', nulls: 'distinct' })
  // What is known only when the job runs is checked then.
  scan.dropDuplicates(['userId' as string])
  // @ts-expect-error a field of a struct
  scan.selectFields('properties.sku')
  // @ts-expect-error a misspelt name
  scan.renameField('usrId', 'user')
  // @ts-expect-error a misspelt path
  scan.dropFields('properties.skuu')
  // @ts-expect-error a number for a text
  scan.fillNull({ userId: 1 })
  // @ts-expect-error a misspelt name
  scan.fillNull({ usrId: 'x' })

  // @ts-expect-error a mapping of a misspelt path
  scan.applyMapping([['properties.skuu', 'ITEM_ID']])
  // @ts-expect-error a mapping that is too short
  scan.applyMapping([['userId']])
  // @ts-expect-error a mapping that is too long
  scan.applyMapping([['userId', 'string', 'A', 'string', 'x']])
  // @ts-expect-error a mapping to no type
  scan.applyMapping([['userId', 'A', 'strin']])
  // @ts-expect-error a mapping from another type than the data's
  scan.applyMapping([['timestamp', 'string', 'TS', 'string']])

  const nullable = scan.select((col) => ({
    USER_ID: col('userId'),
    AT: col('timestamp').epochSeconds(),
    NOTE: col('event'),
  }))
  const at = nullable.dropNulls('USER_ID')
  const moments = at.withColumns(() => ({ AT: lit(new Date()) }))
  const more = at.withColumns(() => ({ MORE: lit('x') }))
  writeCsv(at, { to: 'out/', schema: wanted })
  // @ts-expect-error USER_ID may be null
  writeCsv(nullable, { to: 'out/', schema: wanted })
  // @ts-expect-error AT is a timestamp
  writeCsv(moments, { to: 'out/', schema: wanted })
  // @ts-expect-error NOTE is missing
  writeCsv(at.dropFields('NOTE'), { to: 'out/', schema: wanted })
  // @ts-expect-error MORE is not in the schema
  writeCsv(more, { to: 'out/', schema: wanted })
  // @ts-expect-error no such dialect
  writeCsv(at, { to: 'out/', dialect: 'excel' })
  // @ts-expect-error there is one file
  writeCsv(at, { to: 'out/', files: 2 })
  // @ts-expect-error no such column to partition by
  writeParquet(at, { to: 'out/', partitionBy: ['dt'] })
  // @ts-expect-error a schema is made of types
  schema('s', { a: 'text' })
  // @ts-expect-error a type is called
  schema('s', { a: timestamp })
}
