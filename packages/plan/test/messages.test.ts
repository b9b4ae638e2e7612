import * as plan from '@fletching/plan'
import { date, id, int64, list, schema, struct, text } from '@fletching/plan'
import { expect, it } from 'vitest'
import { events, scan, type Untyped } from './events.ts'

/** As somebody writes who has no compiler: everything can be called with anything. */
const loose = plan as unknown as Untyped
const frame = scan as unknown as Untyped
const wanted = schema('wanted', { A: id().required(), B: int64() })
const csv = (rows: Untyped, to: string) => loose.writeCsv(rows, { to })

interface Case {
  readonly when: string
  readonly call: () => unknown
  readonly says: string
}

const cases: readonly Case[] = [
  {
    when: 'a path is misspelt',
    call: () => frame.select((col: Untyped) => ({ ITEM_ID: col('properties.skuu') })),
    says: `UNKNOWN_COLUMN: no column "properties.skuu" in events
  at select → ITEM_ID
  did you mean "properties.sku"? properties has: sku, products, \`page name\``,
  },
  {
    when: 'a name is misspelt',
    call: () => frame.filter((col: Untyped) => col('evnt').isIn(['x'])),
    says: `UNKNOWN_COLUMN: no column "evnt" in events
  at filter
  did you mean "event"? events has: userId, event, timestamp, properties, count, price, vip, extra`,
  },
  {
    when: 'a name is misspelt in dropNulls',
    call: () => frame.dropNulls('usrid'),
    says: `UNKNOWN_COLUMN: no column "usrid" in events
  at dropNulls
  did you mean "userId"? events has: userId, event, timestamp, properties, count, price, vip, extra`,
  },
  {
    when: 'a path goes on below a text',
    call: () => frame.select((col: Untyped) => ({ A: col('userId.x') })),
    says: `UNKNOWN_COLUMN: no column "userId.x" in events
  at select → A
  userId is text and has no fields; a name with a dot in it stands in backticks`,
  },
  {
    when: 'a path is empty',
    call: () => frame.select((col: Untyped) => ({ A: col('') })),
    says: `BAD_PATH: "" is not a path: it holds an empty name
  at select → A
  expected names with dots between, as in properties.sku; a name with a dot in it stands in backticks`,
  },
  {
    when: 'a field is misspelt',
    call: () => frame.select((col: Untyped) => ({ A: col('properties').field('x') })),
    says: `UNKNOWN_COLUMN: no field "x" in properties
  at select → A
  it has: sku, products, \`page name\``,
  },
  {
    when: 'text is taken for a moment',
    call: () => frame.select((col: Untyped) => ({ A: col('userId').epochSeconds() })),
    says: `TYPE_MISMATCH: epochSeconds needs timestamp, but userId is text
  at select → A
  parse the text first: .parseTimestamp()`,
  },
  {
    when: 'a mistake is made before other calls',
    call: () => frame.select((col: Untyped) => ({ A: col('userId').date().isNull().not() })),
    says: `TYPE_MISMATCH: date needs timestamp, but userId is text
  at select → A
  parse the text first: .parseTimestamp()`,
  },
  {
    when: 'a text is compared with a number',
    call: () => frame.filter((col: Untyped) => col('userId').eq(1)),
    says: `TYPE_MISMATCH: the number 1 is not a text, as userId is
  at filter
  expected a text in quotes`,
  },
  {
    when: 'columns of two types are compared',
    call: () => frame.filter((col: Untyped) => col('userId').eq(col('count'))),
    says: `TYPE_MISMATCH: eq got userId, a text, and count, an int64
  at filter
  cast one to the other's type, as in .cast(text())`,
  },
  {
    when: 'a struct is compared',
    call: () => frame.filter((col: Untyped) => col('properties').eq('x')),
    says: `TYPE_MISMATCH: eq needs a plain value, but properties is struct
  at filter
  name one of its fields with a dotted path`,
  },
  {
    when: 'isIn gets no list',
    call: () => frame.filter((col: Untyped) => col('userId').isIn('x')),
    says: `TYPE_MISMATCH: isIn got the text 'x' where a list of values is wanted
  at filter
  expected a list, as in isIn(['Product Added', 'Product Clicked'])`,
  },
  {
    when: 'isIn gets a null',
    call: () => frame.filter((col: Untyped) => col('userId').isIn([null])),
    says: `TYPE_MISMATCH: isIn got null among its values, which is equal to nothing
  at filter
  leave it out, and add .or(col(…).isNull()) where rows without a value are wanted`,
  },
  {
    when: 'isIn gets a broken number for whole ones',
    call: () => frame.filter((col: Untyped) => col('count').isIn([1.5])),
    says: `TYPE_MISMATCH: the number 1.5 is not an int64, as count is
  at filter
  expected a whole number up to 2^53, or a bigint in 64 bits`,
  },
  {
    when: 'a filter is no predicate',
    call: () => frame.filter((col: Untyped) => col('userId')),
    says: `TYPE_MISMATCH: filter needs bool, but userId is text
  at filter
  expected a predicate, as .isNotNull() or .eq(…) make one`,
  },
  {
    when: 'a filter is a plain value',
    call: () => frame.filter(() => true),
    says: `NOT_A_COLUMN: expected a column, got true
  at filter
  a column is made with col('path'), a constant with lit(value)`,
  },
  {
    when: 'and gets a plain value',
    call: () => frame.filter((col: Untyped) => col('userId').isNull().and(1)),
    says: `NOT_A_COLUMN: and got the number 1 where a column is wanted
  at filter
  expected another predicate, as in col('sku').isNotNull()`,
  },
  {
    when: 'not gets a text',
    call: () => frame.filter((col: Untyped) => col('userId').not()),
    says: `TYPE_MISMATCH: not needs bool, but userId is text
  at filter
  expected a predicate, as .isNotNull() or .eq(…) make one`,
  },
  {
    when: 'a selected column is a plain value',
    call: () => frame.select(() => ({ A: 'x' })),
    says: `NOT_A_COLUMN: expected a column, got the text 'x'
  at select → A
  a column is made with col('path'), a constant with lit(value)`,
  },
  {
    when: 'a selection is no object',
    call: () => frame.select(() => 'x'),
    says: `NOT_A_COLUMN: the callback returned x
  at select
  expected an object of columns: (col) => ({ USER_ID: col('userId') })`,
  },
  {
    when: 'a cast names no type',
    call: () => frame.select((col: Untyped) => ({ A: col('userId').cast('int') })),
    says: `NOT_A_TYPE: cast got the text 'int' where a type is wanted
  at select → A
  write cast(int32()), with int32 of @fletching/job`,
  },
  {
    when: 'a cast names a type of ours as a text',
    call: () => frame.select((col: Untyped) => ({ A: col('userId').cast('float64') })),
    says: `NOT_A_TYPE: cast got the text 'float64' where a type is wanted
  at select → A
  write cast(float64()), with float64 of @fletching/job`,
  },
  {
    when: 'a cast is given no type',
    call: () => frame.select((col: Untyped) => ({ A: col('userId').cast(8) })),
    says: `NOT_A_TYPE: cast got the number 8 where a type is wanted
  at select → A
  expected a call such as int64() or timestamp()`,
  },
  {
    when: 'a struct is cast',
    call: () => frame.select((col: Untyped) => ({ A: col('properties').cast(text()) })),
    says: `TYPE_MISMATCH: properties is struct and cannot be cast to text
  at select → A
  casts lead from text, numbers, bool, timestamp and date to one another`,
  },
  {
    when: 'a condition is a text',
    call: () => frame.select((col: Untyped) => ({ A: loose.ifElse(col('userId'), col('count'), col('count')) })),
    says: `TYPE_MISMATCH: ifElse needs bool, but userId is text
  at select → A
  expected a predicate, as .isNotNull() or .eq(…) make one`,
  },
  {
    when: 'the branches have two types',
    call: () => frame.select((col: Untyped) => ({ A: loose.ifElse(col('vip'), col('count'), col('price')) })),
    says: `TYPE_MISMATCH: ifElse got count, an int64, and price, a float64
  at select → A
  cast one to the other's type, as in .cast(int64())`,
  },
  {
    when: 'coalesce gets two types',
    call: () => frame.select((col: Untyped) => ({ A: loose.coalesce(col('userId'), col('price')) })),
    says: `TYPE_MISMATCH: coalesce got userId, a text, and price, a float64
  at select → A
  cast one to the other's type, as in .cast(text())`,
  },
  {
    when: 'concat gets a number',
    call: () => frame.select((col: Untyped) => ({ A: loose.concat(col('userId'), col('price')) })),
    says: `TYPE_MISMATCH: concat needs text, but price is float64
  at select → A
  cast it first: .cast(text())`,
  },
  {
    when: 'lit gets nothing',
    call: () => frame.select(() => ({ A: loose.lit() })),
    says: `TYPE_MISMATCH: lit got undefined
  at select → A
  expected a text, a number, a bigint, true, false or a Date`,
  },
  {
    when: 'selectFields names a field of a struct',
    call: () => frame.selectFields('properties.sku'),
    says: `NOT_SUPPORTED_YET: "properties.sku" is a field of a struct
  at selectFields
  take it out with select: (col) => ({ sku: col('properties.sku') })`,
  },
  {
    when: 'a new name has a dot',
    call: () => frame.renameField('userId', 'a.b'),
    says: `NOT_SUPPORTED_YET: the target "a.b" would nest columns into a struct
  at renameField
  for a flat column whose name has a dot, write \`a.b\` in backticks`,
  },
  {
    when: 'a new name is taken',
    call: () => frame.renameField('userId', 'event'),
    says: `DUPLICATE_COLUMN: two columns are called "event"
  at renameField
  give one of them another name`,
  },
  {
    when: 'every column is dropped',
    call: () => frame.selectFields('userId').dropFields('userId'),
    says: `NO_COLUMNS: no column is left
  at dropFields
  keep at least one column`,
  },
  {
    when: 'a filler has another type',
    call: () => frame.fillNull({ userId: 1 }),
    says: `TYPE_MISMATCH: the number 1 is not a text, as userId is
  at fillNull → userId
  expected a text in quotes`,
  },
  {
    when: 'a filler names no column',
    call: () => frame.fillNull({ usrId: 'x' }),
    says: `UNKNOWN_COLUMN: no column "usrId" in events
  at fillNull
  did you mean "userId"? events has: userId, event, timestamp, properties, count, price, vip, extra`,
  },
  {
    when: 'a mapping is too short',
    call: () => frame.applyMapping([['userId', 'USER_ID'], ['event']]),
    says: `BAD_MAPPING: a mapping is a list of 2, 3 or 4 texts, got ["event"]
  at applyMapping, mapping 2 of 2
  expected ['properties.sku', 'ITEM_ID'], ['properties.sku', 'ITEM_ID', 'string'] or ['properties.sku', 'string', 'ITEM_ID', 'string']`,
  },
  {
    when: 'a mapping names no type',
    call: () => frame.applyMapping([['userId', 'USER_ID', 'strin']]),
    says: `BAD_MAPPING: no type "strin"
  at applyMapping, mapping 1 of 1
  did you mean "string"? the types are: string, int, long, bigint, double, boolean, timestamp, date`,
  },
  {
    when: "a mapping declares another type than the data's",
    call: () => frame.applyMapping([['timestamp', 'string', 'TS', 'string']]),
    says: `MAPPING_TYPE_MISMATCH: "timestamp" is mapped as string, but is timestamp in events
  at applyMapping, mapping 1 of 1
  declare it as timestamp, or leave the source type out
  Glue would silently make an empty column of it`,
  },
  {
    when: 'a mapping names no column',
    call: () => frame.applyMapping([['properties.SKU', 'ITEM_ID']]),
    says: `UNKNOWN_COLUMN: no column "properties.SKU" in events
  at applyMapping, mapping 1 of 1
  did you mean "properties.sku"? properties has: sku, products, \`page name\``,
  },
  {
    when: 'a mapping nests',
    call: () => frame.applyMapping([['userId', 'string', 'who.id', 'string']]),
    says: `NOT_SUPPORTED_YET: the target "who.id" would nest columns into a struct
  at applyMapping, mapping 1 of 1
  for a flat column whose name has a dot, write \`who.id\` in backticks`,
  },
  {
    when: 'a column is missing for a sink',
    call: () => loose.writeCsv(frame.selectFields('userId'), { to: 'out/', schema: wanted }),
    says: `SINK_MISMATCH: A is missing, but wanted needs it
  at writeCsv(out/)
  expected the columns A, B; got userId`,
  },
  {
    when: 'a column has another type than a sink wants',
    call: () =>
      loose.writeCsv(
        frame.dropNulls('userId').select((col: Untyped) => ({ A: col('userId'), B: col('timestamp') })),
        { to: 'out/', schema: wanted },
      ),
    says: `SINK_MISMATCH: B is timestamp, but wanted needs int64
  at writeCsv(out/)
  take its .epochSeconds()`,
  },
  {
    when: 'a column may be null that a sink wants',
    call: () =>
      loose.writeCsv(
        frame.select((col: Untyped) => ({ A: col('userId'), B: col('count') })),
        { to: 'out/', schema: wanted },
      ),
    says: `SINK_MISMATCH: A may be null, but wanted needs a value in every row
  at writeCsv(out/)
  add .dropNulls('userId') before select, or fill it with .fillNull`,
  },
  {
    when: 'a computed column may be null that a sink wants',
    call: () =>
      loose.writeCsv(
        frame.select((col: Untyped) => ({ A: col('userId').lower(), B: col('count') })),
        { to: 'out/', schema: wanted },
      ),
    says: `SINK_MISMATCH: A may be null, but wanted needs a value in every row
  at writeCsv(out/)
  add .dropNulls('A'), or fill it with .fillNull`,
  },
  {
    when: 'columns come in another order than a sink wants',
    call: () =>
      loose.writeCsv(
        frame.dropNulls('userId').select((col: Untyped) => ({ B: col('count'), A: col('userId') })),
        { to: 'out/', schema: wanted },
      ),
    says: `SINK_MISMATCH: the columns are B, A, but wanted is A, B
  at writeCsv(out/)
  select the same columns in the same order`,
  },
  {
    when: 'a sink cannot hold a struct',
    call: () => loose.writeCsv(frame, { to: 'out/' }),
    says: `SINK_MISMATCH: properties is a struct, which csv cannot hold yet
  at writeCsv(out/)
  leave it out with .dropFields('properties'), or take single values out of it with select`,
  },
  {
    when: 'a name is not for Athena',
    call: () => loose.writeParquet(frame.selectFields('userId'), { to: 'out/' }),
    says: `SINK_MISMATCH: "userId" is no name for a Parquet column
  at writeParquet(out/)
  Athena wants lower-case letters, digits and _ only: userid`,
  },
  {
    when: 'a name within a column is not for Athena',
    call: () =>
      loose.writeParquet(
        loose.scanNdjson('in/', schema('s', { a: list(struct({ b: struct({ userId: text() }) })), c: text() })),
        { to: 'out/' },
      ),
    says: `SINK_MISMATCH: "userId" is no name for a Parquet column, in a.b
  at writeParquet(out/)
  Athena wants lower-case letters, digits and _ only: userid`,
  },
  {
    when: 'a struct for Parquet has no field',
    call: () =>
      loose.writeParquet(loose.scanNdjson('in/', schema('s', { a: struct({ b: struct({}) }) })), { to: 'out/' }),
    says: `SINK_MISMATCH: a.b is a struct without fields, which no Parquet file holds
  at writeParquet(out/)
  leave it out, or declare it as json()`,
  },
  {
    when: 'rows are partitioned by a list',
    call: () =>
      loose.writeParquet(loose.scanNdjson('in/', schema('s', { a: list(text()), b: text() })), {
        to: 'out/',
        partitionBy: ['a'],
      }),
    says: `SINK_MISMATCH: a is a list, by which no folder can be named
  at writeParquet(out/)
  partition by a column of plain values, such as the day of a timestamp`,
  },
  {
    when: 'a key is no text',
    call: () => loose.text().from(7),
    says: `BAD_KEY: from got number where a key is wanted
  expected the key as it stands in JSON, as in text().from('userId')`,
  },
  {
    when: 'a contract is misspelt',
    call: () => loose.text().contract('frozen'),
    says: `BAD_OPTION: no contract "frozen"
  the contracts are: evolve, freeze, discard-value, discard-row`,
  },
  {
    when: 'a partition column is missing',
    call: () => loose.writeParquet(frame.selectFields('event', 'count'), { to: 'out/', partitionBy: ['dt'] }),
    says: `UNKNOWN_COLUMN: no column "dt" to partition by
  at writeParquet(out/)
  the columns are: event, count`,
  },
  {
    when: 'nothing is left beside the partition',
    call: () => loose.writeParquet(frame.selectFields('event'), { to: 'out/', partitionBy: ['event'] }),
    says: `SINK_MISMATCH: every column is a partition column, so the files would be empty
  at writeParquet(out/)
  partition by fewer columns: they are not stored in the files`,
  },
  {
    when: 'JSON has no such type',
    call: () => loose.scanNdjson('in/', schema('dates', { day: date() })),
    says: `NOT_SUPPORTED_YET: JSON cannot be read as date
  at column day of dates
  declare timestamp() and take its .date()`,
  },
  {
    when: 'a declaration is no type',
    call: () => loose.schema('s', { a: text }),
    says: `NOT_A_TYPE: "a" is declared with function, not with a type
  expected a call such as a: text() or a: timestamp().required()`,
  },
  {
    when: 'there is no sink',
    call: () => loose.optimize([]),
    says: `NO_SINKS: the job has no sink
  return at least one writeCsv(…) or writeParquet(…) whose location is given`,
  },
  {
    when: 'sinks filter differently',
    call: () =>
      loose.optimize([
        csv(frame.selectFields('userId'), 'a/'),
        csv(frame.dropNulls('event').selectFields('userId'), 'b/'),
      ]),
    says: `NOT_SUPPORTED_YET: the sinks of one job filter differently
  at csv to a/: no filter
  at csv to b/: event is not null
  filter once and select from that frame for each sink, or make two jobs of it`,
  },
  {
    when: 'sinks drop duplicates differently',
    call: () => {
      const by = (name: string) =>
        frame
          .dropNulls('userId')
          .dropDuplicates([name])
          .filter((col: Untyped) => col('vip'))
      return loose.optimize([csv(by('userId').selectFields('vip'), 'a/'), csv(by('event').selectFields('vip'), 'b/')])
    },
    says: `NOT_SUPPORTED_YET: the sinks of one job filter differently
  at csv to a/: userId is not null, dropDuplicates userId, vip
  at csv to b/: userId is not null, dropDuplicates event, vip
  filter once and select from that frame for each sink, or make two jobs of it`,
  },
  {
    when: 'duplicates are dropped twice',
    call: () =>
      loose.optimize([
        csv(frame.dropDuplicates(['userId', 'count']).dropDuplicates(['event']).selectFields('vip'), 'a/'),
      ]),
    says: `NOT_SUPPORTED_YET: a job drops duplicates twice
  at dropDuplicates userId, count
  at dropDuplicates event
  name all the columns in one dropDuplicates where one will do, or make two jobs of it`,
  },
  {
    when: 'a name is misspelt in dropDuplicates',
    call: () => frame.dropDuplicates(['usrid']),
    says: `UNKNOWN_COLUMN: no column "usrid" in events
  at dropDuplicates
  did you mean "userId"? events has: userId, event, timestamp, properties, count, price, vip, extra`,
  },
  {
    when: 'rows are told apart by a struct',
    call: () => frame.dropDuplicates(['properties']),
    says: `TYPE_MISMATCH: dropDuplicates needs a plain value, but properties is struct
  at dropDuplicates
  name one of its fields with a dotted path`,
  },
  {
    when: 'rows are told apart by nothing',
    call: () => frame.dropDuplicates([]),
    says: `NO_COLUMNS: no column is named to tell rows apart by
  at dropDuplicates
  expected a list of paths, as in dropDuplicates(['messageId'])`,
  },
  {
    when: 'rows are told apart by a name without its list',
    call: () => frame.dropDuplicates('userId'),
    says: `NO_COLUMNS: no column is named to tell rows apart by
  at dropDuplicates
  expected a list of paths, as in dropDuplicates(['messageId'])`,
  },
  {
    when: 'another row than the first or the last should stay',
    call: () => frame.dropDuplicates(['userId'], { keep: 'any' }),
    says: `BAD_OPTION: keep got "any"
  at dropDuplicates
  expected 'first' or 'last'`,
  },
  {
    when: 'the first row should be told by a column',
    call: () => frame.dropDuplicates(['userId'], { by: 'timestamp' }),
    says: `BAD_OPTION: by got a column, but the first row is kept by the order of the input
  at dropDuplicates
  with keep: 'last' the row with the greatest value stays`,
  },
  {
    when: 'the last row should be told by a text',
    call: () => frame.dropDuplicates(['userId'], { keep: 'last', by: 'event' }),
    says: `TYPE_MISMATCH: dropDuplicates by needs timestamp or date or int32 or int64 or float64, but event is text
  at dropDuplicates
  parse the text first: .parseTimestamp()`,
  },
  {
    when: 'the items of a list get no name',
    call: () => frame.explode('properties.products'),
    says: `BAD_OPTION: as got undefined where the name of a column is wanted
  at explode
  expected explode('properties.products', { as: 'item' })`,
  },
  {
    when: 'something is exploded that is no list',
    call: () => frame.explode('userId', { as: 'one' }),
    says: `TYPE_MISMATCH: explode needs list, but userId is text
  at explode
  expected list`,
  },
  {
    when: 'an item is given the name of a column',
    call: () => frame.explode('properties.products', { as: 'userId' }),
    says: `DUPLICATE_COLUMN: two columns are called "userId"
  at explode
  give the new one another name`,
  },
  {
    when: 'an item and its position have one name',
    call: () => frame.explode('properties.products', { as: 'one', position: 'one' }),
    says: `DUPLICATE_COLUMN: two columns are called "one"
  at explode
  give the new one another name`,
  },
  {
    when: 'texts are mapped to numbers',
    call: () => frame.select((col: Untyped) => ({ A: col('event').mapValues({ a: 1 }) })),
    says: `TYPE_MISMATCH: mapValues got an object where texts for texts are wanted
  at select → A
  expected an object of texts, as in mapValues({ 'Viewed Product': 'Product Viewed' })`,
  },
  {
    when: 'a number is mapped to texts',
    call: () => frame.select((col: Untyped) => ({ A: col('count').mapValues({ a: 'b' }) })),
    says: `TYPE_MISMATCH: mapValues needs text, but count is int64
  at select → A
  cast it first: .cast(text())`,
  },
  {
    when: 'whole numbers are multiplied',
    call: () => frame.select((col: Untyped) => ({ A: col('count').times(2) })),
    says: `TYPE_MISMATCH: times needs float64, but count is int64
  at select → A
  cast it first: .cast(float64())`,
  },
  {
    when: 'a number is multiplied with a text',
    call: () => frame.select((col: Untyped) => ({ A: col('price').times(col('event')) })),
    says: `TYPE_MISMATCH: times got price, a float64, and event, a text
  at select → A
  cast one to the other's type, as in .cast(float64())`,
  },
  {
    when: 'nothing stands for a struct',
    call: () => frame.select((col: Untyped) => ({ A: loose.ifElse(col('vip'), col('properties'), null) })),
    says: `TYPE_MISMATCH: ifElse needs a plain value, but properties is struct
  at select → A
  name one of its fields with a dotted path`,
  },
  {
    when: 'a job explodes twice',
    call: () =>
      loose.optimize([
        csv(
          frame
            .withColumns((col: Untyped) => ({ others: col('properties.products') }))
            .explode('properties.products', { as: 'one' })
            .explode('others', { as: 'two' })
            .selectFields('userId'),
          'a/',
        ),
      ]),
    says: `NOT_SUPPORTED_YET: a job explodes twice
  at explode others
  make two jobs of it`,
  },
  {
    when: 'a job explodes what is left of duplicates',
    call: () =>
      loose.optimize([
        csv(
          frame.dropDuplicates(['userId']).explode('properties.products', { as: 'one' }).selectFields('userId'),
          'a/',
        ),
      ]),
    says: `NOT_SUPPORTED_YET: a job explodes behind dropDuplicates
  at explode properties.products
  explode first, and name the position among the columns that tell rows apart`,
  },
  {
    when: 'events have a key as explode names what it makes',
    call: () => {
      const odd = loose.schema('odd', { a: loose.list(loose.text()), 'a[]': loose.text() })
      return loose.optimize([csv(loose.scanNdjson('in/', odd).explode('a', { as: 'one' }), 'out/')])
    },
    says: `NOT_SUPPORTED_YET: odd has a column "a[]", as explode calls what it makes
  leave it out of the schema`,
  },
  {
    when: 'a list is exploded that is computed',
    call: () => {
      const { scanNdjson, schema, list, struct, text } = loose
      const events = schema('events', { a: struct({ b: list(text()) }) })
      const chosen = scanNdjson('in/', events).select((col: Untyped) => ({ c: loose.coalesce(col('a.b'), col('a.b')) }))
      return loose.optimize([csv(chosen.explode('c', { as: 'one' }), 'out/')])
    },
    says: `NOT_SUPPORTED_YET: explode needs a list that events hold, but this one is computed
  at explode c = coalesce(a.b, a.b)
  name the list by its path in the events`,
  },
  {
    when: 'nulls should be something else',
    call: () => frame.dropDuplicates(['userId'], { nulls: 'first' }),
    says: `BAD_OPTION: nulls got "first"
  at dropDuplicates
  expected 'equal' or 'distinct'`,
  },
  {
    when: 'sinks read different inputs',
    call: () =>
      loose.optimize([
        csv(frame.selectFields('userId'), 'a/'),
        csv(loose.scanNdjson('other/', events).selectFields('userId'), 'b/'),
      ]),
    says: `NOT_SUPPORTED_YET: the sinks of one job read different inputs
  at csv to a/
  at csv to b/
  begin both frames with the same scan, or make two jobs of it`,
  },
  {
    when: 'something is compared with null',
    call: () => frame.filter((col: Untyped) => col('userId').eq(null)),
    says: `TYPE_MISMATCH: eq got null, so it has no value in any row
  at filter
  ask with .isNull() or .isNotNull(), or take null for a value with .eqNullSafe(null)`,
  },
  {
    when: 'a CSV should be several files',
    call: () => loose.writeCsv(frame.selectFields('userId'), { to: 'out/', files: 2 }),
    says: `BAD_OPTION: a CSV is one file, not 2
  at writeCsv(out/)
  leave files out, or give files: 1`,
  },
  {
    when: 'a dialect is misspelt',
    call: () => loose.writeCsv(frame.selectFields('userId'), { to: 'out/', dialect: 'excel' }),
    says: `BAD_OPTION: no CSV dialect "excel"
  at writeCsv(out/)
  the dialects are: personalize, glue, rfc4180, athena-opencsv`,
  },
  {
    when: 'a scan has no location',
    call: () => loose.scanNdjson(undefined, events),
    says: `NO_LOCATION: scanNdjson of events got no location
  expected a place such as s3://bucket/folder/; a parameter that may be left out needs a default`,
  },
]

it.each(cases)('says what is wrong and the way out when $when', ({ call, says }) => {
  expect(messageOf(call)).toBe(says)
})

function messageOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    return (error as Error).message
  }
  return 'no error'
}
