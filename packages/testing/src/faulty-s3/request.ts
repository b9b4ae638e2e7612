import { type Answer, answerOf, empty } from './answer.ts'
import type { Body } from './body.ts'
import type { Buckets } from './buckets.ts'
import { listObjects, listUploads } from './listing.ts'
import { abortUpload, completeUpload, createUpload, uploadPart } from './multipart.ts'
import { deleteObject, getObject, getTags, putObject } from './objects.ts'
import type { Operation, RequestHead } from './operation.ts'
import { refused } from './refused.ts'

/** A request that has arrived whole, and what it is asked of. */
export interface S3Request extends RequestHead {
  readonly number: number
  readonly body: Body
  readonly buckets: Buckets
  /** How many changes there had been when it arrived. */
  readonly changesBefore: number
  /** The most entries in a page of a listing. */
  readonly pageKeys: number
}

const operations: Readonly<Record<Operation, (request: S3Request) => Answer>> = {
  CreateBucket: ({ buckets, bucket }) => {
    buckets.add(bucket)
    return empty(200, { Location: `/${bucket}` })
  },
  ListObjectsV2: listObjects,
  ListMultipartUploads: listUploads,
  GetObject: getObject,
  HeadObject: getObject,
  GetObjectTagging: getTags,
  PutObject: putObject,
  DeleteObject: deleteObject,
  CreateMultipartUpload: createUpload,
  UploadPart: uploadPart,
  CompleteMultipartUpload: completeUpload,
  AbortMultipartUpload: abortUpload,
  unknown: () => refused('NotImplemented'),
}

/** Does what a request asks for, in one step, and gives what S3 would answer. */
export function apply(request: S3Request): Answer {
  return answerOf(() => operations[request.op](request))
}
