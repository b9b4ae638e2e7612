import type { CreateOptions } from './store.ts'

/** How S3 encrypts objects: with a key of its own, or with one of the Key Management Service, once or in two layers. */
export const encryptionKinds = Object.freeze(['AES256', 'aws:kms', 'aws:kms:dsse'] as const)

export interface Encryption {
  readonly kind: (typeof encryptionKinds)[number]
  /** The id, the ARN or the alias of a key of the Key Management Service. Default: Amazon's own of the account. */
  readonly kmsKeyId?: string
}

/** What a request says of an object beside its bytes. */
export interface ObjectHeaders {
  readonly ContentType?: string
  readonly ContentEncoding?: string
  readonly StorageClass?: NonNullable<CreateOptions['storageClass']>
  readonly Tagging?: string
  readonly ServerSideEncryption?: Encryption['kind']
  readonly SSEKMSKeyId?: string
}

export function objectHeaders(
  encryption: Encryption | undefined,
  { contentType, contentEncoding, storageClass, tags }: Omit<CreateOptions, 'onBegun'> = {},
): ObjectHeaders {
  return {
    ...(contentType === undefined ? {} : { ContentType: contentType }),
    ...(contentEncoding === undefined ? {} : { ContentEncoding: contentEncoding }),
    ...(storageClass === undefined ? {} : { StorageClass: storageClass }),
    ...(tags === undefined ? {} : { Tagging: formatTags(tags) }),
    ...(encryption === undefined ? {} : { ServerSideEncryption: encryption.kind }),
    ...(encryption?.kmsKeyId === undefined ? {} : { SSEKMSKeyId: encryption.kmsKeyId }),
  }
}

/** As the query of an address. */
function formatTags(tags: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(tags).map((pair) => pair.map(encodeURIComponent).join('='))
  return pairs.join('&')
}
