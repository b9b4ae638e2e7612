#!/usr/bin/env node
// @ts-check
import { lt } from '@fletching/kernels/compare'
import { Int32, vectorFromArray } from 'apache-arrow'
import { contest } from './contest.js'
import { arquero, duckdb } from './peers.js'
import { column } from './random.js'

const LIMIT = 1 << 20

await contest('compare: whole numbers with one number', async (given) => {
  const { random, share } = given
  const bound = Math.round(share * LIMIT)
  const numbers = column(given, () => random.below(LIMIT))
  const vector = vectorFromArray(numbers, new Int32())
  return [
    { name: 'fletching', run: () => lt(vector, bound), values: (mask) => mask },
    { name: 'loop', run: () => loop(numbers, bound), values: (mask) => mask },
    await arquero(
      { number: numbers },
      (table) => table.params({ bound }).derive({ mask: '(d, $) => d.number === null ? null : d.number < $.bound' }),
      'mask',
    ),
    await duckdb({ number: { type: 'INTEGER', values: numbers } }, `SELECT number < ${bound} FROM input`),
  ]
})

/**
 * @param {readonly (number | null)[]} numbers
 * @param {number} bound
 */
function loop(numbers, bound) {
  const mask = []
  for (const number of numbers) mask.push(number === null ? null : number < bound)
  return mask
}
