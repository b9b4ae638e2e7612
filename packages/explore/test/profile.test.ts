import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { inFolder, type Random, randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { type ProfileOptions, profileAt, type TableProfile } from '../src/profile.ts'
import { names, rowsOracle } from './profile/rows-oracle.ts'

type Files = Readonly<Record<string, string>>

function profile(csv: string | Files, options: ProfileOptions = {}): Promise<TableProfile> {
  return inFolder(async (folder) => {
    for (const [name, text] of Object.entries(typeof csv === 'string' ? { 'x.csv': csv } : csv)) {
      await mkdir(join(folder, name, '..'), { recursive: true })
      await writeFile(join(folder, name), text)
    }
    try {
      const found = await profileAt(folder, options)
      return { ...found, location: found.location.replace(folder, '.') }
    } catch (error) {
      throw String(error).replaceAll(folder, '.')
    }
  })
}

/** Rows of which some repeat, lack a value or have a moment that is none, over so many days. */
function randomRows(random: Random, count: number, days: number): string[][] {
  const rows: string[][] = []
  while (rows.length < count) {
    if (rows.length > 0 && random.below(20) === 0) rows.push(random.pick(rows))
    const seconds = 1_558_000_000 + Math.floor((random.below(1_000_000) / 1_000_000) * days * 86_400)
    const time =
      random.below(30) === 0 ? random.pick(['', 'soon', new Date(seconds * 1000).toISOString()]) : String(seconds)
    const user = random.below(40) === 0 ? '' : `u${random.below(count / 4) ** 2 % 97}`
    const item = random.below(40) === 0 ? '' : `i"${random.below(60)}`
    rows.push([user, item, random.pick(['Click', 'Click', 'View', 'Buy', 'Ümlaut', '', 'a, b', 'c']), time])
  }
  return rows
}

function csvOf(rows: readonly (readonly string[])[]): string {
  const fields = (row: readonly string[]) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(',')
  return [names.join(','), ...rows.map(fields), ''].join('\n')
}

describe('the figures of rows', () => {
  it.each([0.1, 3, 40, 300, 2000, 9000])(
    `over %d days are those of the slow way (FLETCHING_SEED=${testSeed})`,
    async (days) => {
      const random = randomFrom(testSeed + days * 10)
      const rows = randomRows(random, 700, days)
      const csv = csvOf(rows)
      const { location, format, objects, bytes, ...figures } = await profile(csv)
      expect(figures).toEqual(rowsOracle(rows))
      expect({ location, format, objects, bytes }).toEqual({
        location: '.',
        format: 'csv',
        objects: 1,
        bytes: Buffer.byteLength(csv),
      })
    },
  )

  it(`of a Parquet file with folders are those of the CSV (FLETCHING_SEED=${testSeed})`, async () => {
    const rows = randomRows(randomFrom(testSeed), 500, 50).filter(([, , , time]) => /^\d+$/.test(time))
    await inFolder(async (folder) => {
      await writeFile(join(folder, 'x.csv'), csvOf(rows))
      const connection = await (await DuckDBInstance.create(':memory:')).connect()
      await connection.run(`COPY (SELECT USER_ID AS user_id, ITEM_ID AS item_id, EVENT_TYPE AS event_type, TIMESTAMP::BIGINT AS timestamp_s, 'x' AS dt
        FROM read_csv('${join(folder, 'x.csv')}', all_varchar = true, nullstr = 'none')) TO '${join(folder, 't')}' (FORMAT parquet, PARTITION_BY (dt))`)
      connection.disconnectSync()
      const { format, columns, rows: count, duplicates, details } = await profileAt(join(folder, 't'))
      const oracle = rowsOracle(rows)
      expect(format).toBe('parquet')
      expect({ rows: count, duplicates }).toEqual({ rows: oracle.rows, duplicates: oracle.duplicates })
      expect(details).toEqual({ ...oracle.details, time: { ...oracle.details?.time, column: 'timestamp_s' } })
      const small = oracle.columns.map((column) => ({
        ...column,
        name: column.name.toLowerCase().replace(/^timestamp$/, 'timestamp_s'),
      }))
      expect(columns).toEqual([...small, { name: 'dt', empty: 0, distinct: { count: 1, isEstimated: false } }])
    })
  })

  it('are of all objects, and a column that one lacks is empty there', async () => {
    const { objects, format, rows, columns } = await profile({ 'a.csv': 'id,x\n1,a\n', 'b/b.csv': 'id\n2\n' })
    expect({ objects, format, rows }).toEqual({ objects: 2, format: 'csv', rows: 2 })
    expect(columns.map(({ name, empty }) => [name, empty])).toEqual([
      ['id', 0],
      ['x', 1],
    ])
  })

  it('are few without the columns of interactions, without rows, and where no more is wanted', async () => {
    const none = { events: undefined, time: undefined, items: undefined, users: undefined, sameSecond: undefined }
    expect((await profile('id\n1\n')).details).toEqual(none)
    expect((await profile(csvOf([]))).details).toEqual({
      events: { types: [], others: 0 },
      time: {
        column: 'TIMESTAMP',
        first: undefined,
        last: undefined,
        unreadable: 0,
        unit: 'hour',
        series: [],
        buckets: [],
        before: 0,
        after: 0,
        gaps: { days: 0, longest: [] },
      },
      items: { top: [], errorMax: 0 },
      users: { bins: [], isEstimated: false },
      sameSecond: { count: 0, isEstimated: false },
    })
    expect((await profile(csvOf([['u', 'i', 'e', '1']]), { withDetails: false })).details).toBeUndefined()
  })

  it('leave the few moments that are far away out of the picture, and count them', async () => {
    const near = Array.from({ length: 1000 }, (_, n) => ['u', 'i', 'e', String(1_558_000_000 + n * 600)])
    const far = ['0', '1', '4102444800', '-62135596800', '253402300799'].map((time) => ['u', 'i', 'e', time])
    const time = (await profile(csvOf([...near, ...far]))).details?.time
    expect(time).toMatchObject({
      first: -62_135_596_800,
      last: 253_402_300_799,
      unit: 'day',
      before: 3,
      after: 2,
      gaps: { days: 0 },
    })
    expect(time?.buckets.flatMap(({ counts }) => counts).reduce((sum, count) => sum + count)).toBe(1000)
  })

  it('take what is beyond the years 0001 to 9999 for no moment', async () => {
    const times = ['253402300800', '-62135596801', '1558188202129', '1.5', '2019-02-30', '2019-05-18T14:03:22.129Z']
    const { details } = await profile(csvOf(times.map((time) => ['u', 'i', 'e', time])))
    expect(details?.time).toMatchObject({ unreadable: 5, first: 1_558_188_202, last: 1_558_188_202 })
  })

  it('tell a hundred types of events apart, and count the others together', async () => {
    const rows = Array.from({ length: 250 }, (_, n) => ['u', 'i', `type ${n % 125}`, '1558000000'])
    const { details } = await profile(csvOf(rows))
    expect([details?.events?.types.length, details?.events?.others]).toEqual([100, 50])
    expect(details?.time?.buckets).toEqual([{ start: 1_557_997_200, counts: [2, 2, 2, 2, 2, 240] }])
  })

  it('cut names that are longer than an id may be', async () => {
    const long = 'x'.repeat(10_000)
    const { details, columns } = await profile(
      csvOf([
        ['u', `${long}1`, long, '1'],
        ['u', `${long}2`, 'e', '1'],
      ]),
    )
    expect(details?.items?.top).toEqual([{ name: `${'x'.repeat(256)}…`, count: 2 }])
    expect(details?.events?.types.map(({ name }) => name.length)).toEqual([1, 257])
    expect(columns[1].distinct.count).toBe(2)
  })

  it('are estimated where a column has more values than are counted', async () => {
    const rows = Array.from({ length: 50_000 }, (_, n) => `${n},${n % 7}`)
    const { columns } = await profile(`n,few\n${rows.join('\n')}\n`)
    expect(columns.map(({ distinct }) => distinct.isEstimated)).toEqual([true, false])
    expect(Math.abs(columns[0].distinct.count / 50_000 - 1)).toBeLessThan(0.05)
    expect(columns[1].distinct.count).toBe(7)
  })

  it('stop with the signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(profile('id\n1\n', { signal })).rejects.toBe('Error: enough')
  })

  it('are not those of NDJSON', async () => {
    await expect(profile('{"a":1}\n')).rejects.toBe(
      'FletchingError: NOT_A_TABLE: NDJSON is no table\n  at ./x.csv\n  expected CSV or Parquet, an object, a folder or a glob, on disk or in S3',
    )
  })
})
