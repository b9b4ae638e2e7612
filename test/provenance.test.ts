import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { type RunOptions, runJob } from '@fletching/engine'
import { defineJob, param, scanNdjson, segmentTrack, withProvenance, writeCsv, writeParquet } from '@fletching/job'
import { inFolder } from '@fletching/testing'
import { expect, it } from 'vitest'

const params = { INPUT: param.location('events'), CSV: param.location('a folder'), TABLE: param.location('a folder') }
const events = withProvenance(segmentTrack)

const placed = defineJob({
  name: 'placed',
  params,
  plan: ({ INPUT, CSV, TABLE }) => {
    const rows = scanNdjson(INPUT, events)
      .filter((col) => col('event').isIn(['Product Clicked']))
      .select((col) => ({
        user: col('userId'),
        at: col('timestamp').epochSeconds(),
        file: col('$file'),
        line: col('$line'),
        offset: col('$offset'),
        day: col('$key_day'),
      }))
    return [writeCsv(rows, { to: CSV, dialect: 'rfc4180' }), writeParquet(rows, { to: TABLE, partitionBy: ['day'] })]
  },
})

const filtered = defineJob({
  name: 'filtered',
  params,
  plan: ({ INPUT, CSV }) => {
    const rows = scanNdjson(INPUT, events)
      .filter((col) => col('$key_day').eq(new Date('2019-05-19')), { reason: 'another day' })
      .filter((col) => col('$file').contains('/s0'), { reason: 'another file' })
      .select((col) => ({ file: col('$file'), line: col('$line') }))
    return [writeCsv(rows, { to: CSV, dialect: 'rfc4180' })]
  },
})

/** The first row of every object. */
const first = defineJob({
  name: 'first',
  params,
  plan: ({ INPUT, CSV }) => {
    const rows = scanNdjson(INPUT, events)
      .filter((col) => col('event').isIn(['Product Clicked']))
      .dropDuplicates(['$file'], { keep: 'first', nulls: 'equal' })
      .select((col) => ({ file: col('$file'), line: col('$line'), day: col('$key_day') }))
    return [writeCsv(rows, { to: CSV, dialect: 'rfc4180' })]
  },
})

/** Lines of every kind; a row's user is unique. */
function linesOf(name: string, count: number, pad = ''): string[] {
  return Array.from({ length: count }, (_, n) => {
    const user = `${name}${n}`
    const event = n % 3 === 1 ? 'Page Viewed' : n % 7 === 2 ? 'Product\\u0020Clicked' : 'Product Clicked'
    if (n % 11 === 5) return ''
    if (n % 13 === 6) return `{"userId":"${user}`
    const time = n % 17 === 9 ? 'yesterday' : '2019-05-18T20:13:05.123Z'
    return `{"userId":"${user}","event":"${event}","x":"ü${pad}","timestamp":"${time}"}${n % 5 === 0 ? '\r' : ''}`
  })
}

const DAYS = { 'segment-logs/src/1558137600000': '2019-05-18', 'segment-logs/src/1558224000000': '2019-05-19' }
const [FIRST_DAY, SECOND_DAY] = Object.keys(DAYS)

/** Files, by name, of lines: plain, gzip, with a mark, many small ones, and one so large that it would be read in parts. */
const files: readonly (readonly [name: string, lines: readonly string[], mark?: string])[] = [
  ['large', linesOf('l', 1200, 'x'.repeat(30_000))],
  ['other/marked', linesOf('m', 50), '\ufeff'],
  [`${FIRST_DAY}/a.gz`, linesOf('a', 20_000)],
  [`${SECOND_DAY}/b.gz`, linesOf('b', 9000, 'y'.repeat(150)), '\ufeff'],
  ...Array.from({ length: 300 }, (_, n) => {
    const folder = [FIRST_DAY, SECOND_DAY, 'small'][n % 3]
    return [`${folder}/s${String(n).padStart(3, '0')}${n % 2 === 0 ? '.gz' : ''}`, linesOf(`s${n}-`, n % 9)] as const
  }),
]

