import { authorError } from '@fletching/columns/errors'

/** A statement of a policy, as far as we look at it, with lists where one value may stand for itself. */
export interface ReadStatement {
  /** Its place among the others, from 1. */
  readonly number: number
  readonly isAllow: boolean
  /** Services and accounts; undefined of a policy that belongs to a role. */
  readonly principals: readonly string[] | undefined
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  /** As `StringEquals aws:SourceAccount`, with the values. */
  readonly conditions: ReadonlyMap<string, readonly string[]>
  /** Whether it speaks of all but what it names, which is not looked into. */
  readonly isInverse: boolean
}

/**
 * Reads a policy as it is written, or as the AWS command line gives it: in `Policy`, `PolicyDocument` or `Role`.
 *
 * - Errors: NOT_A_POLICY (author).
 */
export function readPolicy(text: string): readonly ReadStatement[] {
  const { Statement } = objectOf(unwrapped(parsed(text)))
  const statements = Array.isArray(Statement) ? Statement : [Statement]
  return statements.map((statement, index) => readStatement(objectOf(statement), index + 1))
}

function unwrapped(value: unknown): unknown {
  const { Policy, PolicyDocument, Role, AssumeRolePolicyDocument } = objectOf(value)
  if (typeof Policy === 'string') return parsed(Policy)
  return (
    PolicyDocument ?? AssumeRolePolicyDocument ?? (Role === undefined ? value : objectOf(Role).AssumeRolePolicyDocument)
  )
}

function readStatement(statement: Readonly<Record<string, unknown>>, number: number): ReadStatement {
  const { Effect, Principal, Action, Resource, Condition = {} } = statement
  if (Effect !== 'Allow' && Effect !== 'Deny') throw notAPolicy(`statement ${number} neither allows nor denies`)
  return {
    number,
    isAllow: Effect === 'Allow',
    principals: Principal === undefined ? undefined : principalsOf(Principal),
    actions: listOf(Action),
    resources: listOf(Resource),
    conditions: new Map(
      Object.entries(objectOf(Condition)).flatMap(([operator, keys]) =>
        Object.entries(objectOf(keys)).map(([key, values]): [string, string[]] => [
          `${operator} ${key}`.toLowerCase(),
          listOf(values),
        ]),
      ),
    ),
    isInverse: ['NotAction', 'NotPrincipal', 'NotResource'].some((name) => statement[name] !== undefined),
  }
}

function principalsOf(principal: unknown): string[] {
  return typeof principal === 'string' ? [principal] : Object.values(objectOf(principal)).flatMap(listOf)
}

function listOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => item !== undefined).map(String)
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw notAPolicy('it has no statements')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw notAPolicy('it is not JSON', cause)
  }
}

function notAPolicy(why: string, cause?: unknown) {
  return authorError('NOT_A_POLICY', `the file is not a policy: ${why}`, {
    help: 'expected the policy of a bucket, a role or a key, as aws s3api get-bucket-policy or aws iam get-role print it',
    cause,
  })
}
