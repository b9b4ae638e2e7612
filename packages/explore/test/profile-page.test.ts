import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import { RowFigures } from '../src/profile/row-figures.ts'
import type { Profile } from '../src/profile.ts'
import { profilePage } from '../src/profile-page.ts'
import { exampleProfile, hostile } from './profile/example-profile.ts'

const pageOf = (profile: Profile) => parseHTML(profilePage(profile)).document

/** Every number of the profile that is not 0, by its path. */
function numbersIn(value: unknown, path: string[] = []): [string, number][] {
  if (typeof value === 'number') return value === 0 ? [] : [[path.join('.'), value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, of]) => numbersIn(of, [...path, name]))
}

const section = (document: Document, title: string) =>
  [...document.querySelectorAll('section')].find((one) => one.querySelector('h2')?.textContent === title)

const textOf = (element: Element | null | undefined) => element?.textContent?.replace(/\s+/g, ' ').trim()

describe('the page of a profile', () => {
  it('holds every number of it, where it says that it does', () => {
    const profile = exampleProfile()
    const shown = [...pageOf(profile).querySelectorAll('data[data-figure]')]
    const expected = new Map(numbersIn({ ...profile, profileVersion: 0 }))
    const found = new Map<string, number>()
    for (const element of shown) {
      const path = element.getAttribute('data-figure') ?? ''
      const value = Number(element.getAttribute('value'))
      if (value !== 0) found.set(path, value)
      const isCount = !/bytes$|milliseconds$|start$|first$|last$/i.test(path)
      if (isCount) expect(element.textContent?.replaceAll('\u202f', ''), path).toBe(String(value))
    }
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected))
    expect(found.size).toBeGreaterThan(150)
  })

  it('takes names for text, whatever they hold, and loads nothing', () => {
    const text = profilePage(exampleProfile())
    const document = pageOf(exampleProfile())
    expect(document.querySelectorAll('script, link, img, iframe, object, form, a, base')).toHaveLength(0)
    const attributes = [...document.querySelectorAll('*')].flatMap((element) =>
      [...element.attributes].map(({ name }) => name),
    )
    expect(attributes.filter((name) => /^on|^(src|href|xlink:href|action)$/.test(name))).toEqual([])
    expect(text).not.toContain('<script')
    expect(text).not.toContain('\u0000')
    expect(text).not.toMatch(/url\(|@import/)
    expect(document.querySelector('meta[http-equiv=Content-Security-Policy]')?.getAttribute('content')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'",
    )
    expect(document.querySelector('h1')?.textContent).toBe(hostile.replace('\u0000', '␀'))
    expect(
      [...document.querySelectorAll('svg text')].filter((element) => element.textContent?.startsWith('<script>')),
    ).not.toEqual([])
  })

  it('holds no id of a user', () => {
    const text = profilePage(exampleProfile())
    expect([text.includes('user-1'), text.includes('item-1')]).toEqual([false, true])
  })

  it('draws what the numbers say: bars are as long as counts', () => {
    const profile = exampleProfile()
    const rects = (title: string, at: number) =>
      [
        ...(section(pageOf(profile), title)
          ?.querySelectorAll('.middle svg g[aria-label=bar]')
          [at]?.querySelectorAll('rect') ?? []),
      ].map((rect) => Number(rect.getAttribute('width')))
    const items = profile.tables[0].details?.items?.top.slice(0, 10).map(({ count }) => count) ?? []
    const [longest] = rects('Top items', 0)
    expect(rects('Top items', 0).map((width) => Math.round((width * items[0]) / longest))).toEqual(items)
    const widths = rects('Where the lines went', 1)
    // Lines, blank, malformed, both filters, the sum of four codes, duplicates, rows.
    const counts = [4000, 2, 9, 2900, 41, 28, 20, 1000]
    expect(widths.map((width) => Math.round((width * 4000) / widths[0]))).toEqual(counts)
  })

  it('names every picture, for whoever does not see it, and says the same in a table', () => {
    const pictures = [...pageOf(exampleProfile()).querySelectorAll('svg')]
    expect(new Set(pictures.map((svg) => `${svg.getAttribute('role')} ${svg.getAttribute('aria-label')}`))).toEqual(
      new Set([
        'img From the lines that were read to the rows that came out',
        'img Rows over time by type of event, by day',
        'img The items with the most rows',
        'img Users by how many rows they have',
      ]),
    )
    for (const svg of pictures) expect(svg.closest('section')?.querySelector('details table')).not.toBeNull()
  })

  it('tells of gaps, of what is far away and of what is no moment', () => {
    expect(textOf(section(pageOf(exampleProfile()), 'Events over time')?.querySelector('p'))).toBe(
      'By day, from 1970-01-01 00:00:00 to 2019-05-28 09:46:40, but for 1 row whose value is no moment. Days without an event: 3; the longest: 3 days from 2019-05-25. Rows far away from nearly all others, and not in the picture: 1 before it, 0 after it.',
    )
  })

  it('tells what is found with its way out, and which rules hold', () => {
    const checklist = section(pageOf(exampleProfile()), 'Preflight for Amazon Personalize')
    expect([...(checklist?.querySelectorAll('.findings > li') ?? [])].map(textOf)).toEqual([
      `✗ failureID_TOO_LONG an id has more than 256 characters 3 times import a shorter one Where${hostile.replace('\u0000', '␀')}, line 77, column ${hostile.replace('\u0000', '␀')}`,
      '! warningBLANK_LINE a line is empty 1 time leave it out Wherea.csv',
      'i noteADVISED_VOLUME fewer than 50,000 1 time more are advised',
    ])
    expect([...(checklist?.querySelectorAll('.rules li') ?? [])].map(textOf)).toEqual(['✓ NOT_UTF8'])
  })

  it.each<[string, (profile: Profile) => Profile, string, string | undefined]>([
    ['no run', (profile) => ({ ...profile, run: undefined }), 'Where the lines went', undefined],
    ['no run', (profile) => ({ ...profile, run: undefined }), 'Rejects by code', undefined],
    [
      'no checklist',
      (profile) => ({ ...profile, checklist: undefined }),
      'Preflight for Amazon Personalize',
      undefined,
    ],
    ['no details', (profile) => ({ ...profile, tables: [profile.tables[1]] }), 'Top items', undefined],
    ['no details', (profile) => ({ ...profile, tables: [profile.tables[1]] }), 'Events over time', undefined],
    [
      'no rejects',
      (profile) => ({ ...profile, run: profile.run && { ...profile.run, rejects: undefined } }),
      'Rejects',
      'No line was kept as a reject. With --on-malformed quarantine a run writes down every line that it refuses.',
    ],
    [
      'no item',
      (profile) => withDetails(profile, { items: { top: [], errorMax: 0 } }),
      'Top items',
      'No row has an item.',
    ],
    [
      'no user',
      (profile) => withDetails(profile, { users: { bins: [], isEstimated: false } }),
      'Interactions per user',
      'No row has a user.',
    ],
  ])('%s: %#', (_, change, title, text) => {
    expect(textOf(section(pageOf(change(exampleProfile())), title)?.querySelector('p'))).toBe(text)
  })

  it.each<[string, (profile: Profile) => Profile, string, string]>([
    [
      'items that are not counted exactly',
      (profile) => withDetails(profile, { items: { top: [{ name: 'a', count: 5 }], errorMax: 12 } }),
      'Top items',
      'There are more items than are counted exactly: each count may lack up to 12 rows.',
    ],
    [
      'users from a sample',
      (profile) => withDetails(profile, { users: { bins: [{ from: 1, to: 1, users: 4 }], isEstimated: true } }),
      'Interactions per user',
      'There are more than a million users: these numbers are scaled from a sample of them.',
    ],
    [
      'rows of other runs',
      (profile) => ({
        ...profile,
        run: profile.run && { ...profile.run, accounting: { ...profile.run.accounting, rows: 7 } },
      }),
      'Where the lines went',
      'The rows that are looked at below are more or less than those of this run: the outputs hold rows of other runs too, or this run left them as they were.',
    ],
    [
      'many types of events',
      (profile) => withDetails(profile, { events: { types: [{ name: 'a', count: 1 }], others: 3 } }),
      'Events over time',
      'Further types, beyond the first hundred that came up: 3 rows.',
    ],
  ])('a note on %s', (_, change, title, text) => {
    expect(textOf(section(pageOf(change(exampleProfile())), title)?.querySelector('.note'))).toBe(text)
  })

  it('counts the rows of a line that made several', () => {
    const { run, tables, ...profile } = exampleProfile()
    const accounting = run && { ...run.accounting, rows: tables[0].rows - 17, exploded: 17 }
    const document = pageOf({ ...profile, run: run && accounting && { ...run, accounting }, tables })
    const lines = section(document, 'Where the lines went')
    expect(textOf(lines?.querySelector('.note'))).toBe(undefined)
    expect([...(lines?.querySelectorAll('details p') ?? [])].map(textOf)).toEqual([
      'A line counts as one row above, whatever came out of it: 17 rows came out beside the first of their line.',
    ])
  })

  it('cuts what filters refused where it is long', () => {
    const profile = exampleProfile()
    const refused = [{ reason: 'event not wanted', values: [{ name: 'y'.repeat(2_000_000), count: 1 }] }]
    const text = profilePage({ ...profile, run: profile.run && { ...profile.run, refused } })
    expect(text.length).toBeLessThan(300_000)
    expect(text).toContain(`<bdi>${'y'.repeat(256)}…</bdi>`)
  })

  it('of no rows says so', () => {
    const table = {
      location: 'a.csv',
      format: 'csv',
      objects: 1,
      bytes: 40,
      ...new RowFigures(['USER_ID', 'ITEM_ID', 'EVENT_TYPE', 'TIMESTAMP'], true).finish(),
    }
    const nothing = {
      lines: 0,
      rows: 0,
      exploded: 0,
      filtered: [],
      duplicates: 0,
      setAside: [],
      malformed: [],
      blank: 0,
      dropped: [],
    }
    const { run, ...profile } = exampleProfile()
    const document = pageOf({ ...profile, run: run && { ...run, accounting: nothing }, tables: [table] })
    const texts = ['Events over time', 'Top items', 'Interactions per user'].map((title) =>
      textOf(section(document, title)?.querySelector('p')),
    )
    expect(texts).toEqual(['No value of TIMESTAMP is a moment.', 'No row has an item.', 'No row has a user.'])
    expect(document.body.textContent).not.toMatch(/NaN|Infinity|undefined/)
    expect(document.body.innerHTML).not.toMatch(/NaN|Infinity|undefined/)
  })

  it('says of a number from a sample that it is one', () => {
    const { tables, ...profile } = exampleProfile()
    const [table] = tables
    const columns = table.columns.map((column) => ({ ...column, distinct: { count: 2_000_000, isEstimated: true } }))
    const document = pageOf({
      ...profile,
      tables: [{ ...table, columns, duplicates: { count: 8, isEstimated: true } }],
    })
    expect(textOf(document.querySelector('.tiles'))).toContain('Usersabout 2 000 000Itemsabout 2 000 000')
    expect(textOf(section(document, 'Duplicates'))).toContain('in every columnabout 8')
  })
})

function withDetails(profile: Profile, details: Partial<NonNullable<Profile['tables'][number]['details']>>): Profile {
  const [table] = profile.tables
  return { ...profile, tables: [{ ...table, details: table.details && { ...table.details, ...details } }] }
}