/** What the columns of every row must hold, in the order of the input, from the lines alone. */
function expectedRows(folder: string): string[] {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1))
  return sorted.flatMap(([name, lines, mark = '']) => {
    let offset = Buffer.byteLength(mark)
    return lines.flatMap((line, index) => {
      const at = offset
      offset += Buffer.byteLength(line) + 1
      const [, user] = /^\{"userId":"([^"]+)","event":"Product(?: |\\u0020)Clicked".*"timestamp":"2019/.exec(line) ?? []
      if (user === undefined) return []
      const day = Object.entries(DAYS).find(([key]) => name.startsWith(key))?.[1] ?? ''
      return [`${user},1558210385,${join(folder, 'in', name)},${index + 1},${at},${day}`]
    })
  })
}

/** Writes the files and gives what runs a job over them: the records of the CSV, without its header and line ends. */
async function fill(folder: string) {
  for (const [name, lines, mark = ''] of files) {
    const file = join(folder, 'in', name)
    await mkdir(dirname(file), { recursive: true })
    const text = Buffer.from(mark + lines.join('\n'))
    await writeFile(file, name.endsWith('.gz') ? gzipSync(text, { level: 1 }) : text)
  }
  const places = { INPUT: join(folder, 'in'), CSV: join(folder, 'csv'), TABLE: join(folder, 'table') }
  return async (job: typeof placed, options: RunOptions) => {
    const report = await runJob(job, places, { onMalformed: 'skip', rowGroupRows: 1000, ...options })
    const [header, ...records] = (await readFile(join(folder, 'csv/part-00000.csv'), 'utf8')).split('\r\n')
    expect(records.pop()).toBe('')
    return { header, records, report }
  }
}

it(
  'the columns that say where a row came from are right for every object, by any number of workers',
  () =>
    inFolder(async (folder) => {
      const run = await fill(folder)
      const expected = expectedRows(folder)
      expect(expected.length).toBeGreaterThan(10_000)
      for (const options of [{ workers: 1 }, { workers: 2 }, { workers: 4 }, { workers: 2, scanner: 'ts' as const }]) {
        const { header, records } = await run(placed, options)
        expect(header).toBe('user,at,file,line,offset,day')
        expect(records.length).toBe(expected.length)
        const wrong = records.findIndex((record, index) => record !== expected[index])
        expect({ options, wrong, record: records[wrong] }).toEqual({ options, wrong: -1, record: expected[wrong] })
      }
      const connection = await (await DuckDBInstance.create()).connect()
      const table = await connection.runAndReadAll(
        `select concat_ws(',', "user", "at", file, line, "offset", coalesce(nullif(day, '__HIVE_DEFAULT_PARTITION__'), ''))
       from read_parquet('${folder}/table/**', hive_partitioning = true, hive_types_autocast = false)`,
      )
      connection.closeSync()
      const inTable = table.getRows().map(([row]) => String(row))
      expect(inTable.toSorted()).toEqual(expected.toSorted())
    }),
  120_000,
)

it('they can be filtered by, and be all that a job looks at', () =>
  inFolder(async (folder) => {
    const run = await fill(folder)
    const { records, report } = await run(filtered, { workers: 2 })
    const wanted = files.filter(([name]) => name.startsWith(`${SECOND_DAY}/s0`))
    const expected = wanted
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, content]) =>
        content.flatMap((line, index) => (/\}\r?$/.test(line) ? [`${join(folder, 'in', name)},${index + 1}`] : [])),
      )
    expect(expected.length).toBeGreaterThan(50)
    expect(records).toEqual(expected)
    expect(Object.keys(report.accounting.filtered).toSorted()).toEqual(['another day', 'another file'])
  }))

it.each([1, 2])('duplicates can be told by them, with %d workers', (workers) =>
  inFolder(async (folder) => {
    const run = await fill(folder)
    const firstLines = new Map<string, string>()
    for (const row of expectedRows(folder)) {
      const [, , file, line, , day] = row.split(',')
      if (!firstLines.has(file)) firstLines.set(file, `${file},${line},${day}`)
    }
    expect(firstLines.size).toBeGreaterThan(200)
    expect((await run(first, { workers })).records).toEqual([...firstLines.values()])
  }),
)
