import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { type GeneratedObject, type GenOptions, generateObjects, generatorVersion, trapKinds } from '@fletching/gen'
import { epochSecondsOf, segmentToPersonalizeOracle } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

interface Message {
  readonly type: string
  readonly messageId: string
  readonly event?: string
  readonly properties?: { readonly sku?: string; readonly products?: readonly unknown[] }
  readonly originalTimestamp: string
  readonly sentAt: string
  readonly receivedAt: string
  readonly timestamp: string
  readonly context: { readonly library: { readonly name: string } }
}

const everyKind = trapKinds.map(({ kind }) => kind)
const seed = Number(process.env.FLETCHING_SEED ?? 20190518)

const all = (options: GenOptions): GeneratedObject[] => [...generateObjects(options)]
const plain = (options: GenOptions): GeneratedObject[] => all({ ...options, gzip: false })
const sum = (objects: readonly GeneratedObject[], of: (object: GeneratedObject) => number) =>
  objects.reduce((total, object) => total + of(object), 0)
const textOf = ({ bytes }: GeneratedObject) => Buffer.from(bytes).toString()
const messagesOf = (objects: readonly GeneratedObject[]): Message[] =>
  objects.flatMap((object) =>
    textOf(object)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Message),
  )

function digestOf(objects: readonly GeneratedObject[]): string {
  const hash = createHash('sha256')
  for (const { key, bytes } of objects) hash.update(`${key}\n`).update(bytes)
  return hash.digest('hex')
}

describe('the same seed', () => {
  const options = { seed: 7, events: 3_000, traps: 0.1, trapKinds: everyKind }

  it('gives the bytes that this version of the generator is known for', () => {
    expect({ [generatorVersion]: digestOf(plain(options)) }).toEqual({
      1: 'e13d2167aee5d3ba071a30cdee9c5f8b0eb3360ca3657fc2f65c23558555251a',
    })
  })

  it('gives the same compressed bytes, without time and system in the header', () => {
    const objects = all(options)
    expect(digestOf(all(options))).toBe(digestOf(objects))
    for (const { bytes } of objects) expect([...bytes.subarray(4, 10)]).toEqual([0, 0, 0, 0, 0, 255])
  })

  it('gives the same JSON compressed and plain, at any level', () => {
    const json = plain(options).map(textOf)
    for (const level of [1, 6, 9]) {
      expect(all({ ...options, level }).map(({ bytes }) => gunzipSync(bytes).toString())).toEqual(json)
    }
  })
})

