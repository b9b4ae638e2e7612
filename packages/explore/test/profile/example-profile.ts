import type { Checklist } from '@fletching/personalize/checklist'
import { RowFigures } from '../../src/profile/row-figures.ts'
import type { Profile } from '../../src/profile.ts'

/** What would be markup if it were not escaped, and turn the text behind it around. */
export const hostile = '<script>alert(1)</script>"\'&\u202e\u0000'

/** A profile in which everything is there, with names that mean harm. */
export function exampleProfile(): Profile {
  const figures = new RowFigures(['USER_ID', 'ITEM_ID', 'EVENT_TYPE', 'TIMESTAMP', hostile], true)
  for (let row = 0; row < 1000; row++) {
    const day = row % 10 === 9 ? 12 : row % 10
    const time = row === 0 ? 'soon' : String(row === 1 ? 0 : 1_558_000_000 + day * 86_400)
    const event = row % 7 === 0 ? '' : [hostile, 'View', 'Buy', 'Like', 'Share', 'Rate', 'Hide'][row % 7]
    figures.add([
      `user-${row % 137}`,
      row % 3 === 0 ? hostile : `item-${row % 31}`,
      event,
      time,
      row % 2 === 0 ? '' : 'x',
    ])
  }
  const rows = figures.finish()
  const table = { location: `out/${hostile}.csv`, format: 'csv', objects: 1, bytes: 54_321, ...rows }
  return {
    profileVersion: 1,
    version: '0.1.0',
    of: hostile,
    madeAt: '2026-11-26T10:00:00.000Z',
    run: {
      input: hostile,
      startedAt: '2026-11-26T09:59:00.123Z',
      milliseconds: 4210,
      objects: 12,
      bytes: 9_876_543,
      accounting: {
        lines: 4000,
        rows: 1000,
        exploded: 17,
        filtered: [
          { name: 'event not wanted', count: 2900 },
          { name: hostile, count: 41 },
        ],
        duplicates: 20,
        setAside: ['a', 'b', 'c', 'd'].map((name) => ({ name, count: 7 })),
        malformed: [{ name: 'OPEN_STRING', count: 9 }],
        blank: 2,
        dropped: [{ name: hostile, count: 11 }],
      },
      refused: [{ reason: 'event not wanted', values: [{ name: hostile, count: 30 }] }],
      rejects: {
        objects: 1,
        lines: 37,
        codes: [{ name: 'OPEN_STRING', count: 9, first: { object: hostile, line: 12_345 } }],
      },
      warnings: [hostile],
    },
    tables: [table, { ...table, location: 'out/table/', format: 'parquet', objects: 3, details: undefined }],
    checklist,
  }
}

const checklist: Checklist = {
  verdict: 'failed',
  findings: [
    {
      code: 'ID_TOO_LONG',
      severity: 'failure',
      what: 'an id has more than 256 characters',
      count: 3,
      places: [{ object: hostile, line: 77, column: hostile }],
      help: 'import a shorter one',
    },
    {
      code: 'BLANK_LINE',
      severity: 'warning',
      what: 'a line is empty',
      count: 1,
      places: [{ object: 'a.csv' }],
      help: 'leave it out',
    },
    {
      code: 'ADVISED_VOLUME',
      severity: 'note',
      what: 'fewer than 50,000',
      count: 1,
      places: [],
      help: 'more are advised',
    },
  ],
  figures: {
    objects: 1,
    bytes: 54_321,
    records: 1000,
    users: 137,
    usersWithTwo: 130,
    items: 32,
    eventTypes: [{ name: hostile, count: 143 }],
    sameSecond: 8,
    first: 1_558_000_000,
    last: 1_559_000_000,
    isEstimated: true,
  },
  rules: { ID_TOO_LONG: 'failed', BLANK_LINE: 'warned', ADVISED_VOLUME: 'noted', NOT_UTF8: 'ok' },
}
