import { environmentError, FletchingError } from '@fletching/columns/errors'
import type { GlueCalls } from './glue-client.ts'

/** What the SDK throws, as far as we look at it. */
interface SdkError {
  readonly name?: string
  readonly message?: string
  readonly code?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

/** What a call is about, as far as messages name it. */
type Subject = { readonly [member: string]: unknown }

/**
 * The SDK's error in our words: no credentials, nothing of who asked. An error of ours, and one that the caller mends, stays as it is.
 *
 * - Source: of the actions and resources, "Actions, resources, and condition keys for AWS Glue"; of the grants, "Lake Formation
 *   permissions reference".
 */
export function glueFailure(error: unknown, action: keyof GlueCalls, input: object): unknown {
  if (error instanceof FletchingError) return error
  const { name = 'Error', code, message = '', $metadata } = error as SdkError
  if (isForCaller(name)) return error
  const status = $metadata?.httpStatusCode
  const { database, table } = subjectOf(input)
  const at = `glue:${action} of ${table === undefined ? database : `${database}.${table}`}`
  const fail = (code: string, what: string, help: string | readonly string[]) =>
    environmentError(code, what, { at, help })

  if (
    /^(CredentialsProviderError|UnrecognizedClientException|InvalidSignatureException|InvalidClientTokenId|IncompleteSignature|MissingAuthenticationToken\w*)$/.test(
      name,
    )
  ) {
    return fail('NO_CREDENTIALS', `Glue was not given credentials that it takes (${name})`, [
      'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or the role of the container',
    ])
  }
  if (/^ExpiredToken(Exception)?$/.test(name)) {
    return fail('EXPIRED_CREDENTIALS', 'the credentials ran out', 'run again with fresh ones')
  }
  if (name === 'GlueEncryptionException' || (status === 400 && /^KMS|^Kms/.test(name))) {
    return fail('CATALOG_ACCESS_DENIED', 'not allowed to use the key of the catalog', [
      'allow the role kms:Decrypt, kms:Encrypt and kms:GenerateDataKey on the key that the catalog is encrypted with',
    ])
  }
  if (name === 'AccessDeniedException' || name === 'AccessDenied' || status === 403) {
    return fail('CATALOG_ACCESS_DENIED', `not allowed to ${VERBS[action]}`, [
      `allow the role glue:${action} on ${resourcesOf(action, database, table).join(', ')}`,
      `where Lake Formation governs the catalog, grant it ${GRANTS[action]} too`,
    ])
  }
  if (name === 'ResourceNumberLimitExceededException') {
    return fail(
      'CATALOG_FULL',
      'the account has as many of these as it may have',
      'remove some, or ask AWS for a higher quota',
    )
  }
  if (name === 'InvalidInputException' || name === 'ValidationException') {
    return fail(
      'CATALOG_REFUSED',
      `Glue does not take the call: ${withoutAddresses(message)}`,
      'give names and columns that Glue takes',
    )
  }
  if (
    (status !== undefined && status >= 500) ||
    /Throttl|TooManyRequests|OperationTimeout|ResourceNotReady/.test(name)
  ) {
    return fail('CATALOG_BUSY', `Glue answered ${status ?? 'nothing'} to every try (${name})`, 'run again later')
  }
  if (/^Region (is missing|not accepted)/.test(message)) {
    return fail(
      'NO_REGION',
      'the region of the catalog is not known, or is no region',
      "set AWS_REGION to the catalog's",
    )
  }
  if (code === 'ERR_INVALID_URL') {
    return fail(
      'BAD_ENDPOINT',
      'the endpoint of Glue is not an address',
      'expected AWS_ENDPOINT_URL_GLUE to be such as https://glue.example.com',
    )
  }
  if (status !== undefined && status >= 400) {
    return fail('CATALOG_REFUSED', `Glue answered ${status} (${name})`, 'check the region and the endpoint')
  }
  if (name === 'SyntaxError' || status !== undefined) {
    return fail('CATALOG_BUSY', 'the answer is not one that Glue gives, or was cut', [
      'run again; if it stays so, something between here and Glue may answer in its place',
    ])
  }
  return fail('NETWORK', `cannot ${VERBS[action]}: ${code ?? name}`, 'check the network and the endpoint')
}

function isForCaller(name: string): boolean {
  return /^(EntityNotFound|AlreadyExists|ConcurrentModification)Exception$/.test(name)
}

function subjectOf(input: object): { readonly database: string; readonly table: string | undefined } {
  const { Name, DatabaseName, TableName, TableInput, DatabaseInput } = input as Subject
  const inner = (TableInput ?? DatabaseInput) as Subject | undefined
  const own = (Name ?? inner?.Name ?? TableName) as string
  return DatabaseName === undefined
    ? { database: own, table: undefined }
    : { database: String(DatabaseName), table: own }
}

/** Without the account and the region, which nobody needs to be told. */
function resourcesOf(action: keyof GlueCalls, database: string, table: string | undefined): string[] {
  const resources = ['catalog', `database/${database}`]
  return action === 'GetDatabase' || action === 'CreateDatabase' || table === undefined
    ? resources
    : [...resources, `table/${database}/${table}`]
}

/** What Glue says of a wrong value may name roles. */
function withoutAddresses(message: string): string {
  return message.replace(/arn:\S+/g, 'arn:…')
}

const VERBS: Record<keyof GlueCalls, string> = {
  GetDatabase: 'look at the database',
  CreateDatabase: 'make the database',
  GetTable: 'look at the table',
  CreateTable: 'make the table',
  UpdateTable: 'change the table',
  GetPartitions: 'list the partitions',
  BatchCreatePartition: 'add partitions',
  BatchUpdatePartition: 'change partitions',
}

const GRANTS: Record<keyof GlueCalls, string> = {
  GetDatabase: 'DESCRIBE on the database',
  CreateDatabase: 'CREATE_DATABASE',
  GetTable: 'DESCRIBE on the table',
  CreateTable: 'CREATE_TABLE on the database, and the data location',
  UpdateTable: 'ALTER on the table',
  GetPartitions: 'DESCRIBE on the table',
  BatchCreatePartition: 'ALTER on the table, and the data location',
  BatchUpdatePartition: 'ALTER on the table, and the data location',
}
