#!/usr/bin/env node
// @ts-check
import { filter } from '@fletching/kernels/filter'
import { Bool, Utf8, vectorFromArray } from 'apache-arrow'
import { contest } from './contest.js'
import { arquero, duckdb } from './peers.js'
import { column } from './random.js'

await contest('filter: texts by a mask', async (given) => {
  const { random, share } = given
  const texts = column(given, () => `user-${random.below(100_000)}`)
  const mask = column(given, () => random.chance(share))
  const vector = vectorFromArray(texts, new Utf8())
  const maskVector = vectorFromArray(mask, new Bool())
  return [
    { name: 'fletching', run: () => filter(vector, maskVector), values: (kept) => kept },
    { name: 'loop', run: () => loop(texts, mask), values: (kept) => kept },
    await arquero({ text: texts, mask }, (table) => table.filter('d => d.mask').reify(), 'text'),
    await duckdb(
      { text: { type: 'VARCHAR', values: texts }, mask: { type: 'BOOLEAN', values: mask } },
      'SELECT text FROM input WHERE mask',
    ),
  ]
})

/**
 * @param {readonly (string | null)[]} texts
 * @param {readonly (boolean | null)[]} mask
 */
function loop(texts, mask) {
  const kept = []
  for (let row = 0; row < texts.length; row++) if (mask[row] === true) kept.push(texts[row])
  return kept
}
