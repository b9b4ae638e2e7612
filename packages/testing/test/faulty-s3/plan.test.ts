import { type Rule, slowDown } from '@fletching/testing'
import { expect, it } from 'vitest'
import { openPlan } from '../../src/faulty-s3/plan.ts'

const fault = slowDown
/** Requests in this order; the table says which of them meet the fault. */
const requests = [
  { op: 'GetObject', bucket: 'one', key: 'a' },
  { op: 'PutObject', bucket: 'one', key: 'a' },
  { op: 'GetObject', bucket: 'two', key: 'b' },
  { op: 'GetObject', bucket: 'one', key: 'b' },
  { op: 'PutObject', bucket: 'two', key: 'c' },
  { op: 'GetObject', bucket: 'one', key: 'a' },
] as const

it.each<[string, readonly Rule[], string]>([
  ['no rule', [], '------'],
  ['all', [{ fault }], '++++++'],
  ['the third', [{ nth: 3, fault }], '--+---'],
  ['all from the fifth on', [{ from: 5, fault }], '----++'],
  ['every second', [{ every: 2, fault }], '-+-+-+'],
  ['all of an operation', [{ op: 'GetObject', fault }], '+-++-+'],
  ['the second of an operation', [{ op: 'GetObject', nth: 2, fault }], '--+---'],
  ['a name', [{ keyPattern: /^[bc]$/, fault }], '--+++-'],
  ['a bucket', [{ bucket: 'two', fault }], '--+-+-'],
  ['all that at once', [{ op: 'GetObject', bucket: 'one', keyPattern: /a/, from: 2, fault }], '-----+'],
  [
    'two rules, each with a count of its own',
    [
      { op: 'GetObject', nth: 1, fault },
      { nth: 2, fault },
    ],
    '++----',
  ],
])('a plan of %s', (_, rules, expected) => {
  const plan = openPlan(rules)
  expect(requests.map((request) => (plan.next(request) === undefined ? '-' : '+')).join('')).toBe(expected)
})

it('the first rule that says a fault is followed', () => {
  const first = { kind: 'reset-before' } as const
  expect(openPlan([{ nth: 2, fault: slowDown }, { fault: first }, { fault: slowDown }]).next(requests[0])).toBe(first)
})