describe('the events of a shop', () => {
  const options = { seed: 7, events: 6_000, traps: 0, kind: 'ecommerce' as const }
  const messages = messagesOf(plain(options)) as readonly (Message & {
    readonly userId?: string | null
    readonly traits?: Readonly<Record<string, unknown>>
    readonly properties?: Readonly<Record<string, unknown>>
  })[]
  const named = (pattern: RegExp) => messages.filter(({ event }) => pattern.test(event ?? ''))

  it('are the bytes that this version of the generator is known for', () => {
    expect({ [generatorVersion]: digestOf(plain({ ...options, traps: 0.1, trapKinds: everyKind })) }).toEqual({
      1: '7ce89a8c1d69832fbaa47f05e7547de91661c7a493f7c02534ad3ea27d09fb8f',
    })
  })

  it('have every name of the spec that a job looks at, and of its first version', () => {
    const names = ['Product Viewed', 'Viewed Product', 'Product Clicked', 'Product Added', 'Added Product']
    const others = ['Wishlist Product Added to Cart', 'Product Added to Wishlist', 'Product Shared', 'Cart Viewed']
    const orders = ['Checkout Started', 'Order Completed', 'Completed Order', 'Order Updated', 'Order Refunded']
    const takenBack = ['Order Cancelled', 'Product Removed', 'Removed Product', 'Product Removed from Wishlist']
    const seen = new Set(messages.map(({ event }) => event))
    expect([...names, ...others, ...orders, ...takenBack].filter((name) => !seen.has(name))).toEqual([])
    expect(named(/List Viewed|Promotion|Reviewed/).length).toBeGreaterThan(100)
  })

  it('have products with numbers as texts, without quantity, without ids', () => {
    const products = messages.flatMap(({ properties }) => (properties?.products ?? []) as Record<string, unknown>[])
    const share = (test: (product: Record<string, unknown>) => boolean) =>
      products.filter(test).length / products.length
    expect(share(({ price }) => typeof price === 'string')).toBeGreaterThan(0.2)
    expect(share(({ quantity }) => quantity === undefined)).toBeGreaterThan(0.1)
    expect(share(({ product_id }) => product_id === undefined)).toBeGreaterThan(0.05)
    expect(share(({ product_id, sku }) => product_id === undefined && sku === undefined)).toBeGreaterThan(0.02)
    expect(named(/Cart Viewed/).some(({ properties }) => JSON.stringify(properties?.products) === '[]')).toBe(true)
  })

  it('speak again of orders, for the user that made them', () => {
    const users = new Map(
      named(/Order Completed|Completed Order/).map(({ properties, userId }) => [properties?.order_id, userId]),
    )
    const later = named(/Order (Updated|Refunded|Cancelled)/).filter(
      ({ properties }) => properties?.order_id !== undefined && users.has(properties.order_id),
    )
    expect(later.length).toBeGreaterThan(200)
    expect(later.filter(({ userId, properties }) => userId !== users.get(properties?.order_id))).toEqual([])
  })

  it('tell who users are, some of them several times', () => {
    const calls = messages.filter(({ type, userId }) => type === 'identify' && typeof userId === 'string')
    expect(new Set(calls.map(({ userId }) => userId)).size).toBeLessThan(calls.length * 0.8)
    for (const trait of ['age', 'gender', 'plan', 'address']) {
      const share = calls.filter(({ traits }) => traits?.[trait] !== undefined).length / calls.length
      expect(share, trait).toBeCloseTo(0.7, 0)
    }
  })
})

describe('another seed', () => {
  it('gives other keys and other events, also beyond 32 bits', () => {
    const seeds = [0, 1, 2, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]
    const sets = seeds.map((seed) => plain({ seed, events: 50 }))
    expect(new Set(sets.map(digestOf)).size).toBe(seeds.length)
    expect(new Set(sets.flatMap((objects) => objects.map(({ key }) => key))).size).toBe(sets.flat().length)
    expect(new Set(sets.flatMap((objects) => messagesOf(objects).map(({ messageId }) => messageId))).size).toBe(300)
  })
})

describe('keys', () => {
  it('follow the layout of the S3 destination, in byte order', () => {
    const keys = all({ seed, events: 500, days: 4, sources: 3 }).map(({ key }) => key)
    const days = ['1558137600000', '1558224000000', '1558310400000', '1558396800000']
    expect(keys.filter((key) => !/^segment-logs\/\w{10}\/\d{13}\/\d{13}\.[0-9a-f]{12}\.1\.\d+\.gz$/.test(key))).toEqual(
      [],
    )
    expect([...new Set(keys.map((key) => key.split('/')[2]))].sort()).toEqual(days)
    expect(new Set(keys.map((key) => key.split('/')[1])).size).toBe(3)
    expect(new Set(keys).size).toBe(8)
    expect(keys).toEqual([...keys].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right))))
  })

  it('stand for the day on which the events were received', () => {
    for (const object of plain({ seed, events: 500, traps: 0, firstDay: '2020-02-28' })) {
      const day = Number(object.key.split('/')[2])
      const received = messagesOf([object]).map(({ receivedAt }) => Date.parse(receivedAt))
      expect(received).toEqual([...received].sort((left, right) => left - right))
      expect(received.filter((ms) => ms < day || ms >= day + 86_400_000)).toEqual([])
    }
  })

  it('say what the bytes are', () => {
    const [zipped] = all({ seed, events: 10 })
    const [json] = plain({ seed, events: 10 })
    expect(zipped).toMatchObject({ contentType: 'text/plain', contentEncoding: 'gzip' })
    expect(json).toMatchObject({ contentType: 'text/plain', contentEncoding: undefined })
    expect(zipped.key).toBe(`${json.key}.gz`)
  })
})

