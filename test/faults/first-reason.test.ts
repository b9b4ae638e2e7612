import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type InputInfo, runJob } from '@fletching/engine'
import { defineJob, personalizeInteractions, scanNdjson, segmentTrack, writeCsv } from '@fletching/job'
import mainJob from '@fletching/jobs/segment-to-personalize'
import { optimize } from '@fletching/plan'
import { inFolder, type OracleVerdict, verdictOf } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { paramsOf } from './run.ts'

/** The reasons in the order of the rules; the first that applies to a line is the one that it counts under. */
const REASONS = [
  'blank',
  'malformed',
  'event not wanted',
  'userId missing',
  'order without sku',
  'properties.sku missing',
  'userId: NOT_TEXT',
  'userId: LINE_BREAK_IN_TEXT',
  'properties.sku: NOT_TEXT',
  'properties.sku: LINE_BREAK_IN_TEXT',
  'timestamp: MISSING',
  'timestamp: NOT_A_TIMESTAMP',
  'row',
] as const
type Reason = (typeof REASONS)[number]

/** How a member of an event may be written, nothing for not at all, and what is wrong with it, if something is. */
type Choice = readonly [json: string | undefined, reason?: Reason]

const CHOICES: Readonly<Record<string, readonly Choice[]>> = {
  event: [
    ['"Product Added"'],
    ['"Order Completed"'],
    ['"Product\\u0020Clicked"'],
    [undefined, 'event not wanted'],
    ['null', 'event not wanted'],
    ['""', 'event not wanted'],
    ['7', 'event not wanted'],
    ['"product clicked"', 'event not wanted'],
    ['["Product Clicked"]', 'event not wanted'],
  ],
  userId: [
    ['"u"'],
    ['7'],
    [undefined, 'userId missing'],
    ['null', 'userId missing'],
    ['""', 'userId missing'],
    ['true', 'userId: NOT_TEXT'],
    ['{"userId":"u"}', 'userId: NOT_TEXT'],
    ['"a\\nb"', 'userId: LINE_BREAK_IN_TEXT'],
  ],
  properties: [
    ['{"sku":"s"}'],
    ['{"sku":1.0,"products":[]}'],
    [undefined, 'properties.sku missing'],
    ['null', 'properties.sku missing'],
    ['"sku"', 'properties.sku missing'],
    ['[{"sku":"s"}]', 'properties.sku missing'],
    ['{}', 'properties.sku missing'],
    ['{"sku":null,"products":{}}', 'properties.sku missing'],
    ['{"sku":""}', 'properties.sku missing'],
    ['{"products":[{"sku":"s"}]}', 'order without sku'],
    ['{"sku":"","products":[]}', 'order without sku'],
    ['{"sku":false}', 'properties.sku: NOT_TEXT'],
    ['{"sku":["s"],"products":[]}', 'properties.sku: NOT_TEXT'],
    ['{"sku":"a\\rb"}', 'properties.sku: LINE_BREAK_IN_TEXT'],
  ],
  timestamp: [
    ['"2019-05-18T20:13:05.123Z"'],
    [undefined, 'timestamp: MISSING'],
    ['null', 'timestamp: MISSING'],
    ['"never"', 'timestamp: NOT_A_TIMESTAMP'],
    ['1558210385', 'timestamp: NOT_A_TIMESTAMP'],
  ],
  other: [[undefined], ['0'], ['01', 'malformed'], ['"\\x"', 'malformed'], ['"\xff"', 'malformed']],
}

interface Line {
  readonly bytes: Uint8Array
  readonly reason: Reason
}

/** A line for every combination, every second one with its members the other way round; and the blank ones. */
function everyLine(): Line[] {
  let combinations: readonly (readonly (readonly [name: string, ...Choice])[])[] = [[]]
  for (const [name, choices] of Object.entries(CHOICES)) {
    combinations = combinations.flatMap((members) => choices.map((choice) => [...members, [name, ...choice] as const]))
  }
  const lines = combinations.map((members, number): Line => {
    const texts = members.flatMap(([name, json]) => (json === undefined ? [] : [`"${name}":${json}`]))
    const text = `{${(number % 2 === 0 ? texts : texts.reverse()).join(',')}}`
    const wrong = members.map(([, , reason]) => reason)
    return { bytes: Buffer.from(text, 'latin1'), reason: REASONS.find((reason) => wrong.includes(reason)) ?? 'row' }
  })
  const blank = ['', ' ', '\t', '\r', ' \t\r '].map((text): Line => ({ bytes: Buffer.from(text), reason: 'blank' }))
  return [...lines, ...blank]
}

