import { type Expr, float64, formatExpr, nearest, optimize, sameTree, TEXT, writeCsv } from '@fletching/plan'
import { expect, it } from 'vitest'
import { events, scan } from './events.ts'

const frame = scan
  .filter((col) =>
    col('event')
      .isIn(['a'])
      .or(col('count').gt(1).and(col('vip'))),
  )
  .select((col) => ({ A: col('properties.sku').fillNull('x').length(), B: col('count').cast(float64()) }))

/** Every object and list in a value, itself included. */
function objectsIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return []
  return [value, ...Object.values(value).flatMap(objectsIn)]
}

it('makes plans that are frozen through and through', () => {
  for (const made of [
    events,
    frame,
    ...optimize([writeCsv(frame, { to: 'out/' })].filter((sink) => sink !== undefined)).sinks.map(({ sink }) => sink),
  ]) {
    expect(objectsIn(made).filter((object) => !Object.isFrozen(object))).toEqual([])
  }
})

it('makes plans that hold nothing but data', () => {
  expect(structuredClone(frame.plan)).toEqual(frame.plan)
})

const column = (name: string): Expr => ({ op: 'column', path: [name], type: TEXT })

it.each<[string, Expr]>([
  ['a', column('a')],
  ['`a b`.`c.d`', { op: 'column', path: ['a b', 'c.d'], type: TEXT }],
  ["'it''s'", { op: 'literal', value: "it's", type: TEXT }],
  ['null', { op: 'literal', value: null, type: TEXT }],
  ['12', { op: 'literal', value: 12n, type: { kind: 'int64', otherwise: 'setAside' } }],
  ["date '1970-01-02'", { op: 'literal', value: 1, type: { kind: 'date', otherwise: 'setAside' } }],
  ['not (a is null)', { op: 'not', input: { op: 'isNull', input: column('a') } }],
  [
    '(a = b) and (not c)',
    {
      op: 'and',
      inputs: [
        { op: 'compare', operator: 'eq', left: column('a'), right: column('b') },
        { op: 'not', input: column('c') },
      ],
    },
  ],
  ['lower(a).`b c`', { op: 'field', input: { op: 'call', name: 'lower', args: [column('a')] }, name: 'b c' }],
])('writes %s', (text, expr) => {
  expect(formatExpr(expr)).toBe(text)
})

it.each<[boolean, unknown, unknown]>([
  [true, column('a'), column('a')],
  [false, column('a'), column('b')],
  [true, { value: 1n }, { value: 1n }],
  [false, { value: 1n }, { value: 1 }],
  [false, { a: undefined }, {}],
  [false, {}, { a: undefined }],
  [false, [1, 2], [1]],
  [false, null, {}],
])('says %s of whether %o and %o are the same', (same, left, right) => {
  expect(sameTree(left, right)).toBe(same)
})

it.each([
  ['skuu', 'sku'],
  ['usrid', 'userId'],
  ['USERID', 'userId'],
  ['evnt', 'event'],
  ['timestmap', 'timestamp'],
  ['', undefined],
  ['elephant', undefined],
  ['ab', undefined],
])('takes %o for %o', (wrong, right) => {
  expect(nearest(wrong, ['userId', 'sku', 'event', 'timestamp'])).toBe(right)
})
