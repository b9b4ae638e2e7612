import { id, schema, struct, text, timestamp } from '@fletching/plan'
import { common, note } from './segment.ts'

/** A trait of few values, of which the empty text is none. */
const trait = () => text({ numbers: 'text', empty: 'null', otherwise: 'null' })

/**
 * Segment's `identify` calls: who a user is. Names, addresses of mail and telephone numbers are not read.
 *
 * - Nulls: a trait of another type counts as missing.
 * - Units: `age` is a text as written, "42" like 42: cast it.
 * - Source: Segment, "Spec: Identify".
 */
export const segmentIdentify = schema('segmentIdentify', {
  userId: id(),
  traits: struct({
    age: note(),
    gender: trait(),
    plan: trait(),
    address: struct({ country: trait(), state: trait(), city: trait(), postalCode: trait() }),
  }),
  timestamp: timestamp().required(),
  ...common,
})
