import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { CsvRecordScanner } from '@fletching/csv'
import { runJob, type Trace, type TraceEnd, traceMessage } from '@fletching/engine'
import type { Job } from '@fletching/job'
import interactions from '@fletching/jobs/segment-ecommerce-to-personalize'
import items from '@fletching/jobs/segment-items-to-personalize'
import users from '@fletching/jobs/segment-users-to-personalize'
import { fletching, inFolder, randomFrom, sample, testSeed, triesAll } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { execute } from '../packages/cli/src/commands/why.ts'
import type { ToolCall } from '../packages/cli/src/tools.ts'
import { oddEvent } from './odd-events.ts'

const jobs = { interactions, items, users } as unknown as Readonly<Record<string, Job>>
const cases = [
  ['interactions', {}],
  ['interactions', { DEDUPE: 'messageId' }],
  ['interactions', { DEDUPE: 'userId' }],
  ['items', {}],
  ['users', {}],
] as const

function placesIn(folder: string) {
  return {
    S3_JSON_INPUT_PATH: join(folder, 'in'),
    S3_CSV_OUTPUT_PATH: join(folder, 'csv'),
    S3_PARQUET_OUTPUT_PATH: join(folder, 'table'),
  }
}

/** The records of a CSV, without its header. */
async function recordsOf(file: string): Promise<string[][]> {
  const records: string[][] = []
  const scanner = new CsvRecordScanner({ escape: '\\', recordBytesMax: 1 << 20 }, (record) => {
    records.push(Array.from({ length: record.fieldCount }, (_, field) => record.text(field)))
  })
  scanner.push(await readFile(file))
  scanner.flush()
  return records.slice(1)
}

/** What is told of each row of an event: of its items, or of itself. */
const partsOf = ({ items, ...trace }: Trace) => items ?? [trace]

describe.each(cases)('%s with %o', (name, more) => {
  it.each(sample([1, 2, 3, 4], 4))('tells of every event what the outputs hold, seed %d', (number) =>
    inFolder(async (folder) => {
      const seed = testSeed + number
      const random = randomFrom(seed)
      const ids = Array.from({ length: 12 }, (_, at) => `m${at}`)
      const linesOf = (count: number) =>
        Array.from({ length: count }, () => {
          const event = JSON.parse(oddEvent(random)) as object
          return `${JSON.stringify({ ...event, messageId: random.pick(ids) })}\n`
        }).join('')
      await mkdir(join(folder, 'in'))
      await writeFile(join(folder, 'in/a'), linesOf(triesAll ? 100 : 40))
      await writeFile(join(folder, 'in/b'), gzipSync(linesOf(triesAll ? 100 : 40)))
      const params = { ...placesIn(folder), ...more }
      const { accounting } = await runJob(jobs[name], params, { workers: 1 })
      const traces: Trace[] = []
      for (const id of ids) traces.push(...(await traceMessage(jobs[name], params, id)))
      traces.sort((a, b) => (a.object < b.object ? -1 : a.object > b.object ? 1 : a.line - b.line))

      expect(traces, `seed ${seed}`).toHaveLength(accounting.lines)
      const { rows: rowLines, filtered, duplicates, setAside, dropped } = accounting
      expect(tallyOf(traces)).toEqual(
        without0({ row: rowLines, duplicate: duplicates, 'set aside': sum(setAside), ...filtered }),
      )
      const rows = traces.flatMap((trace) => partsOf(trace).flatMap((part) => part.rows))
      const told = rows.filter(({ format }) => format === 'csv').map(({ values }) => Object.values(values))
      expect(told).toEqual(await recordsOf(join(folder, 'csv/part-00000.csv')))
      expect(rows.filter(({ format }) => format === 'parquet')).toHaveLength(told.length)
      const items = traces.flatMap((trace) => trace.items ?? [])
      const { row = 0, ...ended } = tallyOf(items)
      expect(ended).toEqual({ ...dropped })
      expect(row).toBe(dropped === undefined ? 0 : told.length)
    }),
  )
})

/** How often each end was told, in the words of a report. */
function tallyOf(ways: readonly { readonly end: TraceEnd }[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { end } of ways) counts[wordOf(end)] = (counts[wordOf(end)] ?? 0) + 1
  return counts
}

function wordOf(end: TraceEnd): string {
  if (end.kind === 'filtered') return end.reason
  if (end.kind === 'setAside') return 'set aside'
  return end.kind === 'replaced' ? 'duplicate' : end.kind
}

function without0(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
}

function sum(tally: Readonly<Record<string, number>>): number {
  return Object.values(tally).reduce((total, count) => total + count, 0)
}

const order = (id: string, second: number, products: readonly unknown[], more: object = {}) =>
  JSON.stringify({
    messageId: id,
    userId: 'u',
    event: 'Order Completed',
    properties: { order_id: 'o', products, ...more },
    timestamp: `2019-05-18T14:03:${second}Z`,
  })

/** What a person is told of events, without the folder. */
function textIn(name: string, lines: readonly string[], messageId: string, more: object = {}): Promise<string> {
  return inFolder(async (folder) => {
    await writeFile(join(folder, 'in'), `${lines.join('\n')}\n`)
    const written: string[] = []
    const out = { isTTY: true, write: (text: string) => written.push(text) }
    const call = {
      words: { messageId },
      values: { job: jobs[name].name },
      params: { S3_JSON_INPUT_PATH: join(folder, 'in'), S3_CSV_OUTPUT_PATH: join(folder, 'csv'), ...more },
      environment: {},
      out,
      signal: new AbortController().signal,
    }
    await execute(call as unknown as ToolCall)
    return written.join('').replaceAll(`${folder}/`, '')
  })
}

