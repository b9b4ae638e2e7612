import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { generateObjects, trapKinds } from '@fletching/gen'
import { segmentToPersonalizeOracle, verdictOf } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

const folder = join(import.meta.dirname, '../../../fixtures')
const kinds = trapKinds.map(({ kind }) => kind)
const set = [...generateObjects({ seed: 7, bytes: 1_000_000, days: 2, traps: 0.2, trapKinds: kinds })]

describe('the set in fixtures/segment-logs', () => {
  it('is what the command in its README makes', () => {
    const files = readdirSync(join(folder, 'segment-logs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.gz'))
      .map((name) => `segment-logs/${name.replaceAll('\\', '/')}`)
    expect(files.sort()).toEqual(set.map(({ key }) => key))
    for (const { key, bytes } of set) {
      const same = gunzipSync(readFileSync(join(folder, key))).equals(gunzipSync(bytes))
      expect({ key, same }).toEqual({ key, same: true })
    }
  })

  it('is small, and holds every kind of trap', () => {
    expect(set.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThan(300_000)
    expect(kinds.filter((kind) => set.every(({ traps }) => traps[kind] === 0))).toEqual([])
  })
})

describe('the lines in fixtures/jobs/segment-to-personalize', () => {
  const events = readFileSync(join(folder, 'jobs/segment-to-personalize/events.ndjson'))

  it('become what their notes say', () => {
    const { counts } = segmentToPersonalizeOracle([{ name: 'events.ndjson', bytes: events }])
    const found = events
      .subarray(3)
      .toString('latin1')
      .split('\n')
      .map((line) => {
        const outcome = verdictOf(Buffer.from(line, 'latin1'))
        const note = /note\W+([\w. ]+):/.exec(line)?.[1] ?? 'blank'
        const detail = 'reason' in outcome ? outcome.reason : 'code' in outcome ? outcome.code : outcome.verdict
        return { note, detail, line }
      })
    expect(found).toHaveLength(counts.lines)
    expect(found.filter(({ note, detail }) => note !== detail)).toEqual([])
  })
})
