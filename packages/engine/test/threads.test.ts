import { describe, expect, it } from 'vitest'
import type { RunOptions } from '../src/options.ts'
import type { Unit } from '../src/split.ts'
import { chooseThreads } from '../src/threads.ts'

const MIB = 1024 * 1024

function unitsOf(count: number, size: number): Unit[] {
  return Array.from({ length: count }, (_, number) => {
    const object = { location: { scheme: 'memory', key: 'a' } as const, name: 'a', size, etag: undefined }
    return { number, splits: [{ index: number, object, start: 0, end: undefined }] }
  })
}

describe('the number of threads', () => {
  const large = unitsOf(16, 16 * MIB)
  const cases: [string, Unit[], RunOptions, number, number, number, number][] = [
    ['a small input', unitsOf(4, MIB), { cpus: 8 }, 1, 64, 16, 1024],
    ['a small input, if more are asked for', unitsOf(4, MIB), { cpus: 8, workers: 3 }, 3, 64, 16, 1024],
    ['a large input', large, { cpus: 8 }, 8, 64, 16, 1024],
    ['a large input, if fewer are asked for', large, { cpus: 8, workers: 2 }, 2, 64, 16, 1024],
    ['little memory', large, { cpus: 8, memoryBytesMax: 300 * MIB }, 2, 22, 11, 16],
    ['hardly any memory', large, { cpus: 8, memoryBytesMax: 64 * MIB }, 1, 4, 1, 16],
    ['many objects', unitsOf(1_000_000, 64), { cpus: 8, memoryBytesMax: 512 * MIB }, 3, 4, 1, 16],
    ['nothing', [], { cpus: 8 }, 1, 64, 16, 1024],
  ]

  it.each(cases)('for %s is what it is worth', (_, units, options, count, windowMib, aheadMib, keyMib) => {
    const { count: threads, ...bytes } = chooseThreads(units, options)
    const mebibytes = Object.fromEntries(Object.entries(bytes).map(([name, some]) => [name, Math.round(some / MIB)]))
    expect({ threads, ...mebibytes }).toEqual({
      threads: count,
      windowBytes: windowMib,
      aheadBytes: aheadMib,
      keyBytes: keyMib,
    })
  })
})
