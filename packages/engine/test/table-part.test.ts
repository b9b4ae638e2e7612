import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sliceBatch } from '@fletching/columns'
import { runJob } from '@fletching/engine'
import { defineJob, param, scanNdjson, schema, text, writeParquet } from '@fletching/job'
import { inFolder, randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { rowsIn } from '../src/row-ranges.ts'
import { partsOf } from '../src/table-part.ts'
import {
  batchOfPart,
  memoryOf,
  memoryOfBatch,
  type NumberedRow,
  numberedBatch,
  numberedRows,
  numberedSchema,
  randomNumberedRows,
} from './table-parts.ts'

/** The rows of each folder, in order of first appearance. */
function partsOracle(rows: readonly NumberedRow[]) {
  const folders = new Map<string, NumberedRow[]>()
  for (const row of rows) {
    const folder = `day=${row[3] || '__HIVE_DEFAULT_PARTITION__'}`
    folders.set(folder, [...(folders.get(folder) ?? []), row])
  }
  return [...folders].map(([folder, part]) => [folder, part.map(([n, text, kind]) => [n, text, kind])])
}

describe('the parts of a batch', () => {
  it.each(Array.from({ length: 60 }, (_, i) => testSeed + i))(
    'are the rows of each folder, and share no memory (FLETCHING_SEED=%i)',
    (seed) => {
      const random = randomFrom(seed)
      const all = randomNumberedRows(random, 8 + random.below(300), random.pick([2, 200]))
      const whole = numberedBatch(all)
      const cut = random.below(2) === 0 ? 0 : 1 + random.below(7)
      const batch = cut === 0 ? whole : sliceBatch(whole, cut, whole.numRows)
      const rows = all.slice(cut)
      const isShared = random.below(2) === 0
      const parts = partsOf(batch, ['day'], isShared)
      expect(parts.map((part) => [part.folder, numberedRows(batchOfPart(part, numberedSchema))])).toEqual(
        partsOracle(rows),
      )
      expect(parts.map(({ ranges }) => rowsIn(ranges))).toEqual(partsOracle(rows).map(([, part]) => part.length))
      const memory = parts.flatMap(memoryOf)
      expect(new Set(memory).size).toBe(memory.length)
      const before = new Set(memoryOfBatch(batch))
      const kept = parts.filter((part) => memoryOf(part).some((buffer) => before.has(buffer)))
      expect(kept.length).toBeLessThanOrEqual(isShared || cut > 0 ? 0 : 1)
      for (const { content, ranges } of parts) {
        if (content instanceof Uint8Array) expect(content.byteLength).toBe(content.buffer.byteLength)
        else expect(2 * rowsIn(ranges)).toBeGreaterThanOrEqual(content.numRows)
      }
    },
  )

  it('keep the batch for the one that has half of the rows, with all that it takes', () => {
    const rows = Array.from({ length: 100 }, (_, n): NumberedRow => [n, '.'.repeat(200), 'x', n % 4 === 3 ? 'b' : 'a'])
    const batch = numberedBatch(rows)
    const [most, others] = partsOf(batch, ['day'], false)
    expect(memoryOf(most).every((buffer) => memoryOfBatch(batch).includes(buffer))).toBe(true)
    expect(most.byteLength).toBeGreaterThan(2 * others.byteLength)
    const half = rows.map(([n, text, kind]): NumberedRow => [n, text, kind, n < 50 ? 'a' : 'b'])
    const parts = partsOf(numberedBatch(half), ['day'], false)
    expect(parts.map(({ content }) => content instanceof Uint8Array || content.numRows)).toEqual([100, 50])
  })

  it('are the batch itself where nothing parts it, and nothing without rows', () => {
    const rows = Array.from({ length: 100 }, (_, n): NumberedRow => [n, '.'.repeat(200), 'x', 'a'])
    const batch = numberedBatch(rows)
    const [{ folder, ranges, content }] = partsOf(batch, [], false)
    expect([folder, ranges, content === batch]).toEqual(['', Int32Array.of(0, 100), true])
    expect(partsOf(numberedBatch([]), ['day'], false)).toEqual([])
  })

  it('take little beside their bytes when they are few', () => {
    const parts = partsOf(numberedBatch([[1, 'text', 'x', 'a']]), ['day'], false)
    expect(parts[0].byteLength).toBeLessThan(1536)
    expect(batchOfPart(parts[0], numberedSchema).toArray().map(String)).toEqual([
      '{"n": 1, "text": "text", "kind": "x"}',
    ])
  })

  it('have weights that are the same wherever the batch lies', () => {
    const random = randomFrom(testSeed)
    const batch = numberedBatch(randomNumberedRows(random, 300, 100))
    const weights = [true, false].map((isShared) => partsOf(batch, ['day'], isShared).map((part) => part.byteLength))
    expect(weights[0]).toEqual(weights[1])
  })
})

const byText = defineJob({
  name: 'by-text',
  params: { INPUT: param.location('events'), TABLE: param.location('a folder') },
  plan: ({ INPUT, TABLE }) => {
    const rows = scanNdjson(INPUT, schema('events', { id: text(), part: text() }))
    const columns = rows.select((col) => ({ id: col('id'), part: col('part') }))
    return [writeParquet(columns, { to: TABLE, partitionBy: ['part'] })]
  },
})

describe('a value that names no folder', () => {
  it.each([1, 2])('ends a run with the object in which it stands, with %i workers', (workers) =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'in'), `{"id":"a","part":"x"}\n{"id":"b","part":"${'x'.repeat(300)}"}\n`)
      const run = runJob(byText, { INPUT: join(folder, 'in'), TABLE: join(folder, 'table') }, { workers })
      const message = await run.then(String, (error: Error) => error.message)
      expect(message.replaceAll(`${folder}/`, '')).toBe(
        [
          'PARTITION_TOO_LONG: a partition folder would have a name of 305 bytes',
          '  at column part',
          '  at rows of in',
          '  at job by-text',
          "  a folder's name has at most 255 bytes; partition by a column of shorter values, or shorten them in the job",
        ].join('\n'),
      )
      expect(await readdir(folder)).toEqual(['in'])
    }),
  )
})
