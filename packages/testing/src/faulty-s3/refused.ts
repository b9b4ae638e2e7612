/** What S3 says no with, and under which status. */
const statuses = {
  BadDigest: 400,
  ConditionalRequestConflict: 409,
  EntityTooSmall: 400,
  IncompleteBody: 400,
  InvalidArgument: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  InvalidRange: 416,
  MalformedXML: 400,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  NotImplemented: 501,
  PreconditionFailed: 412,
  XAmzContentSHA256Mismatch: 400,
} as const

export type RefusalCode = keyof typeof statuses

/** A request that S3 would not follow. */
export class Refusal extends Error {
  readonly status: number
  readonly code: RefusalCode

  constructor(code: RefusalCode) {
    super(code)
    this.code = code
    this.status = statuses[code]
  }
}

/** Ends a request with an error of S3's. */
export function refused(code: RefusalCode): never {
  throw new Refusal(code)
}
