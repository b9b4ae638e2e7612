import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { script } from './script.ts'

describe('the benchmark of the main job', () => {
  it('runs in its small size: every engine that is there writes the same rows, and the figures are kept', () =>
    inFolder(async (place) => {
      const args = ['--size', 'smoke', '--data', join(place, 'data'), '--save-to', join(place, 'runs')]
      const out = script('main-job/run.js', args)
      for (const line of out.split('\n')) if (line.includes(' is left out: ')) console.log(line)
      const absent = out.match(/ is left out: .* is not installed in benchmarks\/peers$/gm)?.length ?? 0

      const { measured } = JSON.parse(await readFile(join(place, 'runs/main-job.json'), 'utf8')) as Saved
      expect(measured.map(({ shape }) => shape)).toEqual(['one-plain', 'many-gzip'])
      for (const { results, rows } of measured) {
        expect(results.length + absent).toBe(9)
        expect(rows.rows).toBeGreaterThan(100)
        for (const { name, samples } of results) {
          expect(out).toMatch(new RegExp(`^${name.replaceAll('.', '\\.')} +\\d`, 'm'))
          expect(samples.length).toBe(1)
          expect(samples[0].cpuS).toBeGreaterThan(0)
          expect(samples[0].rssBytes).toBeGreaterThan(10_000_000)
        }
      }
      const chart = await readFile(join(place, 'runs/main-job.svg'), 'utf8')
      expect(chart.match(/<rect x=/g)?.length).toBe(2 * (9 - absent))

      const again = script('main-job/run.js', [...args, '--engines', 'readline', '--shapes', 'tiny'])
      expect(again).not.toContain('making the input')
    }))

  it('refuses sizes, shapes and engines that it does not know', () => {
    const wrong = [
      { args: ['--size', '1TB'], error: '--size got "1TB"; expected smoke, or 1MB at least, as in 200MB or 1GiB' },
      {
        args: ['--size', 'smoke', '--shapes', 'zip'],
        error: '--shapes got "zip"; expected some of plain, gzip, one-plain, one-gzip, many-gzip, tiny',
      },
      {
        args: ['--size', 'smoke', '--engines', 'spark'],
        error: '--engines got "spark", which leaves no engine',
      },
      { args: ['--size', 'smoke', '--runs', '0'], error: '--runs got "0"; expected a whole number from 1' },
    ]
    for (const { args, error } of wrong) {
      expect(() => script('main-job/run.js', args)).toThrow(`Error: ${error}\n`)
    }
  })

  it.each([
    {
      what: 'another CSV',
      time: 2,
      error: /^wrong: another CSV: 1 rows with the digest \w{16}, where 1 with \w{16} are due$/,
    },
    { what: 'a header of its own', header: 'USER', time: 1, error: /^wrong: the header of .*part-00000\.csv is USER$/ },
    { what: 'no table', time: 1, error: /^wrong: ENOENT: no such file or directory, scandir '.*table'$/ },
    { what: 'no end', code: 'process.exit(9)', time: 1, error: /^wrong ended with 9:\n$/ },
  ])('names an engine with $what', ({ header = 'USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP', time, code = '', error }) =>
    inFolder(async (place) => {
      const { measure } = (await load('contest/measure.js')) as { measure: (...args: unknown[]) => Promise<unknown> }
      const { check } = (await load('main-job/check.js')) as { check: (...args: unknown[]) => Promise<void> }
      const { RowDigest } = (await load('main-job/digest.js')) as { RowDigest: new () => Digest }
      const expected = new RowDigest()
      expected.add('u', 'i', 'e', 1_000)
      const program = `${code}; const folder = process.argv[1] + '/csv'; const fs = require('fs')
        fs.mkdirSync(folder); fs.writeFileSync(folder + '/part-00000.csv', ${JSON.stringify(`${header}\nu,i,e,${time}\n`)})`
      const args = ({ out }: { out: string }) => ['-e', program, out]
      const engine = { name: 'wrong', quoting: 'doubled', args }
      const task = { input: place, out: join(place, 'out') }
      const holds = (engine: unknown, out: string) => check(engine, out, expected.digest())
      await expect(measure(engine, task, holds)).rejects.toThrow(error)
    }),
  )
})

interface Saved {
  readonly measured: readonly {
    readonly shape: string
    readonly rows: { readonly rows: number }
    readonly results: readonly {
      readonly name: string
      readonly samples: readonly { readonly cpuS: number; readonly rssBytes: number }[]
    }[]
  }[]
}

interface Digest {
  add(user: string, item: string, event: string, timeMs: number): void
  digest(): unknown
}

/** The scripts are JavaScript, since Node runs them as they are. */
function load(name: string): Promise<unknown> {
  return import(pathToFileURL(join(import.meta.dirname, '..', name)).href)
}
