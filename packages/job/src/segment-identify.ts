import { id, schema, struct, timestamp } from '@fletching/plan'
import { common, label, note } from './segment.ts'

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
    gender: label(),
    plan: label(),
    address: struct({ country: label(), state: label(), city: label(), postalCode: label() }),
  }),
  timestamp: timestamp().required(),
  ...common,
})
