#!/usr/bin/env node
// @ts-check
import { take } from '@fletching/kernels/take'
import { Utf8, vectorFromArray } from 'apache-arrow'
import { contest } from './contest.js'
import { arquero } from './peers.js'
import { column } from './random.js'

await contest('take: texts at ascending row numbers', async (given) => {
  const { random, rows, share } = given
  const texts = column(given, () => `user-${random.below(100_000)}`)
  const wanted = Int32Array.from(Array.from({ length: rows }, (_, row) => row).filter(() => random.chance(share)))
  const vector = vectorFromArray(texts, new Utf8())
  return [
    { name: 'fletching', run: () => take(vector, wanted), values: (taken) => taken },
    { name: 'loop', run: () => loop(texts, wanted), values: (taken) => taken },
    await arquero({ text: texts }, (table) => table.reify(wanted), 'text'),
  ]
})

/**
 * @param {readonly (string | null)[]} texts
 * @param {Int32Array} wanted
 */
function loop(texts, wanted) {
  const taken = []
  for (const row of wanted) taken.push(texts[row])
  return taken
}
