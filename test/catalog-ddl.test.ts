import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fletching, inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

const INPUT = ['--S3_JSON_INPUT_PATH', 's3://my-logs/segment-logs']
const CSV = ['--S3_CSV_OUTPUT_PATH', 's3://my-exports/interactions']
const TABLE = ['--S3_PARQUET_OUTPUT_PATH', 's3://my-exports/Daily Events']

const DATABASE = 'CREATE DATABASE IF NOT EXISTS `segmentdata`;'

const CSV_TABLE = String.raw`CREATE EXTERNAL TABLE IF NOT EXISTS ~segmentdata~.~interactions~ (
  ~user_id~ string,
  ~item_id~ string,
  ~event_type~ string,
  ~timestamp~ string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
WITH SERDEPROPERTIES (
  'separatorChar' = ',',
  'quoteChar' = '"',
  'escapeChar' = '\\'
)
STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://my-exports/interactions/'
TBLPROPERTIES (
  'classification' = 'csv',
  'skip.header.line.count' = '1'
);`.replaceAll('~', '`')

const CSV_VIEW = `CREATE OR REPLACE VIEW "segmentdata"."interactions_typed" AS
SELECT
  nullif("user_id", '') AS "user_id",
  nullif("item_id", '') AS "item_id",
  nullif("event_type", '') AS "event_type",
  try_cast("timestamp" AS bigint) AS "timestamp",
  timestamp '1970-01-01 00:00:00' + try_cast("timestamp" AS bigint) * interval '1' second AS "event_time"
FROM "segmentdata"."interactions";`

const PARQUET_TABLE = `CREATE EXTERNAL TABLE IF NOT EXISTS ~segmentdata~.~daily_events~ (
  ~user_id~ string,
  ~item_id~ string,
  ~event_type~ string,
  ~timestamp_s~ bigint,
  ~event_time~ timestamp
)
PARTITIONED BY (
  ~dt~ string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
WITH SERDEPROPERTIES (
  'serialization.format' = '1'
)
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://my-exports/Daily Events/'
TBLPROPERTIES (
  'classification' = 'parquet'
);`.replaceAll('~', '`')

const PROJECTION = `  'classification' = 'parquet',
  'projection.enabled' = 'true',
  'projection.dt.type' = 'date',
  'projection.dt.format' = 'yyyy-MM-dd',
  'projection.dt.range' = '2012-01-01,NOW',
  'projection.dt.interval' = '1',
  'projection.dt.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://my-exports/Daily Events/dt=\${dt}/'
`

const PROJECTED = PARQUET_TABLE.replace("  'classification' = 'parquet'\n", PROJECTION)

function ddl(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return fletching(['catalog', 'ddl', 'segment-to-personalize', ...INPUT, ...args], { env })
}

function prints(...statements: readonly string[]) {
  return { code: 0, stderr: '', stdout: `${statements.join('\n\n')}\n` }
}

