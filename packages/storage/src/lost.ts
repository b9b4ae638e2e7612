import { environmentError, type FletchingError } from '@fletching/columns/errors'
import type { ObjectInfo } from './store.ts'

/** What was prepared is gone, and what stands in its place, if anything, was not made of it. */
export function commitLost(name: string, found: ObjectInfo | undefined): FletchingError {
  const there = found === undefined ? 'there is no object of that name' : 'the object of that name is another'
  return environmentError('COMMIT_LOST', `what was prepared is gone, and ${there}`, {
    at: name,
    help: 'somebody else took it away, perhaps a rule of the bucket that aborts uploads too early',
  })
}

/** The place cannot write an object on the condition that none is there, or that it is the one that is known. */
export function noConditionalWrites(place: string): FletchingError {
  return environmentError(
    'NO_CONDITIONAL_WRITES',
    'the place cannot keep two runs apart: it knows no conditional writes',
    {
      at: place,
      help: 'give a state folder elsewhere with --state, or --single-writer if no other run of this job can be under way',
    },
  )
}
