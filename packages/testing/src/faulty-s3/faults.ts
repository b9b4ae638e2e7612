import { type Answer, failure } from './answer.ts'
import { makeObject } from './buckets.ts'
import type { Operation } from './operation.ts'
import type { Fault } from './plan.ts'
import type { S3Request } from './request.ts'

/** The answer that a fault gives in place of doing what was asked for; undefined when that is done. */
export function answerInstead(op: Operation, fault: Fault | undefined): Answer | undefined {
  if (fault?.kind === 'status') return failure(fault.status, fault.code)
  if (fault?.kind === '200-with-error' && op !== 'HeadObject') return failure(200, fault.code)
  return undefined
}

/** Puts another object of the same size in the place of one, as somebody else might do at any time. */
export function replaceObject({ buckets, bucket, key, number }: S3Request): void {
  const object = buckets.get(bucket).objects.get(key)
  if (object === undefined) return
  const bytes = Uint8Array.from(object.bytes).reverse()
  const etag = makeObject(key, Buffer.concat([bytes, Buffer.from(`replaced in ${number}`)])).etag
  buckets.put(bucket, { ...object, bytes, etag }, number)
}

/** What a fault makes of the answer's body; the answer to a HEAD has none, and what it says of the object stays true. */
export function damage(op: Operation, answer: Answer, fault: Fault | undefined): Answer {
  if (op === 'HeadObject') return answer
  switch (fault?.kind) {
    case 'corrupt-byte':
      return { ...answer, body: answer.body.map((byte, at) => (at === answer.body.length >> 1 ? byte ^ 1 : byte)) }
    case 'cut-xml':
      return { ...answer, body: answer.body.subarray(0, answer.body.length >> 1) }
    case 'duplicate-list':
      return withFirstEntry(answer, 2)
    case 'missing-from-list':
      return withFirstEntry(answer, 0)
    default:
      return answer
  }
}

/** The listing with its first entry so many times, and counted so. */
function withFirstEntry(answer: Answer, times: number): Answer {
  const text = Buffer.from(answer.body).toString()
  const changed = text.replace(/<Contents>.*?<\/Contents>/s, (entry) => entry.repeat(times))
  const count = changed.split('<Contents>').length - 1
  return { ...answer, body: Buffer.from(changed.replace(/<KeyCount>\d+/, `<KeyCount>${count}`)) }
}