describe('catalog ddl', () => {
  it.each<[string, string[], string[]]>([
    ['of both outputs', [...CSV, ...TABLE], [DATABASE, CSV_TABLE, CSV_VIEW, PROJECTED]],
    ['of the CSV alone', CSV, [DATABASE, CSV_TABLE, CSV_VIEW]],
    [
      'with names and a first day of its own',
      [...CSV, ...TABLE, '--database', 'shop', '--table', 'transformed', '--first-day', '2019-05-18'],
      [
        DATABASE.replace('segmentdata', 'shop'),
        CSV_TABLE.replaceAll('`segmentdata`', '`shop`'),
        CSV_VIEW.replaceAll('"segmentdata"', '"shop"'),
        PROJECTED.replace('`segmentdata`.`daily_events`', '`shop`.`transformed`').replace('2012-01-01', '2019-05-18'),
      ],
    ],
    [
      'whose partitions are looked up',
      [...CSV, ...TABLE, '--no-projection'],
      [
        DATABASE,
        CSV_TABLE,
        CSV_VIEW,
        PARQUET_TABLE,
        '-- again after each run that adds a partition\nMSCK REPAIR TABLE `segmentdata`.`daily_events`;',
      ],
    ],
    [
      'partitioned by other columns',
      [...CSV, ...TABLE, '--partition-by', 'event_type'],
      [
        DATABASE,
        CSV_TABLE,
        CSV_VIEW,
        PARQUET_TABLE.replace('  `event_type` string,\n', '')
          .replace('`event_time` timestamp', '`event_time` timestamp,\n  `dt` date')
          .replace('(\n  `dt` string\n)', '(\n  `event_type` string\n)'),
        '-- again after each run that adds a partition\nMSCK REPAIR TABLE `segmentdata`.`daily_events`;',
      ],
    ],
    [
      'without partitions',
      [...CSV, ...TABLE, '--partition-by', 'none'],
      [
        DATABASE,
        CSV_TABLE,
        CSV_VIEW,
        PARQUET_TABLE.replace('`event_time` timestamp', '`event_time` timestamp,\n  `dt` date').replace(
          'PARTITIONED BY (\n  `dt` string\n)\n',
          '',
        ),
      ],
    ],
    [
      'of a CSV whose quotes are doubled',
      [...CSV, '--csv-dialect', 'glue'],
      [
        DATABASE,
        `-- a text with a line break comes out as two rows: run the job with --csv-dialect personalize or athena-opencsv\n${CSV_TABLE}`.replace(
          String.raw`'\\'`,
          String.raw`'\u0001'`,
        ),
        CSV_VIEW,
      ],
    ],
    [
      'of a CSV beside other files',
      ['--S3_CSV_OUTPUT_PATH', 's3://my-exports/all/interactions.csv', ...TABLE],
      [
        DATABASE,
        '-- no table of s3://my-exports/all/interactions.csv: Athena reads every file of a folder, so let the job write to a folder instead of a path that ends in .csv',
        PROJECTED,
      ],
    ],
    [
      'of a local folder',
      ['--S3_CSV_OUTPUT_PATH', '/data/interactions'],
      [
        DATABASE,
        `-- Athena reads S3 alone, and this table lies elsewhere\n${CSV_TABLE.replace('s3://my-exports', '/data')}`,
        CSV_VIEW,
      ],
    ],
  ])('prints the statements %s', async (_, args, statements) => {
    expect(await ddl(args)).toEqual(prints(...statements))
  })

  it('takes its options from the environment too', async () => {
    const env = { FLETCHING_DATABASE: 'shop', S3_CSV_OUTPUT_PATH: 's3://my-exports/interactions' }
    const { stdout } = await ddl([], env)
    expect(stdout.split('\n')[0]).toBe('CREATE DATABASE IF NOT EXISTS `shop`;')
  })

  it.each<[string, string[], string]>([
    [
      'a database that is no name',
      [...CSV, '--database', 'Shop-1'],
      `BAD_OPTION: --database got "Shop-1"
  expected lower-case letters, digits and _, as in shop_1
`,
    ],
    [
      'a table that is no name',
      [...CSV, '--table', '?'],
      `BAD_OPTION: --table got "?"
  expected lower-case letters, digits and _
`,
    ],
    [
      'a first day that is none',
      [...CSV, '--first-day', '2019-02-30'],
      `BAD_OPTION: --first-day got "2019-02-30"
  expected a day such as 2019-05-18
`,
    ],
    [
      'outputs without a folder',
      ['--S3_CSV_OUTPUT_PATH', 's3://my-exports/all/interactions.csv'],
      `NO_TABLE: no output of the job has a folder of its own
  at s3://my-exports/all/interactions.csv
  Athena reads every file of a folder, so let the job write to a folder instead of a path that ends in .csv
`,
    ],
    [
      'two outputs of one name',
      [...CSV, '--S3_PARQUET_OUTPUT_PATH', 's3://my-exports/table/interactions/'],
      `SAME_TABLE: two outputs would be interactions in Athena
  at s3://my-exports/interactions/
  at s3://my-exports/table/interactions/
  give the Parquet table another name with --table, or the outputs folders of other names
`,
    ],
    [
      'a table that would be the view',
      [...CSV, ...TABLE, '--table', 'interactions_typed'],
      `SAME_TABLE: two outputs would be interactions_typed in Athena
  at s3://my-exports/interactions/
  at s3://my-exports/Daily Events/
  give the Parquet table another name with --table, or the outputs folders of other names
`,
    ],
  ])('refuses %s', async (_, args, stderr) => {
    expect(await ddl(args)).toEqual({ code: 2, stdout: '', stderr })
  })
})

