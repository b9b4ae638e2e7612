import * as plan from '@fletching/plan'
import { category, id, int64, optimize, scanNdjson, schema, struct, timestamp, writeCsv } from '@fletching/plan'
import { expect, it } from 'vitest'
import type { Untyped } from './events.ts'
import { type Cell, type Line, runLogical, runOptimized, Unfit } from './oracle.ts'

/** Rows and counts must not depend on which rules ran: random plans over random lines, against the plan as it was written. */
const seeds = process.env.FLETCHING_SEED === undefined ? 300 : 1
const firstSeed = Number(process.env.FLETCHING_SEED ?? 20190518)

const columns = schema('columns', {
  who: id(),
  kind: category(),
  at: timestamp().required(),
  n: int64(),
  in: struct({ sku: id(), kind: id() }),
})

const ruleSets = [true, false].flatMap((foldConstants) =>
  [true, false].flatMap((pushPredicates) =>
    [true, false].map((pruneColumns) => ({ foldConstants, pushPredicates, pruneColumns })),
  ),
)

it.each(Array.from({ length: seeds }, (_, index) => firstSeed + index))(
  'gives the same rows and counts under any rules (FLETCHING_SEED=%i)',
  (seed) => {
    const random = new Random(seed)
    const sinks = randomSinks(random)
    const lines = Array.from({ length: 60 }, () => randomLine(random))
    const expected = runLogical(sinks, lines)
    for (const rules of ruleSets)
      expect(runOptimized(optimize(sinks, { rules }), lines), JSON.stringify(rules)).toEqual(expected)
  },
)

it('meets rows, filtered lines, repeated ones and lines set aside alike', () => {
  let rows = 0
  let filtered = 0
  let setAside = 0
  let duplicates = 0
  for (let seed = firstSeed; seed < firstSeed + 50; seed++) {
    const random = new Random(seed)
    const outcome = runLogical(
      randomSinks(random),
      Array.from({ length: 60 }, () => randomLine(random)),
    )
    rows += outcome.rows[0].length
    filtered += Object.values(outcome.filtered).reduce((sum, count) => sum + count, 0)
    setAside += outcome.setAside
    duplicates += outcome.duplicates
  }
  expect(Math.min(rows, filtered, setAside, duplicates)).toBeGreaterThan(50)
})

/** A small generator of numbers that depends on its seed alone (mulberry32). */
class Random {
  #state: number
  constructor(seed: number) {
    this.#state = seed | 0
  }
  /** A whole number from 0 to below `end`. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * end)
  }
  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]
  }
}

function randomLine(random: Random): Line {
  const text = (): Cell => random.pick<Cell>(['a', 'b', 'c', 'a', 'b', 'c', 'a', null, new Unfit('[]')])
  const other = (): Cell => random.pick<Cell>([1n, 2n, 3n, 1n, 2n, 3n, 1n, 2n, null, new Unfit(0n)])
  return new Map([
    ['who', text()],
    ['kind', text()],
    ['at', other()],
    ['n', other()],
    ['in.sku', text()],
    ['in.kind', text()],
  ])
}

const TEXTS = ['who', 'kind', 'in.sku', 'in.kind']

/** One or two sinks over a frame of random verbs. `names` are the texts that can be named, whatever was renamed. */
function randomSinks(random: Random) {
  let frame = scanNdjson('in/', columns) as unknown as Untyped
  let names = TEXTS
  let mayDrop = random.below(2) === 0
  for (let step = random.below(6); step >= 0; step--) {
    const known = names
    if (mayDrop && random.below(3) === 0) {
      mayDrop = false
      const keys = Array.from({ length: 1 + random.below(3) }, () => random.pick([...known, 'at', 'n']))
      frame = frame.dropDuplicates(keys, { nulls: random.pick(['equal', 'distinct']) })
    } else if (random.below(3) > 0) {
      frame = frame.filter((col: Untyped) => randomPredicate(random, col, known, 3), {
        reason: `reason ${random.below(4)}`,
      })
    } else {
      frame = frame.select((col: Untyped) => randomSelection(random, col, known))
      names = names.includes('in.sku') || known === TEXTS ? ['who', 'made', 'in.sku', 'in.kind'] : names
    }
  }
  const sink = () =>
    frame.select((col: Untyped) => ({
      A: randomText(random, col, names, 2),
      B: random.below(2) === 0 ? col('at') : col('n'),
    }))
  const write = writeCsv as unknown as (
    frame: Untyped,
    options: { to: string },
  ) => NonNullable<ReturnType<typeof writeCsv>>
  return Array.from({ length: 1 + random.below(2) }, (_, index) => write(sink(), { to: `out${index}/` }))
}

function randomSelection(random: Random, col: Untyped, names: readonly string[]): Record<string, Untyped> {
  return {
    who: randomText(random, col, names, 2),
    made: randomText(random, col, names, 2),
    in: col('in'),
    at: col('at'),
    n: col('n'),
  }
}

function randomText(random: Random, col: Untyped, names: readonly string[], depth: number): Untyped {
  const { coalesce, ifElse, lit } = plan as unknown as Untyped
  const inner = () => randomText(random, col, names, depth - 1)
  switch (depth === 0 ? 0 : random.below(5)) {
    case 1:
      return coalesce(inner(), inner())
    case 2:
      return ifElse(randomPredicate(random, col, names, depth - 1), inner(), inner())
    case 3:
      return lit(random.pick(['a', 'b']))
    default:
      return col(random.pick(names))
  }
}

function randomPredicate(random: Random, col: Untyped, names: readonly string[], depth: number): Untyped {
  const { lit } = plan as unknown as Untyped
  const text = () => randomText(random, col, names, random.below(4) === 0 ? 1 : 0)
  const inner = () => randomPredicate(random, col, names, depth - 1)
  switch (random.below(depth === 0 ? 6 : 9)) {
    case 0:
      return text().isIn(random.pick([['a'], ['a', 'b'], ['b', 'c', 'x']]))
    case 1:
      return random.below(2) === 0 ? text().isIn(['a', 'b', 'c']) : text().eq(random.pick(['a', 'b', 'x', lit('b')]))
    case 2:
      return text().isNotNull()
    case 3:
      return random.below(3) === 0 ? text().isNull() : col(random.pick(['at', 'n'])).isNotNull()
    case 4:
      return random.below(2) === 0 ? lit(random.below(3) > 0) : col('n').eq(random.below(3)).not()
    case 5:
      return text().eqNullSafe(text())
    case 6:
      return inner().and(inner())
    case 7:
      return inner().or(inner())
    default:
      return inner().not()
  }
}
