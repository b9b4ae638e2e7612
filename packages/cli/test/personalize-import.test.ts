import { describe, expect, it } from 'vitest'
import { importedText, progressTeller } from '../src/commands/personalize/import.ts'

describe('progressTeller', () => {
  it('tells changes, and ever more rarely that there is none', () => {
    const told: string[] = []
    const tell = progressTeller({ note: (text) => told.push(text) })
    const look = (status: string, minutes: number, name = 'shop') =>
      tell({ kind: 'dataset group', name, status, passedMs: minutes * 60_000 })
    for (const minutes of [0, 0.1, 0.9]) look('CREATE PENDING', minutes)
    for (let minutes = 1; minutes <= 20; minutes += 0.5) look('CREATE IN_PROGRESS', minutes)
    look('ACTIVE', 20.5)
    look('NO PLACE', 21, 'other')
    expect(told).toEqual([
      'dataset group shop: CREATE PENDING',
      'dataset group shop: CREATE IN_PROGRESS',
      'dataset group shop: CREATE IN_PROGRESS, after 2 min 00 s',
      'dataset group shop: CREATE IN_PROGRESS, after 4 min 00 s',
      'dataset group shop: CREATE IN_PROGRESS, after 8 min 00 s',
      'dataset group shop: CREATE IN_PROGRESS, after 16 min 00 s',
      'dataset group shop: ACTIVE',
      'dataset group other: waits until fewer imports are under way',
    ])
  })
})

describe('importedText', () => {
  const imported = {
    group: 'shop',
    dataset: 'users',
    job: 'shop-users-1',
    jobArn: 'arn',
    mode: 'FULL',
    isReplaced: false,
  } as const

  it.each([
    [false, 'the CSV is imported into the users of shop, FULL, by shop-users-1\n'],
    [true, 'the CSV was imported already into the users of shop, FULL, by shop-users-1\n'],
  ])('of a job that was there: %s', (wasThere, text) => {
    expect(importedText({ ...imported, wasThere })).toBe(text)
  })
})
