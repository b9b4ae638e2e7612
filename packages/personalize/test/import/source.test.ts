import { openMemoryStore } from '@fletching/storage'
import { describe, expect, it } from 'vitest'
import { countRecords } from '../../src/import/source.ts'

/** The records of files with these contents, read in pieces of whatever size. */
async function recordsOf(...contents: readonly string[]): Promise<number[]> {
  const counts: number[] = []
  for (const pieceBytes of [1, 3, 1 << 20]) {
    const store = openMemoryStore()
    const files = contents.map((content, index) => ({
      location: { scheme: 'memory', key: `${index}.csv` } as const,
      name: `${index}.csv`,
      size: content.length,
      etag: undefined,
    }))
    const read = async function* ({ name }: { readonly name: string }) {
      const bytes = Buffer.from(contents[Number.parseInt(name, 10)])
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
    }
    counts.push(await countRecords({ location: '', files, bytes: 0, digest: '' }, { ...store, read }))
  }
  return counts
}

describe('countRecords', () => {
  it.each([
    [[''], 0],
    [['A,B'], 0],
    [['A,B\n'], 0],
    [['A,B\n1,2'], 1],
    [['A,B\r\n1,2\r\n'], 1],
    [['A,B\n1,2\n', 'A,B\n3,4\n5,6'], 3],
    [['A\n', 'A\n', ''], 0],
    [[`A\n${'1\n'.repeat(999)}`], 999],
    [[`A\n${'1\n'.repeat(1000)}`], 1000],
    [[`A\n${'1\n'.repeat(5000)}`], 1000],
    [[`A\n${'1\n'.repeat(600)}`, `A\n${'1\n'.repeat(600)}`], 1000],
  ])('counts %#', async (contents, count) => {
    expect(await recordsOf(...contents)).toEqual([count, count, count])
  })
})
