import { CsvEncoder } from '@fletching/csv'
import { fuzz, fuzzCases, type Random } from '@fletching/testing'
import { tableFromArrays } from 'apache-arrow'
import { expect, it } from 'vitest'
import { Preflight } from '../src/preflight.ts'

it('counts random interactions as a Map would, and finds nothing wrong in what the encoder writes', async () => {
  await fuzz(fuzzCases(60), (random) => {
    const rows = Array.from({ length: random.below(400) }, () => ({
      USER_ID: textOf(random),
      ITEM_ID: textOf(random),
      EVENT_TYPE: random.pick(['Click', 'Product, Added', 'say "hi"', 'back\\slash', 'zwei\nZeilen']),
      TIMESTAMP: 1_500_000_000 + random.below(50),
    }))
    const preflight = new Preflight({ dataset: 'interactions', now: 1_600_000_000 })
    const bytes = rows.length === 0 ? Buffer.from('USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n') : encoded(rows)
    preflight.begin({ name: 'a.csv', size: bytes.length })
    for (let at = 0; at < bytes.length; ) {
      const to = at + 1 + random.below(99)
      preflight.push(bytes.subarray(at, to))
      at = to
    }
    preflight.end()
    const { findings, figures } = preflight.finish()
    const users = counts(rows.map(({ USER_ID }) => USER_ID))
    const distinct = new Set(rows.map((row) => JSON.stringify(row))).size
    expect(figures).toEqual({
      objects: 1,
      bytes: bytes.length,
      records: rows.length,
      users: users.size,
      usersWithTwo: [...users.values()].filter((count) => count > 1).length,
      items: counts(rows.map(({ ITEM_ID }) => ITEM_ID)).size,
      eventTypes: [...counts(rows.map(({ EVENT_TYPE }) => EVENT_TYPE.replace('\n', ' ').replaceAll(/["\\]/g, '\\$&')))]
        .map(([name, count]) => ({ name: name.replaceAll(/\\(["\\])/g, '$1'), count }))
        .sort((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1)),
      sameSecond: rows.length - distinct,
      first: rows.length === 0 ? undefined : Math.min(...rows.map(({ TIMESTAMP }) => TIMESTAMP)),
      last: rows.length === 0 ? undefined : Math.max(...rows.map(({ TIMESTAMP }) => TIMESTAMP)),
      isEstimated: false,
    })
    const expected = [
      'NO_RECORDS',
      'FEW_INTERACTIONS',
      'FEW_USERS',
      'FEW_RETURNING_USERS',
      'SAME_SECOND',
      'TIMESTAMPS_ALL_EQUAL',
      'ADVISED_VOLUME',
    ]
    expect(findings.map(({ code }) => code).filter((code) => !expected.includes(code))).toEqual([])
  })
})

it('looks at a million records in bounded memory', () => {
  const preflight = new Preflight({ dataset: 'interactions', now: 1_600_000_000 })
  const before = process.memoryUsage().arrayBuffers
  preflight.begin({ name: 'a.csv', size: 0 })
  preflight.push(Buffer.from('USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n'))
  for (let part = 0; part < 100; part++) {
    const lines = Array.from(
      { length: 10_000 },
      (_, row) => `u${(part * 10_000 + row) % 300_000},i${row % 999},Click,${1_500_000_000 + part}\n`,
    )
    preflight.push(Buffer.from(lines.join('')))
  }
  preflight.end()
  const { figures } = preflight.finish()
  expect(figures).toMatchObject({
    records: 1_000_000,
    users: 300_000,
    usersWithTwo: 300_000,
    items: 999,
    isEstimated: false,
  })
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 1024 * 1024)
})

function textOf(random: Random): string {
  return random.pick(['u', 'é', '日本-']) + random.below(150)
}

function encoded(rows: readonly { USER_ID: string; ITEM_ID: string; EVENT_TYPE: string; TIMESTAMP: number }[]): Buffer {
  const [batch] = tableFromArrays({
    USER_ID: rows.map(({ USER_ID }) => USER_ID),
    ITEM_ID: rows.map(({ ITEM_ID }) => ITEM_ID),
    EVENT_TYPE: rows.map(({ EVENT_TYPE }) => EVENT_TYPE),
    TIMESTAMP: BigInt64Array.from(rows.map(({ TIMESTAMP }) => BigInt(TIMESTAMP))),
  }).batches
  const encoder = new CsvEncoder(batch.schema, { dialect: 'personalize' })
  return Buffer.concat([encoder.header(), encoder.encode(batch)])
}

function counts(texts: readonly string[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const text of texts) found.set(text, (found.get(text) ?? 0) + 1)
  return found
}
