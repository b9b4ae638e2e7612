import { existsSync } from 'node:fs'
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Profile } from '@fletching/explore/profile'
import { fletching, triesAll } from '@fletching/testing'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Popularity } from '../packages/gen/src/popularity.ts'
import { Random } from '../packages/gen/src/random.ts'

/** One that is named, or Debian's. */
const executable = process.env.CHROMIUM ?? '/usr/bin/chromium'
const isThere = existsSync(executable)
if (!isThere) console.log(`skipped, since there is no ${executable}: scripts/system-packages.sh says how to get one`)
const SEED = 7
const ROWS = 1_000_000
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }
const forms = (Object.keys(SIZES) as (keyof typeof SIZES)[]).flatMap((size) => [
  [size, 'light'] as const,
  [size, 'dark'] as const,
])

describe.skipIf(!isThere || !triesAll)(
  'the page of a profile in Chromium (npm run test:page; needs /usr/bin/chromium, or CHROMIUM)',
  () => {
    let folder = ''
    let browser: Browser
    let job: { readonly address: string; readonly profile: Profile }
    let large: { readonly address: string; readonly profile: Profile; readonly bytes: number }

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'fletching-'))
      browser = await chromium.launch({ executablePath: executable, args: FLAGS })
      const paths = [
        '--S3_JSON_INPUT_PATH',
        'in',
        '--S3_CSV_OUTPUT_PATH',
        'out/csv',
        '--S3_PARQUET_OUTPUT_PATH',
        'out/table',
      ]
      await command('gen', '--to', 'in', '--bytes', '6MB', '--seed', String(SEED), '--malformed')
      await command('run', 'segment-to-personalize', ...paths, '--on-malformed', 'quarantine')
      job = await profiled('job', 'segment-to-personalize', ...paths)
      await writeLarge(join(folder, 'large.csv'))
      large = await profiled('large', 'large.csv')
    }, 300_000)

    afterAll(async () => {
      await browser?.close()
      await rm(folder, { recursive: true, force: true })
    })

    async function command(...args: readonly string[]): Promise<void> {
      const { code, stderr } = await fletching(args, { cwd: folder })
      expect([code, stderr]).toEqual([0, ''])
    }

    async function profiled(name: string, ...args: readonly string[]) {
      await command('profile', ...args, '--to', `${name}.html`, '--json', `${name}.json`)
      const file = join(folder, `${name}.html`)
      const profile = JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')) as Profile
      return { address: pathToFileURL(file).href, profile, bytes: (await stat(file)).size }
    }

    /** Opens a page in a session of its own, and gives what it complained of and what it asked for beside itself. */
    async function opened<T>(
      address: string,
      [size, colorScheme]: (typeof forms)[number],
      look: (page: Page) => Promise<T>,
    ): Promise<T> {
      const context = await browser.newContext({ viewport: SIZES[size], colorScheme })
      try {
        const page = await context.newPage()
        const heard: string[] = []
        page.on('console', (message) => heard.push(`${message.type()}: ${message.text()}`))
        page.on('pageerror', (error) => heard.push(String(error)))
        page.on('request', (request) => heard.push(request.url()))
        await page.goto(address)
        const result = await look(page)
        expect(heard).toEqual([address])
        return result
      } finally {
        await context.close()
      }
    }

    describe.each(forms)('on a %s, %s', (size, scheme) => {
      it.each(['job', 'large'])(
        'renders that of the %s without a complaint, within its width, and readable',
        async (name) => {
          const { address } = name === 'job' ? job : large
          const seen = await opened(address, [size, scheme], async (page) => {
            await page.evaluate(() => {
              for (const details of document.querySelectorAll('details')) details.open = true
            })
            return { ...(await page.evaluate(layout)), colours: await page.evaluate(colours) }
          })
          expect(seen.scrollWidth).toBe(SIZES[size].width)
          expect(seen.outside).toEqual([])
          expect(seen.columns).toBe(size === 'phone' ? 1 : 2)
          // In every chart one of its sizes is shown, and its letters are neither small nor large.
          expect(seen.charts.length).toBeGreaterThan(2)
          for (const { shown, letters } of seen.charts) {
            expect(shown).toBe(1)
            expect(letters).toBeGreaterThanOrEqual(10.5)
            expect(letters).toBeLessThanOrEqual(17)
          }
          const isDark = luminance(seen.colours[0].paper) < 0.2
          expect(isDark).toBe(scheme === 'dark')
          expect(seen.colours.length).toBeGreaterThan(10)
          const faint = seen.colours.filter(({ ink, paper }) => contrast(ink, paper) < 4.5)
          expect(faint).toEqual([])
        },
      )
    })

    it.each(['job', 'large'])('shows the figures of the JSON, of the %s', async (name) => {
      const { address, profile } = name === 'job' ? job : large
      const shown = await opened(address, ['desktop', 'light'], (page) =>
        page.evaluate(() =>
          [...document.querySelectorAll('data[data-figure]')].map((element) => ({
            path: element.getAttribute('data-figure') ?? '',
            value: Number(element.getAttribute('value')),
            text: (element.textContent ?? '').replaceAll('\u202f', ''),
          })),
        ),
      )
      const found: Record<string, number> = {}
      for (const { path, value, text } of shown) {
        if (value !== 0) found[path] = value
        if (!/bytes$|milliseconds$|start$|first$|last$/i.test(path)) expect(text, path).toBe(String(value))
      }
      expect(found).toEqual(Object.fromEntries(numbersIn({ ...profile, profileVersion: 0 })))
    })

    it(`of ${ROWS} rows is less than 1 MB and opens in less than a second`, async () => {
      expect(large.profile.tables[0].rows).toBe(ROWS)
      expect(large.bytes).toBeLessThan(1_000_000)
      const times: number[] = []
      for (let turn = 0; turn < 5; turn++) {
        times.push(await opened(large.address, ['desktop', 'light'], (page) => page.evaluate(loadMs)))
      }
      const [, , median] = times.sort((one, other) => one - other)
      console.log(
        `${ROWS} rows: ${large.bytes} bytes, opened in ${Math.round(median)} ms (median of ${times.map(Math.round).join(', ')})`,
      )
      expect(median).toBeLessThan(1000)
    })
  },
)