describe('fletching why', () => {
  const lines = [
    order('m1', 21, [{ sku: 'a', price: 1 }, { name: 'x' }, { sku: 'b', price: 2 }]),
    order('m2', 23, [{ sku: 'a', price: 3 }]),
    order('m3', 22, [{ sku: 'a', price: 4 }]),
    order('m4', 22, [], { sku: 'c' }),
    order('m5', 22, Array(22).fill({})),
  ]
  const later = `in line 2, byte ${lines[0].length + 1} of the uncompressed object`
  const steps = `    passed  event in ('Product Viewed', 'Viewed Product', 'Product Clicked', 'Product Added', 'Added Product', 'Wishlist Product Add…
    passed  event in ('Product Viewed', 'Viewed Product', 'Product Clicked', 'Product Added', 'Added Product', 'Wishlist Product Add…
    passed  userId is not null
    passed  event is not null
    passed  explode properties.products`
  const last =
    "last by timestamp with its ifElse((event in ('Order Completed', 'Completed Order', 'Order Updated')) and (properties.ord…"
  const hasItem =
    'coalesce(properties.products[].product_id, properties.products[].sku, properties.product_id, properties.sku) is not null'

  it('tells of each item its row, or where it ended, and what replaced it', async () => {
    expect(await textIn('interactions', lines, 'm1')).toBe(`in line 1, byte 0 of the uncompressed object
  1 row of 3 items
${steps}
  item 1: replaced by item 1 of the event at ${later}
    ended   ${last}
  item 2: filtered: item missing
    ended   ${hasItem}
  item 3: a row
    csv csv/part-00000.csv
      USER_ID      u
      ITEM_ID      b
      EVENT_TYPE   Purchase
      EVENT_VALUE  2
      TIMESTAMP    1558188201
`)
  })

  it('knows what is later by the moment, not by the line', async () => {
    expect(await textIn('interactions', lines, 'm3')).toContain(`  no row of 1 item
${steps}
  item 1: replaced by item 1 of the event at ${later}
`)
    expect(await textIn('items', lines, 'm2')).toContain('  1 row of 1 item\n')
  })

  it('tells of an event without items as of any other', async () => {
    expect(await textIn('interactions', lines, 'm4')).toContain(`  a row
${steps}
    passed  ${hasItem}
    passed  ${last}
    passed  every value fits its column
  csv csv/part-00000.csv
    USER_ID      u
    ITEM_ID      c
`)
  })

  it('shortens a long list', async () => {
    const text = await textIn('interactions', lines, 'm5')
    expect(text).toContain('  no row of 22 items\n')
    expect(text.split('\n').slice(-4)).toEqual([
      '  item 20: filtered: item missing',
      `    ended   ${hasItem}`,
      '  2 more items: filtered: item missing 2',
      '',
    ])
  })

  it('tells which later call of a user replaced one', async () => {
    const call = (messageId: string, second: number) =>
      JSON.stringify({
        messageId,
        type: 'identify',
        userId: 'u',
        traits: { age: second },
        timestamp: `2019-05-18T14:03:${second}Z`,
      })
    const calls = [call('m1', 21), call('m2', 22), call('m3', 22)]
    const third = `in line 3, byte ${2 * (calls[0].length + 1)} of the uncompressed object`
    expect(await textIn('users', calls, 'm2')).toContain(`  replaced by the event at ${third}\n`)
    expect(await textIn('users', calls, 'm3')).toContain('    AGE         22\n')
  })

  it('gives a program every item, and the line as a report counts it', () =>
    inFolder(async (cwd) => {
      await writeFile(join(cwd, 'in'), lines.join('\n'))
      const args = ['--job', jobs.items.name, '--S3_JSON_INPUT_PATH', 'in', '--S3_CSV_OUTPUT_PATH', 'csv']
      const { code, stdout, stderr } = await fletching(['why', 'm1', ...args], { cwd, showsEvents: true })
      expect([code, stderr]).toEqual([0, ''])
      const { end, rows, items } = JSON.parse(stdout) as Trace
      const by = { object: `${cwd}/in`, line: 2, byteOffset: lines[0].length + 1, item: 1 }
      expect([end, rows]).toEqual([{ kind: 'row' }, []])
      expect(items?.map((one) => [one.item, one.end])).toEqual([
        [1, { kind: 'replaced', by }],
        [2, { kind: 'filtered', reason: 'item missing' }],
        [3, { kind: 'row' }],
      ])
    }))

  it('reads a file, not standard input, for the last of rows', async () => {
    const told = traceMessage(jobs.users, { S3_JSON_INPUT_PATH: '-', S3_CSV_OUTPUT_PATH: 'csv' }, 'm1')
    await expect(told).rejects.toThrow(
      expect.objectContaining({
        message: `INPUT_ONCE: standard input can be read once
  at job segment-users-to-personalize
  the job keeps the last of rows, and their likes have to be looked for: give a file`,
      }),
    )
  })
})