describe('sizes', () => {
  it.each([1, 7, 60, 2_500])('%d events are as many lines', (events) => {
    const objects = plain({ seed, events })
    expect(sum(objects, ({ lines }) => lines)).toBe(events)
    expect(sum(objects, ({ bytes }) => Buffer.from(bytes).filter((byte) => byte === 0x0a).length)).toBe(events)
  })

  it.each([2_000, 100_000, 5_000_000])('%d bytes are reached, and passed by a line at most', (bytes) => {
    const objects = plain({ seed, bytes })
    const total = sum(objects, ({ uncompressedBytes }) => uncompressedBytes)
    const last = textOf(objects[objects.length - 1])
      .trimEnd()
      .split('\n')
    expect(total).toBeGreaterThanOrEqual(bytes)
    expect(total - bytes).toBeLessThan(Buffer.byteLength(last[last.length - 1]) + 1)
    expect(total).toBe(sum(objects, ({ bytes }) => bytes.length))
  })

  it('are shared by as many files as asked for', () => {
    const objects = plain({ seed, bytes: 1_000_000, files: 4 })
    expect(objects).toHaveLength(4)
    expect(objects.filter(({ bytes }) => Math.abs(bytes.length - 250_000) > 5_000)).toEqual([])
  })
})

describe('lines without traps', () => {
  const objects = plain({ seed, events: 20_000, traps: 0 })
  const messages = messagesOf(objects)
  const share = (test: (message: Message) => boolean) => messages.filter(test).length / messages.length

  it('are JSON, of all types, a third of them about products', () => {
    const types = ['alias', 'group', 'identify', 'page', 'screen', 'track']
    expect([...new Set(messages.map(({ type }) => type))].sort()).toEqual(types)
    expect(share(({ event }) => /^(product|order|cart|checkout) /i.test(event ?? ''))).toBeCloseTo(0.33, 1)
    expect(share(({ type }) => type === 'track')).toBeCloseTo(0.54, 1)
  })

  it('hold orders that name items in products[], at the top, or both', () => {
    const orders = messages.filter(({ event }) => event === 'Order Completed').map(({ properties = {} }) => properties)
    const only = orders.filter(({ sku, products }) => sku === undefined && products !== undefined).length
    const top = orders.filter(({ sku }) => sku !== undefined).length
    expect(only).toBeGreaterThan(top)
    expect(only + top).toBe(orders.length)
    expect(top).toBeGreaterThan(orders.length / 4)
  })

  it('have times that agree: timestamp = receivedAt − (sentAt − originalTimestamp)', () => {
    const seconds = (text: string) => epochSecondsOf(text) ?? Number.NaN
    const wrong = messages
      .map(({ timestamp, receivedAt, sentAt, originalTimestamp }) => ({
        timestamp,
        receivedAt,
        sentAt,
        originalTimestamp,
      }))
      .filter(({ timestamp }) => timestamp.length > 10)
      .filter(({ timestamp, receivedAt, sentAt, originalTimestamp }) => {
        const expected = seconds(receivedAt) - (seconds(sentAt) - seconds(originalTimestamp))
        return !(Math.abs(seconds(timestamp) - expected) <= 2)
      })
    expect(wrong).toEqual([])
  })

  it.each([
    ['analytics.js', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/],
    ['analytics-python', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00$/],
    ['analytics-ruby', /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d\.\d{3}\+02:00)?$/],
    ['analytics-php', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?\+05:30$/],
    ['analytics-go', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?-07:00$/],
  ])('have the timestamps of %s', (library, form) => {
    const times = messages.filter(({ context }) => context.library.name === library).map(({ timestamp }) => timestamp)
    expect(times.length).toBeGreaterThan(1_000)
    expect(times.filter((time) => !form.test(time))).toEqual([])
  })

  it('write fractions of every length from 0 to 9 digits', () => {
    const lengths = new Set(messages.map(({ timestamp }) => /\.(\d+)/.exec(timestamp)?.[1].length ?? 0))
    expect([...lengths].sort((left, right) => left - right)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('hold other scripts, escapes of all kinds, and names with blanks and punctuation', () => {
    const text = objects.map(textOf).join('')
    const found = [
      '北京',
      '\\u5317\\u4eac',
      'Zoë',
      'Zo\\u00eb',
      '😀',
      '\\ud83d\\ude00',
      '\\"',
      '\\\\',
      '\\/',
      '\\t',
      '\\u0026',
    ]
    const names = [
      '"Invited User?"',
      '"Campaign Name"',
      '"lifetime value ($)"',
      '"größe"',
      '"gr\\u00f6\\u00dfe"',
      '"URL"',
      '"Url"',
    ]
    expect([...found, ...names].filter((part) => !text.includes(part))).toEqual([])
  })

  it('never share a messageId', () => {
    expect(new Set(messages.map(({ messageId }) => messageId)).size).toBe(messages.length)
  })
})

describe('a set of the default size', () => {
  const objects = all({ seed })
  const { rows, counts } = segmentToPersonalizeOracle(objects.map(({ key, bytes }) => ({ name: key, bytes })))
  const rowsPerUser = new Map<string, number>()
  for (const { USER_ID } of rows) rowsPerUser.set(USER_ID, (rowsPerUser.get(USER_ID) ?? 0) + 1)

  it('has what Amazon Personalize needs, and no malformed line', () => {
    expect(counts.lines).toBe(10_000)
    expect(counts.malformed).toBe(0)
    expect(counts.rows).toBeGreaterThan(2_000)
    expect([...rowsPerUser.values()].filter((count) => count >= 2).length).toBeGreaterThan(100)
    expect(new Set(rows.map(({ ITEM_ID }) => ITEM_ID)).size).toBeGreaterThan(50)
  })

  it('has lines for every reason and code that the main job counts', () => {
    expect(Object.entries({ ...counts.filtered, ...counts.setAside }).filter(([, count]) => count === 0)).toEqual([])
  })

  it('has a few users who do most', () => {
    const sizes = [...rowsPerUser.values()].sort((left, right) => right - left)
    expect(sizes[0]).toBeGreaterThan(5 * sizes[Math.floor(sizes.length / 2)])
  })
})

describe('options that make no sense', () => {
  const messageOf = (options: GenOptions): string => {
    try {
      all(options)
    } catch (error) {
      return (error as Error).message
    }
    return 'no error'
  }

  it.each<[GenOptions, string]>([
    [{ seed: -1 }, 'GEN_OPTIONS: seed is a whole number from 0 to 9007199254740991, not -1'],
    [{ seed: 1.5 }, 'GEN_OPTIONS: seed is a whole number from 0 to 9007199254740991, not 1.5'],
    [{ seed: 1, bytes: 10, events: 1 }, 'GEN_OPTIONS: a set is measured by bytes or by events, not by both'],
    [{ seed: 1, events: 0 }, 'GEN_OPTIONS: events is a whole number from 1 to 9007199254740991, not 0'],
    [{ seed: 1, traps: 1.1 }, 'GEN_OPTIONS: traps is a share from 0 to 1, not 1.1'],
    [{ seed: 1, traps: Number.NaN }, 'GEN_OPTIONS: traps is a share from 0 to 1, not NaN'],
    [{ seed: 1, trapKinds: ['cut-lien' as 'cut-line'] }, 'GEN_OPTIONS: no trap is called "cut-lien"'],
    [{ seed: 1, kind: 'shop' as 'mixed' }, 'GEN_OPTIONS: there are no events of the kind "shop"'],
    [{ seed: 1, events: 3, files: 4 }, 'GEN_OPTIONS: 4 files are too many for about 3 events'],
    [{ seed: 1, level: 10 }, 'GEN_OPTIONS: level is a whole number from 1 to 9, not 10'],
    [
      { seed: 1, firstDay: '2019-02-29' },
      'GEN_OPTIONS: firstDay is a day such as 2019-05-18, from 1970 on, not "2019-02-29"',
    ],
    [
      { seed: 1, firstDay: '1969-12-31' },
      'GEN_OPTIONS: firstDay is a day such as 2019-05-18, from 1970 on, not "1969-12-31"',
    ],
    [
      { seed: 1, bytes: 1e9, files: 3 },
      'GEN_OPTIONS: 3 files would hold more than 100 MB each, which Segment never writes\n  ask for 12 files or more',
    ],
  ])('%j', (options, message) => {
    expect(messageOf(options)).toBe(message)
  })
})
