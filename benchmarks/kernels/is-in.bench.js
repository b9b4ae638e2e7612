#!/usr/bin/env node
// @ts-check
import { isIn } from '@fletching/kernels/is-in'
import { Utf8, vectorFromArray } from 'apache-arrow'
import { contest } from './contest.js'
import { arquero, duckdb } from './peers.js'
import { column } from './random.js'

const WANTED = ['Product Added', 'Order Completed', 'Product Clicked']
const OTHERS = ['Product Viewed', 'Page Viewed', 'Cart Viewed', 'Signed In', 'Email Opened']

/** For arquero, which compiles the text. */
const MASK = '(d, $) => d.event === null ? null : op.includes($.wanted, d.event)'

await contest('isIn: texts that are one of three', async (given) => {
  const { random, share } = given
  const nameOf = (/** @type {string[]} */ names) => names[random.below(names.length)]
  const events = column(given, () => nameOf(random.chance(share) ? WANTED : OTHERS))
  const vector = vectorFromArray(events, new Utf8())
  return [
    { name: 'fletching', run: () => isIn(vector, WANTED), values: (mask) => mask },
    { name: 'loop', run: () => loop(events), values: (mask) => mask },
    await arquero({ event: events }, (table) => table.params({ wanted: WANTED }).derive({ mask: MASK }), 'mask'),
    await duckdb(
      { event: { type: 'VARCHAR', values: events } },
      `SELECT event IN (${WANTED.map((event) => `'${event}'`).join(', ')}) FROM input`,
    ),
  ]
})

/** @param {readonly (string | null)[]} events */
function loop(events) {
  const mask = []
  for (const event of events) mask.push(event === null ? null : WANTED.includes(event))
  return mask
}
