import {
  category,
  id,
  list,
  optimize,
  scanNdjson,
  schema,
  struct,
  timestamp,
  withProvenance,
  writeCsv,
} from '@fletching/plan'
import { type Random, randomFrom, testSeed } from '@fletching/testing'
import { expect, it } from 'vitest'
import { type Accounting, addAccounting, assertAddsUp, emptyAccounting, rowsOut } from '../src/accounting.ts'
import type { MorselBody } from '../src/morsel.ts'
import { lower, type PhysicalPlan } from '../src/physical.ts'
import { Pipeline } from '../src/pipeline.ts'

const orders = withProvenance(
  schema('orders', {
    user: id(),
    event: category(),
    lines: list(struct({ sku: id(), kind: id() })),
    at: timestamp().required(),
  }),
)

interface Order {
  readonly user: string | null
  readonly event: string
  readonly lines: readonly ({ readonly sku: string | null; readonly kind: string } | null)[] | null
  readonly at: string
}

/** Filters before and behind the explode, one of them under the reason of another. */
function planOf(outer: boolean, rules: object, batchRows: number): PhysicalPlan {
  const rows = scanNdjson('in/', orders)
    .dropNulls('user')
    .filter((col) => col('event').upper().eq('A'), { reason: 'dull' })
    .explode('lines', { as: 'line', outer, position: 'place', reason: 'dull' })
    .dropNulls('line.sku')
    .filter((col) => col('line.kind').ne('dull'), { reason: 'dull' })
    .select((col) => ({
      F: col('$line'),
      U: col('user'),
      E: col('event'),
      S: col('line.sku'),
      P: col('place'),
      T: col('at').date(),
    }))
  const sink = writeCsv(rows, { to: 'out/', dialect: 'rfc4180' })
  return { ...lower(optimize(sink === undefined ? [] : [sink], { rules }), {}), batchRows }
}

interface Outcome {
  readonly rows: readonly string[]
  readonly accountings: readonly Accounting[]
  readonly rejects: readonly string[]
}

function run(plan: PhysicalPlan, objects: readonly (readonly Order[])[]): Outcome {
  const pipeline = new Pipeline(plan)
  const bodies: MorselBody[] = []
  for (const [index, lines] of objects.entries()) {
    pipeline.start(index, `object ${index}`)
    bodies.push(...pipeline.push(Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))))
    pipeline.end(0)
  }
  bodies.push(...pipeline.flush())
  const csv = bodies.flatMap(({ parts }) =>
    parts.map((part) => (part.format === 'csv' ? Buffer.from(part.bytes).toString() : '')),
  )
  return {
    rows: csv.join('').split('\r\n').slice(0, -1),
    accountings: pipeline.takeEnded().objects.map(({ counts }) => counts.accounting),
    rejects: bodies.flatMap(({ rejects }) => rejects.map(({ object, line }) => `${object} ${line}`)),
  }
}

function explodeOracle(objects: readonly (readonly Order[])[], outer: boolean): Outcome {
  const rows: string[] = []
  const rejects: string[] = []
  const accountings = objects.map((lines, index) => {
    const counts = { ...emptyAccounting(), lines: lines.length, exploded: 0, dropped: {} as Record<string, number> }
    const add = (tally: Record<string, number>, name: string, count: number) => {
      if (count > 0) tally[name] = (tally[name] ?? 0) + count
    }
    for (const [number, order] of lines.entries()) {
      const items = order.lines ?? []
      const made =
        items.length > 0 || !outer ? items.map((item, place) => ({ item, place })) : [{ item: null, place: 0 }]
      const withSku = made.filter(({ item }) => item !== null && item.sku !== null)
      const kept = withSku.filter(({ item }) => item?.kind !== 'dull')
      const passes = order.user !== null && order.event === 'a'
      if (passes) {
        add(counts.dropped, 'line.sku missing', made.length - withSku.length)
        add(counts.dropped, 'dull', withSku.length - kept.length)
      }
      if (order.user === null) add(counts.filtered, 'user missing', 1)
      else if (order.event !== 'a' || made.length === 0) add(counts.filtered, 'dull', 1)
      else if (withSku.length === 0) add(counts.filtered, 'line.sku missing', 1)
      else if (kept.length === 0) add(counts.filtered, 'dull', 1)
      else if (order.at === 'never') {
        add(counts.setAside, 'at: NOT_A_TIMESTAMP', 1)
        add(counts.dropped, 'set aside', kept.length)
        rejects.push(`object ${index} ${number + 1}`)
      } else {
        counts.rows++
        counts.exploded += kept.length - 1
        for (const { item, place } of kept)
          rows.push([number + 1, order.user, 'a', item?.sku, place, '2019-05-18'].join(','))
      }
    }
    return counts
  })
  return { rows, accountings, rejects }
}

function randomOrder(random: Random): Order {
  const item = () =>
    random.below(9) === 0
      ? null
      : { sku: random.below(4) === 0 ? null : `s${random.below(99)}`, kind: random.pick(['dull', 'b', 'c']) }
  return {
    user: random.below(9) === 0 ? null : `u${random.below(99)}`,
    event: random.pick(['a', 'a', 'a', 'b']),
    lines: random.below(9) === 0 ? null : Array.from({ length: random.below(5) }, item),
    at: random.below(9) === 0 ? 'never' : '2019-05-18',
  }
}

const ruleSets = [{}, { foldConstants: false }, { pushPredicates: false }, { pruneColumns: false }]
const choices = [true, false].flatMap((outer) => ruleSets.map((rules) => [outer, rules] as const))

it.each(choices)(`makes the rows and counts of its oracle, outer: %s, rules: %j, seed ${testSeed}`, (outer, rules) => {
  const random = randomFrom(testSeed)
  for (let round = 0; round < 12; round++) {
    const objects = Array.from({ length: 1 + random.below(4) }, () =>
      Array.from({ length: random.below(60) }, () => randomOrder(random)),
    )
    const expected = explodeOracle(objects, outer)
    for (const batchRows of [1, 7, 16_384]) {
      const made = run(planOf(outer, rules, batchRows), objects)
      expect(plain(made)).toEqual(plain(expected))
      const total = emptyAccounting()
      for (const accounting of made.accountings) {
        assertAddsUp(accounting, 'an object')
        addAccounting(total, accounting)
      }
      expect(rowsOut(total)).toBe(made.rows.length)
    }
  }
})

/** Tallies have no prototype. */
function plain(outcome: Outcome): unknown {
  return JSON.parse(JSON.stringify(outcome, (_, value: unknown) => sorted(value)))
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
