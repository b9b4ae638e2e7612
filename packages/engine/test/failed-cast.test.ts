import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type RunOptions, runJob, traceMessage } from '@fletching/engine'
import { defineJob, int64, list, param, scanNdjson, schema, text, writeCsv } from '@fletching/job'
import { fuzz, fuzzCases, inFolder, type Random } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

interface Event {
  readonly id: string
  readonly count?: string
  readonly items?: readonly string[]
}

/** A job in each part of which a value may be cast: those of `only` alone are. */
const jobOf = (only: Part) =>
  defineJob({
    name: 'numbers',
    params: { INPUT: param.location('events'), OUTPUT: param.location('a folder') },
    plan: ({ INPUT, OUTPUT }) => {
      const events = scanNdjson(INPUT, schema('events', { id: text(), count: text(), items: list(text()) }))
      const wanted = events.dropNulls('count')
      const to = { to: OUTPUT }
      switch (only) {
        case 'column':
          return [
            writeCsv(
              wanted.select((col) => ({ COUNT: col('count').cast(int64()) })),
              to,
            ),
          ]
        case 'filter':
          return [
            writeCsv(
              wanted.filter((col) => col('count').cast(int64()).ge(0)).select((col) => ({ ID: col('id') })),
              to,
            ),
          ]
        case 'item': {
          const items = wanted.explode('items', { as: 'item' })
          return [
            writeCsv(
              items.select((col) => ({ ITEM: col('item').cast(int64()) })),
              to,
            ),
          ]
        }
        case 'first': {
          const kept = wanted.dropDuplicates(['id'])
          return [
            writeCsv(
              kept.select((col) => ({ COUNT: col('count').cast(int64()) })),
              to,
            ),
          ]
        }
        case 'last': {
          const items = wanted.explode('items', { as: 'item' }).dropDuplicates(['id', 'item'], { keep: 'last' })
          return [
            writeCsv(
              items.select((col) => ({ COUNT: col('count').cast(int64()) })),
              to,
            ),
          ]
        }
        case 'before last': {
          const kept = wanted.filter((col) => col('count').cast(int64()).ge(0)).dropDuplicates(['id'], { keep: 'last' })
          return [
            writeCsv(
              kept.select((col) => ({ ID: col('id') })),
              to,
            ),
          ]
        }
      }
    },
  })

const parts = ['column', 'filter', 'item', 'first', 'last', 'before last'] as const
type Part = (typeof parts)[number]

type Objects = Readonly<Record<string, string | Buffer>>
type Places = { readonly INPUT: string; readonly OUTPUT: string }

/** What something with these objects ends with, whose folder is called IN. */
async function endOfAll(objects: Objects, work: (places: Places) => Promise<unknown>): Promise<string | undefined> {
  return await inFolder(async (folder) => {
    const INPUT = join(folder, 'in')
    await mkdir(INPUT)
    for (const [name, content] of Object.entries(objects)) await writeFile(join(INPUT, name), content)
    return await work({ INPUT, OUTPUT: join(folder, 'out') }).then(
      () => undefined,
      (error: Error) => error.message.replaceAll(INPUT, 'IN'),
    )
  })
}

const endOf = (part: Part, objects: Objects, options: RunOptions = {}) =>
  endOfAll(objects, (places) => runJob(jobOf(part), places, { workers: 1, onEmpty: 'skip', ...options }))

const linesOf = (events: readonly Event[]) => events.map((event) => `${JSON.stringify(event)}\n`).join('')
const good: Event = { id: 'a', count: '1', items: ['1', '2'] }

