#!/usr/bin/env node
// @ts-check
import { cast } from '@fletching/kernels/cast'
import { Int64, Utf8, vectorFromArray } from 'apache-arrow'
import { contest } from './contest.js'
import { arquero, duckdb } from './peers.js'
import { column } from './random.js'

/** For arquero, which compiles the text. */
const NUMBER = 'd => op.match(d.text, /^[+-]?[0-9]+$/) === null ? null : op.parse_int(d.text, 10)'

await contest('cast: texts to 64-bit whole numbers, those that are none to null', async (given) => {
  const { random, share } = given
  const texts = column(given, () => (random.chance(share) ? String(random.below(1_000_000_000)) : 'none'))
  const vector = vectorFromArray(texts, new Utf8())
  const type = new Int64()
  return [
    { name: 'fletching', run: () => cast(vector, type, { onFailure: 'null' }), values: (numbers) => numbers },
    { name: 'loop', run: () => loop(texts), values: (numbers) => numbers },
    await arquero({ text: texts }, (table) => table.derive({ number: NUMBER }), 'number'),
    await duckdb({ text: { type: 'VARCHAR', values: texts } }, 'SELECT TRY_CAST(text AS BIGINT) FROM input'),
  ]
})

/** @param {readonly (string | null)[]} texts */
function loop(texts) {
  const numbers = []
  for (const text of texts) numbers.push(text !== null && /^[+-]?\d+$/.test(text) ? BigInt(text) : null)
  return numbers
}
