import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { evaluated, script } from './script.ts'

const folder = join(import.meta.dirname, '../kernels')
const benchmarks = readdirSync(folder).filter((name) => name.endsWith('.bench.js'))

describe('the kernel benchmarks', () => {
  it('are there', () => {
    expect(benchmarks).toEqual([
      'cast.bench.js',
      'compare.bench.js',
      'filter.bench.js',
      'is-in.bench.js',
      'parse-timestamp.bench.js',
      'take.bench.js',
    ])
  })

  it.each(benchmarks)('%s runs in its small size, and all contestants give the same values', (name) => {
    const [head, ...cases] = script(`kernels/${name}`, ['--size', 'smoke']).split('\n\n')
    for (const line of head.split('\n')) if (line.includes('left out')) console.log(line)
    const figures = ' +best +[\\d.]+ {3}median +[\\d.]+\n'
    for (const text of cases) {
      expect(`${text}\n`).toMatch(
        new RegExp(
          `^selectivity .*, digest \\w{16}, the same from all\nfletching${figures}loop${figures}(\\w+${figures})*`,
        ),
      )
    }
    expect(cases.map((text) => /^selectivity (.*), digest/.exec(text)?.[1])).toEqual([
      '1/1024, no nulls',
      '1/1024, one null in 8',
      '1/2, no nulls',
      '1/2, one null in 8',
      '1023/1024, no nulls',
      '1023/1024, one null in 8',
    ])
  })

  it('end when contestants differ', () => {
    const program = `
      import { contest } from ${JSON.stringify(pathToFileURL(join(folder, 'contest.js')).href)}
      await contest('nothing', async () => [
        { name: 'one', run: () => [1, null], values: (rows) => rows },
        { name: 'two', run: () => [1, 0], values: (rows) => rows },
      ])`
    expect(() => evaluated(program, ['--size', 'smoke'])).toThrow(/Error: two and one differ: \w{16} and \w{16}\n/)
  })

  it('refuse a size that they do not know', () => {
    expect(() => script('kernels/take.bench.js', ['--size', 'huge'])).toThrow(
      'Error: --size got "huge"; expected smoke or full\n',
    )
  })
})