describe('a value that cannot be cast', () => {
  it('ends the run with its line, and without the value', async () => {
    const lines = linesOf([good, { ...good, count: 'x' }])
    expect(await endOf('column', { a: linesOf([good]), b: `\n{"id":"b"}\n${lines}` })).toBe(
      `CAST_FAILED: the text value cannot be cast to int64
  at column COUNT
  at IN/b line 4, byte 53 of the uncompressed object
  at job numbers
  mend the data, or cast with onFailure: 'null'`,
    )
  })

  it.each([
    ['column', { ...good, count: 'x' }],
    ['filter', { ...good, count: 'x' }],
    ['item', { ...good, items: ['3', 'x'] }],
    ['first', { ...good, id: 'b', count: 'x' }],
    ['last', { ...good, id: 'b', count: 'x' }],
    ['before last', { ...good, count: 'x' }],
  ] as const)('is found in a compressed object, in every part of a plan: %s', async (part, event) => {
    const objects = { a: linesOf([good]), 'b.gz': gzipSync(linesOf([good, good, event])), c: linesOf([good]) }
    expect(await endOf(part, objects)).toContain('  at IN/b.gz line 3, byte ')
  })

  // Long lines, so that few of them fill several ranges.
  it.each([1, 2])('is found behind the first range of an object, with %i workers', async (workers) => {
    const id = 'i'.repeat(400_000)
    const events = Array.from({ length: 100 }, (_, number) => ({ ...good, id, ...(number === 77 && { count: 'x' }) }))
    expect(await endOf('column', { a: linesOf(events) }, { workers })).toMatch(/ at IN\/a line 78, byte \d+ of/)
  })

  it('is found wherever it stands', () =>
    fuzz(fuzzCases(60), async (random) => {
      const part = random.pick(parts)
      const objects = Array.from({ length: 1 + random.below(4) }, () => randomEvents(random))
      const contents = objects.map((events, number) => [`${number}`, events.map(lineOf).join('')] as const)
      const first = firstFailure(part, objects)
      const ended = await endOf(part, Object.fromEntries(contents), { onMalformed: 'skip' })
      expect(/ at IN\/(.* line \d+),/.exec(ended ?? '')?.[1], `${part}\n${ended}`).toBe(first)
    }))
})

describe('the way of an event with a value that cannot be cast', () => {
  const bad = { ...good, id: 'b', count: 'x', items: ['x'], messageId: 'm' }
  const objects = { a: linesOf([good]), 'b.gz': gzipSync(`\n${linesOf([good, bad])}`), c: linesOf([good]) }
  const endOfTrace = (part: Part, id: string, traced: Objects = objects) =>
    endOfAll(traced, (places) => traceMessage(jobOf(part), places, id))

  it.each(parts)('ends as the run does, with the line: %s', async (part) => {
    const end = await endOfTrace(part, 'm')
    expect(end).toContain('\n  at IN/b.gz line 3, byte 42 of the uncompressed object\n  at job numbers\n')
    expect(end).toBe(await endOf(part, objects))
  })

  it('ends with the line of another event, where that must be looked at', async () => {
    const told = { ...objects, d: linesOf([{ ...good, messageId: 'n' } as Event]) }
    expect(await endOfTrace('before last', 'n', told)).toBe(await endOf('before last', told))
    expect(await endOfTrace('column', 'n', told)).toBeUndefined()
  })
})

/** A line that is no event is blank, or malformed. */
type Line = Event | '' | '{'
const lineOf = (line: Line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`

function randomEvents(random: Random): Line[] {
  const value = () => (random.below(40) === 0 ? 'x' : `${random.below(9)}`)
  return Array.from({ length: random.below(30) }, (): Line => {
    const kind = random.below(12)
    if (kind < 2) return kind === 0 ? '' : '{'
    const items = Array.from({ length: random.below(4) }, value)
    return { id: `${random.below(50)}`, ...(kind > 3 && { count: value() }), items }
  })
}

/** The obvious way: every row, one after the other. */
function firstFailure(part: Part, objects: readonly (readonly Line[])[]): string | undefined {
  const rows = objects.flatMap((lines, object) =>
    lines.flatMap((line, number) => {
      if (typeof line === 'string' || line.count === undefined) return []
      const { id, count, items = [] } = line
      const place = `${object} line ${number + 1}`
      if (part === 'item') return items.map((item) => ({ place, key: place, cast: item }))
      if (part === 'last') return items.map((item) => ({ place, key: `${id} ${item}`, cast: count }))
      return [{ place, key: part === 'first' ? id : place, cast: count }]
    }),
  )
  const kept = rows.filter(({ key }, at) => {
    if (part === 'last') return !rows.slice(at + 1).some((row) => row.key === key)
    return part !== 'first' || !rows.slice(0, at).some((row) => row.key === key)
  })
  return kept.find(({ cast }) => cast === 'x')?.place
}
