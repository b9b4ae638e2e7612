import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openDiscardStore, openLocalStore, parseLocation, type Store } from '@fletching/storage'
import { inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { addAccounting, emptyAccounting } from '../src/accounting.ts'
import type { ObjectCounts } from '../src/morsel.ts'
import type { PhysicalPlan } from '../src/physical.ts'
import { Pipeline } from '../src/pipeline.ts'
import { readSplit } from '../src/read-split.ts'
import type { Unit } from '../src/split.ts'
import { type ScanSource, UnitScanner } from '../src/unit-scanner.ts'
import { clickLines, clicksPlan } from './clicks.ts'

const store = openLocalStore()

/** What comes out of splits of one file: the CSV's bytes, what was rejected and where, and the accounting. */
async function scan(splits: Unit['splits'], source: Partial<ScanSource> = {}) {
  const accounting = emptyAccounting()
  const csv: Buffer[] = []
  const rejects: unknown[] = []
  let uncompressedBytes = 0
  let progress = 0
  const chunks = () => store.read(splits[0].object)
  const scanner = new UnitScanner(new Pipeline(clicksPlan()), { store, chunks, ...source })
  for (const [number, split] of splits.entries()) {
    const lines = accounting.lines
    for await (const message of scanner.scan({ number, splits: [split] })) {
      if (message.kind === 'progress') progress += message.bytes
      else if (message.kind === 'ended') {
        for (const { counts } of message.ended.objects) {
          addAccounting(accounting, counts.accounting)
          uncompressedBytes += counts.uncompressedBytes
        }
      } else {
        for (const part of message.body.parts) if (part.format === 'csv') csv.push(Buffer.from(part.bytes))
        for (const { line, byteOffset, code } of message.body.rejects) {
          rejects.push({ line: lines + line, byteOffset, code })
        }
      }
    }
  }
  return { csv: Buffer.concat(csv).toString(), rejects, accounting, uncompressedBytes, progress }
}

async function fileOf(folder: string, bytes: string | Uint8Array, name = 'a') {
  const path = join(folder, name)
  await writeFile(path, bytes)
  const object = await store.stat(parseLocation(path))
  if (object === undefined) throw new Error('the file is not there')
  return object
}

/** A source that has to be waited for, and gives parts of a text in small pieces. */
function inParts(text: string, pieceBytes: number): Partial<ScanSource> {
  const content = Buffer.from(text)
  const parts: Store = {
    ...openDiscardStore(),
    async *read() {
      yield content
    },
    async *readPart(_, start, end) {
      for (let at = start; at < end; at += pieceBytes) yield content.subarray(at, Math.min(at + pieceBytes, end))
    },
  }
  return { store: undefined, chunks: (split) => readSplit(parts, split) }
}

const whole = (object: Unit['splits'][number]['object']) => [{ index: 0, object, start: 0, end: undefined }]

describe('the splits of a plain file', () => {
  const cases: [string, string][] = [
    ['a line end at its end', `${clickLines(60)}\n`],
    ['no line end at its end', clickLines(60)],
    ['CRLF', clickLines(40).replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${clickLines(30)}`],
    ['a byte order mark in its middle', `${clickLines(20)}\n\ufeff${clickLines(20)}`],
    ['nothing but line ends', '\n'.repeat(300)],
    ['one long line', `{"userId":"u","event":"Product Clicked","x":"${'x'.repeat(3000)}"}`],
  ]

  it.each(cases)('give together what the whole gives, with %s', (_, text) =>
    inFolder(async (folder) => {
      const object = await fileOf(folder, text)
      const { progress, ...expected } = await scan(whole(object))
      expect(progress).toBe(object.size)
      for (const bytes of [1, 2, 3, 50, 111, 128, 1000, object.size - 1]) {
        if (object.size / bytes > 2000) continue
        const starts = Array.from({ length: Math.ceil(object.size / bytes) }, (__, n) => n * bytes)
        const splits = starts.map((start, n) => ({ index: 0, object, start, end: starts[n + 1] }))
        const { progress: __, ...together } = await scan(splits)
        expect(together, `splits of ${bytes} bytes`).toEqual(expected)
        for (const pieceBytes of splits.length > 100 ? [100_000] : [1, 77]) {
          const { progress: none, ...waited } = await scan(splits, inParts(text, pieceBytes))
          expect(waited, `splits of ${bytes} bytes that come in pieces of ${pieceBytes}`).toEqual(expected)
          expect(none).toBe(0)
        }
      }
    }),
  )

  it('are read up to a line that crosses the room for what is read', () =>
    inFolder(async (folder) => {
      const text = `${clickLines(9)}\n{"x":"${'x'.repeat(2_500_000)}"}\n${clickLines(9)}\n`
      const object = await fileOf(folder, text)
      const { progress: _, ...expected } = await scan(whole(object))
      for (const cut of [1, 900, 1200, 262_144, 500_000, 2_500_900, 2_501_200]) {
        const splits = [
          { index: 0, object, start: 0, end: cut },
          { index: 0, object, start: cut, end: undefined },
        ]
        const { progress: __, ...together } = await scan(splits)
        expect(together, `cut at ${cut}`).toEqual(expected)
        const { progress: ___, ...waited } = await scan(splits, inParts(text, 99_999))
        expect(waited, `cut at ${cut}, in parts`).toEqual(expected)
      }
    }))
})

describe('small objects of one unit', () => {
  it('have counts of their own, also of what a filter above the scan drops', () =>
    inFolder(async (folder) => {
      const texts = [clickLines(70), '', clickLines(3), `{\n${clickLines(40)}`]
      const objects = await Promise.all(texts.map((text, n) => fileOf(folder, text, `o${n}`)))
      const residual = clicksPlan({ hasKernelFilter: true })
      const unit = { number: 0, splits: objects.map((object, index) => ({ index, object, start: 0, end: undefined })) }
      const together = await countsOf([unit], residual)
      const apart = await countsOf(
        unit.splits.map((split, number) => ({ number, splits: [split] })),
        residual,
      )
      expect(together.counts).toEqual(apart.counts)
      expect(together.counts.map(({ accounting }) => accounting.rows)).toEqual([6, 0, 2, 6])
      expect(together.counts[0].accounting.filtered['long id']).toBeGreaterThan(0)
      expect(together.rejects).toEqual(apart.rejects)
      expect([together.morsels, apart.morsels]).toEqual([1, 3])
    }))

  it.each([
    { objects: 10, bytes: 30 * 1024 - 1, told: [3, 3, 3, 1] },
    // Who is told lets others have their turn, and an object takes its time.
    { objects: 40, bytes: 100, told: [16, 16, 8] },
  ])('tell their progress together: $objects of $bytes bytes', ({ objects: count, bytes, told }) =>
    inFolder(async (folder) => {
      const objects = await Promise.all(
        Array.from({ length: count }, (_, n) => fileOf(folder, ' '.repeat(bytes), `o${n}`)),
      )
      const splits = objects.map((object, index) => ({ index, object, start: 0, end: undefined }))
      const scanner = new UnitScanner(new Pipeline(clicksPlan()), { store, chunks: ({ object }) => store.read(object) })
      const progress: number[] = []
      for await (const message of scanner.scan({ number: 0, splits })) {
        if (message.kind === 'progress') progress.push(message.bytes)
      }
      expect(progress).toEqual(told.map((objects) => objects * bytes))
    }),
  )
})

/** What is counted for each object, every reject, and the number of morsels. */
async function countsOf(units: readonly Unit[], plan: PhysicalPlan) {
  const scanner = new UnitScanner(new Pipeline(plan), { store, chunks: ({ object }) => store.read(object) })
  const counts: ObjectCounts[] = []
  const rejects: unknown[] = []
  let morsels = 0
  for (const unit of units) {
    for await (const message of scanner.scan(unit)) {
      if (message.kind === 'ended') for (const one of message.ended.objects) counts[one.index] = one.counts
      if (message.kind !== 'morsel') continue
      morsels++
      rejects.push(...message.body.rejects)
    }
  }
  return { counts, rejects, morsels }
}

describe('an object', () => {
  it.each([
    ['plain', (bytes: Buffer) => bytes],
    ['gzip', (bytes: Buffer) => gzipSync(bytes)],
    [
      'of two members',
      (bytes: Buffer) => Buffer.concat([gzipSync(bytes.subarray(0, 999)), gzipSync(bytes.subarray(999))]),
    ],
  ])('that is %s gives the same read without waiting and in pieces that come', (_, store_) =>
    inFolder(async (folder) => {
      const object = await fileOf(folder, store_(Buffer.from(clickLines(20_000))))
      const { progress, ...expected } = await scan(whole(object))
      expect(progress).toBe(object.size)
      const { progress: none, ...given } = await scan(whole(object), { store: undefined })
      expect(given).toEqual(expected)
      expect(none).toBe(0)
    }),
  )

  it('that is damaged fails with its name', () =>
    inFolder(async (folder) => {
      const object = await fileOf(folder, gzipSync(clickLines(50)).subarray(0, 200))
      await expect(scan(whole(object))).rejects.toThrow(
        `CORRUPT_GZIP: the gzip file is damaged: it ends before its data does\n  at ${object.name}\n`,
      )
    }))

  it('that is damaged gives what came before, read without waiting or in pieces that come', () =>
    inFolder(async (folder) => {
      // Rows of a whole batch, and the damage, lie in one piece of stored bytes.
      const stored = gzipSync(`${clickLines(1)}\n`.repeat(20_000))
      const bytes = Buffer.concat([stored.subarray(0, -9), Buffer.alloc(50, 0xff)])
      const object = await fileOf(folder, bytes)
      const chunks = async function* () {
        yield bytes
      }
      for (const source of [store, undefined]) {
        const scanner = new UnitScanner(new Pipeline(clicksPlan()), { store: source, chunks })
        let rows = 0
        const read = async () => {
          for await (const message of scanner.scan({ number: 0, splits: whole(object) })) {
            if (message.kind !== 'morsel') continue
            for (const part of message.body.parts) if (part.format === 'csv') rows += part.rows
          }
        }
        await expect(read()).rejects.toThrow(/^CORRUPT_GZIP/)
        expect(rows).toBe(16_384)
      }
    }))

  it('that is another archive is refused', () =>
    inFolder(async (folder) => {
      const object = await fileOf(folder, 'PK\x03\x04rest')
      await expect(scan(whole(object))).rejects.toThrow(/^UNSUPPORTED_COMPRESSION: the object is zip/)
    }))

  it('that was changed since it was listed is refused', () =>
    inFolder(async (folder) => {
      const object = await fileOf(folder, clickLines(5))
      await writeFile(join(folder, 'a'), clickLines(6))
      await expect(scan(whole(object))).rejects.toThrow(/^OBJECT_CHANGED: /)
    }))
})