/** The reason that the accounting of an object names, when it names one for all of its lines. */
function reasonOf({ accounting }: InputInfo): string {
  const { lines, rows, blank, filtered, setAside, malformed } = accounting
  const malformedCount = Object.values(malformed).reduce((sum, count) => sum + count, 0)
  const counts = { row: rows, blank, malformed: malformedCount, ...filtered, ...setAside }
  return Object.keys(counts).find((reason) => counts[reason as keyof typeof counts] === lines) ?? JSON.stringify(counts)
}

/** The main job behind a filter that refuses no line, and which a scan cannot answer for: so all of its filters run above the scan. */
const jobAboveScan = defineJob({
  name: 'segment-to-personalize-above-the-scan',
  params: mainJob.params,
  plan: ({ S3_JSON_INPUT_PATH, S3_CSV_OUTPUT_PATH }) => {
    const wanted = scanNdjson(S3_JSON_INPUT_PATH, segmentTrack)
      .filter((col) => col('event').isNull().or(col('event').length().ge(0)))
      .filter((col) => col('event').isIn(['Product Added', 'Order Completed', 'Product Clicked']))
      .dropNulls('userId')
      .filter((col) => col('properties.sku').isNotNull().or(col('properties.products').isNull()), {
        reason: 'order without sku',
      })
      .dropNulls('event', 'properties.sku')
    const interactions = wanted.select((col) => ({
      USER_ID: col('userId'),
      ITEM_ID: col('properties.sku'),
      EVENT_TYPE: col('event'),
      TIMESTAMP: col('timestamp').epochSeconds(),
    }))
    return [writeCsv(interactions, { to: S3_CSV_OUTPUT_PATH, schema: personalizeInteractions, files: 1 })]
  },
})

describe('the first reason that applies to a line', () => {
  const lines = everyLine()

  it('is tried in every combination', () => {
    expect(lines).toHaveLength(9 * 8 * 14 * 5 * 5 + 5)
    expect(new Set(lines.map(({ reason }) => reason))).toEqual(new Set(REASONS))
  })

  it('is the one that the oracle gives', () => {
    const wrong = lines.filter(({ bytes, reason }) => oracleReason(verdictOf(bytes)) !== reason.replace(/^.*: /, ''))
    expect(wrong.map(({ bytes, reason }) => [reason, bytes.toString()])).toEqual([])
  })

  it.each([
    ['in the scan', mainJob, 5],
    ['above the scan', jobAboveScan, 0],
  ])('is the one that it counts under, with filters %s', (_, job, stepsInScan) =>
    inFolder(async (folder) => {
      // Lines of one reason share an object, whose accounting then says it of each.
      await mkdir(join(folder, 'in'))
      for (const [number, reason] of REASONS.entries()) {
        const own = lines.filter((line) => line.reason === reason)
        const bytes = Buffer.concat(own.flatMap((line) => [line.bytes, Buffer.from('\n')]))
        await writeFile(join(folder, 'in', String.fromCharCode(0x61 + number)), bytes)
      }
      expect(optimize(job.build(paramsOf(folder))).scan.steps).toHaveLength(stepsInScan)
      const report = await runJob(job, paramsOf(folder), { onMalformed: 'quarantine' })
      expect(Array.from(report.inputs, reasonOf)).toEqual(REASONS)
      expect(report.accounting.lines).toBe(lines.length)
    }),
  )
})

/** The oracle names no column for what is set aside. */
function oracleReason(verdict: OracleVerdict): string {
  if (verdict.verdict === 'filtered') return verdict.reason
  return verdict.verdict === 'setAside' ? verdict.code : verdict.verdict
}