/** So many interactions of a hundred days, one of them without any, with users and items of whom a few make most. */
async function writeLarge(file: string): Promise<void> {
  const random = new Random(SEED)
  const [users, items] = [new Popularity(200_000, 200), new Popularity(20_000, 20)]
  const handle = await open(file, 'w')
  try {
    await handle.write('USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n')
    for (let row = 0; row < ROWS; row += 10_000) {
      const lines: string[] = []
      for (let n = 0; n < 10_000; n++) {
        const day = random.below(99)
        const seconds = 1_558_051_200 + (day < 40 ? day : day + 1) * 86_400 + random.below(86_400)
        const event = random.pick([
          'Product Clicked',
          'Product Clicked',
          'Product Clicked',
          'Product Added',
          'Order Completed',
        ])
        lines.push(`u${users.pick(random)},sneakers-${items.pick(random)},${event},${seconds}\n`)
      }
      await handle.write(lines.join(''))
    }
  } finally {
    await handle.close()
  }
}

/** In the page: its width, what stands out of it, and how large the letters of each chart are. */
function layout() {
  const width = document.documentElement.clientWidth
  const isScrolled = (element: Element) => element.closest('.scroll') !== null
  const outside = [...document.querySelectorAll('body *')]
    .filter((element) => !isScrolled(element) && element.getBoundingClientRect().right > width + 1)
    .map((element) => `${element.tagName} ${element.textContent?.slice(0, 40)}`)
  const charts = [...document.querySelectorAll('.chart')].map((chart) => {
    const shown = [...chart.querySelectorAll('svg')].filter((svg) => svg.getBoundingClientRect().width > 0)
    const [svg] = shown
    return { shown: shown.length, letters: (12 * svg.getBoundingClientRect().width) / svg.viewBox.baseVal.width }
  })
  const columns = getComputedStyle(document.querySelector('main') as Element).gridTemplateColumns.split(' ').length
  return { scrollWidth: document.documentElement.scrollWidth, outside, charts, columns }
}

/** In the page: the colour of every text and of what it stands on, each pair once. */
function colours() {
  const pairs = new Map<string, { ink: string; paper: string; text: string }>()
  for (const element of document.querySelectorAll('body, body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim() !== '')
    if (element !== document.body && (!own || element.closest('style') !== null)) continue
    const style = getComputedStyle(element)
    const ink = element.closest('svg') === null ? style.color : style.fill
    let on: Element | null = element
    while (on !== null && /^(transparent|rgba\(0, 0, 0, 0\))$/.test(getComputedStyle(on).backgroundColor))
      on = on.parentElement
    const paper = getComputedStyle(on ?? document.body).backgroundColor
    pairs.set(`${ink} ${paper} ${element.className}`, { ink, paper, text: (element.textContent ?? '').slice(0, 30) })
  }
  return [...pairs.values()]
}

/** In the page: from its start to the end of its load event, in milliseconds. */
function loadMs(): number {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  return navigation.loadEventEnd
}

/** Of WCAG 2: the contrast of two colours, from 1 to 21. */
function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: string): number {
  const parts = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(colour)
  if (parts === null) throw new Error(`no opaque colour: ${colour}`)
  const [red, green, blue] = parts.slice(1).map((text) => {
    const part = Number(text) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Every number that is not 0, by its path. */
function numbersIn(value: unknown, path: string[] = []): [string, number][] {
  if (typeof value === 'number') return value === 0 ? [] : [[path.join('.'), value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, of]) => numbersIn(of, [...path, name]))
}

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
