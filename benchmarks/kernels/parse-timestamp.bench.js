#!/usr/bin/env node
// @ts-check
import { parseTimestamp } from '@fletching/kernels/parse-timestamp'
import { Utf8, vectorFromArray } from 'apache-arrow'
import { contest } from './contest.js'
import { arquero, duckdb } from './peers.js'
import { column } from './random.js'

const START_MS = Date.UTC(2019, 4, 18)

/** For arquero, which compiles the text. */
const MOMENT = 'd => op.match(d.text, /^[0-9]{4}-/) === null ? null : op.timestamp(op.parse_date(d.text))'

await contest('parseTimestamp: ISO 8601 texts to milliseconds, those that are none to null', async (given) => {
  const { random, share } = given
  const momentOf = () => new Date(START_MS + random.below(2 ** 31)).toISOString()
  const texts = column(given, () => (random.chance(share) ? momentOf() : 'soon'))
  const vector = vectorFromArray(texts, new Utf8())
  return [
    { name: 'fletching', run: () => parseTimestamp(vector), values: (moments) => moments },
    { name: 'loop', run: () => loop(texts), values: (moments) => moments },
    await arquero({ text: texts }, (table) => table.derive({ moment: MOMENT }), 'moment'),
    await duckdb(
      { text: { type: 'VARCHAR', values: texts } },
      'SELECT epoch_ms(TRY_CAST(text AS TIMESTAMPTZ)) FROM input',
    ),
  ]
})

/** @param {readonly (string | null)[]} texts */
function loop(texts) {
  const moments = []
  for (const text of texts) {
    const moment = text === null ? Number.NaN : Date.parse(text)
    moments.push(Number.isNaN(moment) ? null : moment)
  }
  return moments
}