const SCHEMA = JSON.stringify({
  name: 'segment_logs',
  fields: [
    { name: 'user_id', key: 'userId', type: 'text' },
    { name: 'timestamp', type: 'timestamp' },
    { name: 'group', type: 'text' },
    {
      name: 'traits',
      type: 'struct',
      fields: [
        { name: 'user_id', type: 'text', numbers: 'text' },
        { name: 'order', type: 'int64' },
        { name: 'Last', key: "Last Name's", type: 'text' },
      ],
    },
    { name: 'products', type: 'list', item: { type: 'struct', fields: [{ name: 'price', type: 'float64' }] } },
    { name: 'integrations', type: 'json' },
  ],
})

const RAW_TABLE = String.raw`CREATE EXTERNAL TABLE IF NOT EXISTS ~segmentdata~.~segment_logs~ (
  ~user_id~ string,
  ~timestamp~ string,
  ~group~ string,
  ~traits~ struct<user_id_2:string,~order~:bigint,last:string>,
  ~products~ array<struct<price:double>>,
  ~integrations~ string
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES (
  'ignore.malformed.json' = 'true',
  'case.insensitive' = 'false',
  'mapping.user_id' = 'userId',
  'mapping.user_id_2' = 'user_id',
  'mapping.last' = 'Last Name\'s'
)
STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://my-logs/segment-logs/'
TBLPROPERTIES (
  'classification' = 'json'
);`.replaceAll('~', '`')

const RAW_NOTES = `-- a reserved word, in queries in quotes: "group"
-- traits.user_id of the schema is user_id_2: its name has another key elsewhere, or is none of Athena's
-- traits.Last of the schema is last: its name has another key elsewhere, or is none of Athena's
`

function rawDdl(args: readonly string[]) {
  return inFolder(async (cwd) => {
    await writeFile(join(cwd, 'logs.schema.json'), SCHEMA)
    return fletching(['catalog', 'ddl', ...args], { cwd })
  })
}

const RAW = ['--raw', 's3://my-logs/segment-logs', '--schema', 'logs.schema.json']

describe('catalog ddl --raw', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['named by its folder', [], [DATABASE, `${RAW_NOTES}${RAW_TABLE}`]],
    [
      'of a name and a database',
      ['--table', 'shop.events'],
      [
        DATABASE.replace('segmentdata', 'shop'),
        `${RAW_NOTES}${RAW_TABLE.replace('`segmentdata`.`segment_logs`', '`shop`.`events`')}`,
      ],
    ],
    [
      'of a local folder',
      ['--raw', '/data/segment-logs/', '--schema', 'logs.schema.json'],
      [
        DATABASE,
        `-- Athena reads S3 alone, and this table lies elsewhere\n${RAW_NOTES}${RAW_TABLE.replace('s3://my-logs/', '/data/')}`,
      ],
    ],
  ])('prints the table of the events, %s', async (_, args, statements) => {
    expect(await rawDdl(args[0] === '--raw' ? args : [...RAW, ...args])).toEqual(prints(...statements))
  })

  it.each<[string, readonly string[], string]>([
    [
      'neither a job nor events',
      [],
      `USAGE: the job is missing
  or give --raw and --schema, for a table of the events themselves
`,
    ],
    [
      'events without a schema',
      RAW.slice(0, 2),
      `USAGE: --raw and --schema go together
  fletching catalog ddl --raw s3://logs/segment-logs --schema logs.schema.json
`,
    ],
    [
      'a job beside events',
      ['segment-to-personalize', ...RAW],
      `USAGE: --raw and --schema take no job
  the table is that of the events, whatever a job makes of them
`,
    ],
    [
      'what is about outputs',
      [...RAW, '--partition-by', 'dt'],
      `USAGE: --partition-by has no meaning with --raw
  it is about what a job writes
`,
    ],
    [
      'two databases',
      [...RAW, '--table', 'a.b', '--database', 'a'],
      `BAD_OPTION: --table got "a.b"
  the database is that of --database: expected b
`,
    ],
    [
      'a database in the name of a table that is none',
      [...RAW, '--table', 'Shop.b'],
      `BAD_OPTION: --table got "Shop"
  expected lower-case letters, digits and _, as in shop
`,
    ],
  ])('refuses %s', async (_, args, stderr) => {
    expect(await rawDdl(args)).toEqual({ code: 2, stdout: '', stderr })
  })
})
