import {
  accessDenied,
  expiredToken,
  type Fault,
  internalError,
  type Random,
  type Rule,
  slowDown,
} from '@fletching/testing'

/** What goes wrong around a run, and what it finds. */
export interface FaultPlan {
  readonly rules: readonly Rule[]
  /** Entries in a page of a listing. */
  readonly pageKeys: number
  /** The names of the input's objects. */
  readonly keys: readonly string[]
  /** Whether an earlier run has left outputs. */
  readonly hasEarlier: boolean
  /** Whether another run does the same at the same time. */
  readonly hasRival: boolean
  /** The request at which the run's signal is given. */
  readonly cutAt: number | undefined
}

/** Names as people and producers give them; each list is in the order of its bytes. */
export const keySets: readonly (readonly string[])[] = [
  ['in/a.gz', 'in/b.gz', 'in/c.gz'],
  ['in//a.gz', 'in/2019/05/18/x.gz', 'in/~.gz'],
  ['in/a b+c.gz', 'in/a%2Fb.gz', 'in/a&amp;<b>"\'.gz'],
  ['in/dt=2019-05-18/ü🛒.gz', 'in/line\nfeed.gz', 'in/é?#[x].gz'],
]

export const pageSizes = [1, 2, 3, 1000] as const

/** Nobody but the run need notice them. */
const passing: readonly Fault[] = [
  slowDown,
  internalError,
  { kind: 'reset-before' },
  { kind: 'apply-then-reset' },
  { kind: 'reset-after-bytes', bytes: 0 },
  { kind: 'reset-after-bytes', bytes: 'half' },
  { kind: 'short-body-with-length', bytes: 0 },
  { kind: 'short-body-with-length', bytes: 'half' },
  { kind: 'slow', pieceBytes: 100, pauseMs: 1 },
  { kind: 'stall' },
  { kind: 'stall', bytes: 'half' },
  { kind: 'cut-xml' },
  { kind: 'duplicate-list' },
]
/** What nobody can do anything about. */
const refusals: readonly Fault[] = [accessDenied, expiredToken]

/** Places that a request may be about. */
const places = [/^/, /^in\//, /^csv\//, /^table\//, /manifest\.json$/, /intent\.json$/, /\/runs\//] as const

const ops = [
  undefined,
  'HeadObject',
  'GetObject',
  'ListObjectsV2',
  'PutObject',
  'CreateMultipartUpload',
  'UploadPart',
  'CompleteMultipartUpload',
  'AbortMultipartUpload',
  'DeleteObject',
] as const

/** Faults that S3 shows with one operation alone. */
const special: readonly Pick<Rule, 'op' | 'keyPattern' | 'fault'>[] = [
  { op: 'CompleteMultipartUpload', fault: { kind: '200-with-error', code: 'InternalError' } },
  { op: 'GetObject', keyPattern: /^in\//, fault: { kind: 'etag-changes' } },
  { op: 'GetObject', keyPattern: /^in\//, fault: { kind: 'corrupt-byte' } },
  { op: 'GetObject', keyPattern: /^in\//, fault: { kind: 'status', status: 404, code: 'NoSuchKey' } },
]

/** Draws what goes wrong. */
export function drawPlan(random: Random): FaultPlan {
  const isRare = () => random.below(4) === 0
  return {
    rules: Array.from({ length: 1 + random.below(5) }, () => drawRule(random)),
    pageKeys: random.pick(pageSizes),
    keys: random.pick(keySets),
    hasEarlier: random.below(2) === 0,
    hasRival: isRare(),
    cutAt: isRare() ? 1 + random.below(50) : undefined,
  }
}

function drawRule(random: Random): Rule {
  const when = random.pick(['nth', 'nth', 'nth', 'from', 'every'] as const)
  if (random.below(5) === 0) return { ...random.pick(special), [when]: 1 + random.below(3) }
  const op = random.pick(ops)
  return {
    ...(op === undefined ? {} : { op }),
    // A question about a bucket has no key.
    keyPattern: op === 'ListObjectsV2' ? /^/ : random.pick(places),
    // Of a whole run, or of the requests of one kind.
    [when]: 1 + random.below(op === undefined ? 50 : 6),
    fault: random.pick(random.below(6) === 0 ? refusals : passing),
  }
}
