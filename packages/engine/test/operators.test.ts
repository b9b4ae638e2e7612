import type { Unfit } from '@fletching/ndjson'
import { BOOL, type Expr, type FilterStep, INT32, TEXT } from '@fletching/plan'
import { type Plain, randomFrom, randomValues, testSeed } from '@fletching/testing'
import { Bool, Int32, Utf8 } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { applyFilter, project, setAside, sinkSchema } from '../src/operators.ts'
import { batchForms, batchOf, columnsOf } from './batches.ts'

const wanted: FilterStep = { predicate: { op: 'column', path: ['keep'], type: BOOL }, reason: 'not kept' }
const number: Expr = { op: 'column', path: ['n'], type: INT32 }

function rowsOf(
  keep: readonly (boolean | null)[],
  unfit: readonly number[],
  form: (typeof batchForms)[number] = 'plain',
) {
  const n = keep.map((_, row) => row)
  const batch = batchOf({ n: [new Int32(), n], keep: [new Bool(), keep] }, form)
  return { batch, unfit: unfit.map(unfitAt), objectEnds: objectEndsOf(keep.length) }
}

/** Three objects have ended: one without rows, and two that end after a third and two thirds of the rows. */
function objectEndsOf(rows: number): number[] {
  return [0, Math.floor(rows / 3), Math.floor((2 * rows) / 3)]
}

/** A note on a row; its line is the row's number at first. */
function unfitAt(row: number): Unfit {
  return { row, object: 0, line: row, byteOffset: 0, column: 'n', code: 'NOT_TEXT', text: new Uint8Array() }
}

/** What is left after the filter, and after setting aside; each note as the row and the line that it is about. */
function outcome(
  keep: readonly (boolean | null)[],
  unfit: readonly number[],
  form: (typeof batchForms)[number] = 'plain',
) {
  const kept = applyFilter(rowsOf(keep, unfit, form), wanted)
  return {
    kept: columnsOf(kept.batch).n,
    unfit: kept.unfit.map(({ row, line }) => [row, line]),
    rows: columnsOf(setAside(kept).batch).n,
  }
}

describe('a filter, and setting aside behind it', () => {
  it.each<[string, (boolean | null)[], number[], ReturnType<typeof outcome>]>([
    ['keep what is true', [true, false, null, true], [], { kept: [0, 3], unfit: [], rows: [0, 3] }],
    ['drop an unfit row that is not wanted', [false, null, true], [0, 1], { kept: [2], unfit: [], rows: [2] }],
    ['know an unfit row by its new number', [false, true, true], [2], { kept: [1, 2], unfit: [[1, 2]], rows: [1] }],
    [
      'take unfit rows from both ends',
      [true, true, true],
      [0, 2],
      {
        kept: [0, 1, 2],
        unfit: [
          [0, 0],
          [2, 2],
        ],
        rows: [1],
      },
    ],
    [
      'take every row',
      [true, true],
      [0, 1],
      {
        kept: [0, 1],
        unfit: [
          [0, 0],
          [1, 1],
        ],
        rows: [],
      },
    ],
    ['drop every row', [false, null], [1], { kept: [], unfit: [], rows: [] }],
    ['take a batch without rows', [], [], { kept: [], unfit: [], rows: [] }],
  ])('%s', (_, keep, unfit, expected) => {
    for (const form of batchForms) expect(outcome(keep, unfit, form)).toEqual(expected)
  })

  it('give a batch itself when no row is unfit', () => {
    const rows = rowsOf([true], [])
    expect(setAside(rows)).toBe(rows)
  })

  it.each(Array.from({ length: 60 }, (_, i) => testSeed + i))('do as the oracle does (FLETCHING_SEED=%i)', (seed) => {
    const random = randomFrom(seed)
    const length = random.pick([0, 1, 8, 33, 100])
    const keep = randomValues(random, new Bool(), length, random.pick([0, 0.3, 1])) as (boolean | null)[]
    const isUnfit = keep.map(() => random.below(4) === 0)
    const all = keep.map((_, row) => row)
    const kept = all.filter((row) => keep[row] === true)
    const expected = {
      kept,
      unfit: kept.map((row, index) => [index, row]).filter(([, row]) => isUnfit[row]),
      rows: kept.filter((row) => !isUnfit[row]),
    }
    const unfit = all.filter((row) => isUnfit[row])
    expect(outcome(keep, unfit, random.pick(batchForms))).toEqual(expected)

    const before = (rows: readonly number[]) =>
      objectEndsOf(length).map((end) => rows.filter((row) => row < end).length)
    const filtered = applyFilter(rowsOf(keep, unfit), wanted)
    expect(filtered.objectEnds).toEqual(before(expected.kept))
    expect(setAside(filtered).objectEnds).toEqual(before(expected.rows))
  })
})

describe('what a kernel refuses', () => {
  const cast: Expr = { op: 'cast', input: { op: 'column', path: ['t'], type: TEXT }, type: INT32, onFailure: 'error' }
  const batch = batchOf({ t: [new Utf8(), ['1', 'x']] })
  const message = (place: string) =>
    `CAST_FAILED: the text value cannot be cast to int32
  at row 1
  at ${place}
  mend the data, or cast with onFailure: 'null'`

  it('has the filter for its place', () => {
    const step: FilterStep = { predicate: { op: 'isNotNull', input: cast }, reason: 't is no number' }
    expect(() => applyFilter({ batch, unfit: [], objectEnds: [] }, step)).toThrow(
      expect.objectContaining({ kind: 'data', message: message('filter "t is no number"') }),
    )
  })

  it('has the column for its place', () => {
    const columns = [{ name: 'n', expr: cast, type: INT32, nullable: false }]
    expect(() => project(batch, columns, sinkSchema(columns))).toThrow(
      expect.objectContaining({ kind: 'data', message: message('column n') }),
    )
  })
})

describe('project', () => {
  const columns = [
    { name: 'b', expr: { op: 'column', path: ['text'], type: TEXT }, type: TEXT, nullable: true },
    { name: 'a', expr: number, type: INT32, nullable: false },
    { name: 'c', expr: { op: 'literal', value: 'x', type: TEXT }, type: TEXT, nullable: false },
    { name: 'd', expr: number, type: INT32, nullable: false },
  ] as const
  const schema = sinkSchema(columns)
  const run = (n: Plain[], text: Plain[]) =>
    project(batchOf({ n: [new Int32(), n], text: [new Utf8(), text] }), columns, schema)

  it('gives the columns of the sink in its order, one from two expressions or one of none', () => {
    const batch = run([1, 2], ['p', null])
    expect(String(batch.schema)).toBe(String(schema))
    expect(schema.fields.map(({ name, type, nullable }) => `${name}: ${type} ${nullable}`)).toEqual([
      'b: Utf8 true',
      'a: Int32 false',
      'c: Utf8 false',
      'd: Int32 false',
    ])
    expect(columnsOf(batch)).toEqual({ b: ['p', null], a: [1, 2], c: ['x', 'x'], d: [1, 2] })
  })

  it('gives no rows of none', () => {
    const batch = run([], [])
    expect(batch.numRows).toBe(0)
    expect(columnsOf(batch)).toEqual({ b: [], a: [], c: [], d: [] })
  })
})
