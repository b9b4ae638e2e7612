import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type GoldenFiles, goldenNames, makeGolden, readGolden, writeGolden } from '@fletching/testing/golden'
import { beforeAll, describe, expect, it } from 'vitest'

const cases = join(import.meta.dirname, '..', 'fixtures/jobs')

describe.each(readdirSync(cases))('the golden case %s', (name) => {
  const folder = join(cases, name)
  let made: GoldenFiles
  let golden: GoldenFiles

  beforeAll(async () => {
    made = await makeGolden(folder)
    if (process.env.FLETCHING_GOLDEN === 'write') await writeGolden(folder, made)
    golden = await readGolden(folder)
  })

  it.each(goldenNames)('gives its %s', (file) => expect(made[file]).toBe(golden[file]))

  it('counts what the notes of the lines say', () => {
    const lines = readFileSync(join(folder, 'events.ndjson'), 'latin1').replace(/\n$/, '').split('\n')
    const notes = lines.map((line) => /note[^\w`]+([\w`. ]+):/.exec(line)?.[1] ?? 'blank')
    const { accounting } = JSON.parse(golden['expected-report.json'] ?? '')
    const codes = Object.entries<number>(accounting.setAside).map(([name, count]) => [name.split(': ')[1], count])
    const malformed = Object.values<number>(accounting.malformed).map((count) => ['malformed', count])
    const counted = [
      ['row', accounting.rows],
      ['duplicate', accounting.duplicates],
      ['blank', accounting.blank],
    ]
    const seen = [...counted, ...malformed, ...codes]
    expect(tally(notes.map((note) => [note, 1]))).toEqual(tally([...seen, ...Object.entries(accounting.filtered)]))
  })

  it('keeps every rejected line as it was', () => {
    const events = readFileSync(join(folder, 'events.ndjson'))
    for (const reject of (golden['rejects.ndjson'] ?? '').split('\n').filter((line) => line !== '')) {
      const { byteOffset, text, base64 } = JSON.parse(reject)
      const kept = text === undefined ? Buffer.from(base64, 'base64') : Buffer.from(text)
      expect(events.subarray(byteOffset, byteOffset + kept.length).equals(kept)).toBe(true)
    }
  })
})

function tally(counts: readonly (readonly unknown[])[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const [name, count] of counts) sums[String(name)] = (sums[String(name)] ?? 0) + Number(count)
  return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum > 0))
}
