import { refused } from './refusal.ts'

export type Kind = 'schema' | 'dataset-group' | 'dataset' | 'dataset-import-job'

/** Something that the account holds. */
export interface Resource {
  readonly kind: Kind
  readonly arn: string
  readonly name: string
  /** What it was made with. */
  readonly input: Readonly<Record<string, unknown>>
  /** The request that made it. */
  readonly made: number
  /** In place of what the time says. */
  status?: string
  readonly failureReason: string | undefined
}

export interface AccountOptions {
  /** For so many requests after the one that made it a thing is CREATE PENDING. Default 1. */
  readonly pendingRequests?: number
  /** And then for so many CREATE IN_PROGRESS. Default 1. */
  readonly progressRequests?: number
  /** The most entries in a page of a list, whatever is asked for. Default 100. */
  readonly pageSize?: number
  /** The nth import job comes to nothing for the nth of these reasons. */
  readonly failures?: readonly (string | undefined)[]
}

/** What an account holds in Personalize, in which time goes by with every request. */
export class Account {
  readonly resources: Resource[] = []
  /** May be others from some request on. */
  readonly options: { -readonly [K in keyof AccountOptions]-?: Required<AccountOptions>[K] }
  /** Requests so far. */
  time = 0

  constructor({ pendingRequests = 1, progressRequests = 1, pageSize = 100, failures = [] }: AccountOptions) {
    this.options = { pendingRequests, progressRequests, pageSize, failures }
  }

  add(kind: Kind, name: string, path: string, input: Resource['input']): Resource {
    const arn = `arn:aws:personalize:us-east-1:123456789012:${kind}/${path}`
    if (this.resources.some((other) => other.arn === arn)) {
      refused('ResourceAlreadyExistsException', `Another resource with Arn ${arn} already exists.`)
    }
    const jobs = this.ofKind('dataset-import-job').length
    const failureReason = kind === 'dataset-import-job' ? this.options.failures[jobs] : undefined
    const resource = { kind, arn, name, input, made: this.time, failureReason }
    this.resources.push(resource)
    return resource
  }

  ofKind(kind: Kind): Resource[] {
    return this.resources.filter((resource) => resource.kind === kind)
  }

  /** One of a kind, by its ARN. */
  get(kind: Kind, arn: unknown): Resource {
    return (
      this.ofKind(kind).find((resource) => resource.arn === arn) ??
      refused('ResourceNotFoundException', `The ${kind} ${String(arn)} does not exist.`)
    )
  }

  statusOf({ made, status, failureReason }: Resource): string {
    if (status !== undefined) return status
    const { pendingRequests, progressRequests } = this.options
    const age = this.time - made
    if (age <= pendingRequests) return 'CREATE PENDING'
    if (age <= pendingRequests + progressRequests) return 'CREATE IN_PROGRESS'
    return failureReason === undefined ? 'ACTIVE' : 'CREATE FAILED'
  }

  /** A page of a list; the token for the next one is the number of entries before it. */
  page(
    resources: readonly Resource[],
    input: Resource['input'],
  ): { readonly items: Resource[]; readonly next: object } {
    const { nextToken = '0', maxResults = 100 } = input
    const start = Number(nextToken)
    if (!Number.isSafeInteger(start) || start < 0) refused('InvalidNextTokenException', 'The token is not valid.')
    const end = start + Math.min(Number(maxResults), this.options.pageSize)
    return { items: resources.slice(start, end), next: end < resources.length ? { nextToken: String(end) } : {} }
  }
}
