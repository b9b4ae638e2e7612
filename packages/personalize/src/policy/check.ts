import type { Finding } from '../finding.ts'
import {
  bucketArns,
  importPolicies,
  KEY_ACTIONS,
  type PolicyFor,
  READ_ACTIONS,
  ROLE_ACTION,
  ROLE_KEY_ACTIONS,
  SERVICE,
} from './documents.ts'
import { type ReadStatement, readPolicy } from './read.ts'

/** What a policy is of, and what it lacks. */
export interface CheckedPolicy {
  readonly kind: 'bucket' | 'trust' | 'role' | 'key'
  readonly findings: readonly Finding[]
}

/** Something that a policy must allow. */
interface Need {
  readonly action: string
  readonly resource: string | undefined
}

/**
 * Holds the policy of a bucket, a role (what it may do, or who may take it) or a key against what an import needs, by its statements
 * alone: policies of the organization and access points are not known here.
 *
 * - Errors: NOT_A_POLICY, and those of `importPolicies` (author).
 *
 * @param name - of the file, for the places of findings
 */
export function checkPolicy(text: string, name: string, wanted: PolicyFor): CheckedPolicy {
  // Finds out what is wrong with the names.
  importPolicies(wanted)
  const statements = readPolicy(text)
  const kind = kindOf(statements)
  const place = ({ number }: ReadStatement) => ({ object: `${name}, statement ${number}` })
  const ofPersonalize = statements.filter(
    ({ principals }) => principals === undefined || principals.some(isPersonalize),
  )
  const allowing = ofPersonalize.filter(({ isAllow, isInverse }) => isAllow && !isInverse)
  const findings: Finding[] = []
  for (const need of needsOf(kind, wanted)) {
    const asked = allowing.filter((statement) => allows(statement, need))
    const granted = asked.filter(
      (statement) => accountOf(statement) === undefined || accountOf(statement) === wanted.account,
    )
    if (granted.length === 0) findings.push(missing(need, kind, asked.map(place)))
    for (const statement of ofPersonalize.filter((other) => !other.isAllow && denies(other, need))) {
      findings.push(denied(need, place(statement)))
    }
  }
  const open = allowing.filter(
    (statement) =>
      statement.principals !== undefined &&
      accountOf(statement) === undefined &&
      needsOf(kind, wanted).some((need) => allows(statement, need)),
  )
  if (open.length > 0) findings.push(openToOthers(open.map(place)))
  return { kind, findings }
}

function kindOf(statements: readonly ReadStatement[]): CheckedPolicy['kind'] {
  const hasAction = (service: string) =>
    statements.some(({ actions }) => actions.some((action) => action.startsWith(service)))
  if (hasAction('sts:')) return 'trust'
  if (statements.every(({ principals }) => principals === undefined)) return 'role'
  return hasAction('kms:') ? 'key' : 'bucket'
}

function needsOf(kind: CheckedPolicy['kind'], { bucket, kms }: PolicyFor): readonly Need[] {
  const [whole, objects] = bucketArns(bucket)
  const reads = READ_ACTIONS.map((action) => ({ action, resource: action === 's3:ListBucket' ? whole : objects }))
  switch (kind) {
    case 'bucket':
      return reads
    case 'trust':
      return [{ action: ROLE_ACTION, resource: undefined }]
    case 'role':
      return [...reads, ...(kms === undefined ? [] : ROLE_KEY_ACTIONS.map((action) => ({ action, resource: kms })))]
    case 'key':
      return KEY_ACTIONS.map((action) => ({ action, resource: undefined }))
  }
}

function allows({ actions, resources }: ReadStatement, { action, resource }: Need): boolean {
  if (!actions.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase()))) return false
  return resource === undefined || resources.some((pattern) => matches(pattern, resource))
}

/** Of a statement with conditions only those count that shut out a service which comes from no network of the account. */
function denies(statement: ReadStatement, need: Need): boolean {
  if (statement.isInverse || !allows(statement, need)) return false
  const conditions = [...statement.conditions.keys()]
  return (
    conditions.length === 0 ||
    conditions.some((condition) => /not\S* aws:(sourcevpce?|sourceip|vpcsourceip)$/.test(condition))
  )
}

/** The account to which a statement is bound; undefined where it is bound to none. */
function accountOf({ conditions }: ReadStatement): string | undefined {
  for (const [condition, values] of conditions) {
    if (/^string(equals|like)(ignorecase)? aws:sourceaccount$/.test(condition)) return values.join(', ')
    if (/^arn(like|equals) aws:sourcearn$|^string(like|equals) aws:sourcearn$/.test(condition)) {
      return values.map((arn) => arn.split(':')[4] ?? '').join(', ')
    }
  }
  return undefined
}

function isPersonalize(principal: string): boolean {
  return principal === SERVICE || principal === '*'
}

/** Whether everything that `value` stands for is meant by the pattern: a `*` at its end stands for whatever follows. */
function matches(pattern: string, value: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('?', '.'))
  return new RegExp(`^${parts.join('.*')}$`, 's').test(value)
}

function missing({ action, resource }: Need, kind: CheckedPolicy['kind'], places: Finding['places']): Finding {
  const isOtherAccount = places.length > 0
  return {
    code: isOtherAccount ? 'POLICY_OTHER_ACCOUNT' : 'POLICY_LACKS',
    severity: 'failure',
    what: `${action}${resource === undefined ? '' : ` on ${resource}`} is ${isOtherAccount ? 'allowed to another account alone' : 'not allowed'}`,
    count: 1,
    places,
    help: `without --check this command prints the ${KIND_WORDS[kind]} that allows it`,
  }
}

function denied({ action, resource }: Need, place: Finding['places'][number]): Finding {
  return {
    code: 'POLICY_DENIES',
    severity: 'failure',
    what: `${action}${resource === undefined ? '' : ` on ${resource}`} is denied`,
    count: 1,
    places: [place],
    help: 'Personalize reads from outside of every VPC: except it from the denial, or keep the CSV in another bucket',
  }
}

function openToOthers(places: Finding['places']): Finding {
  return {
    code: 'POLICY_OPEN_TO_OTHERS',
    severity: 'warning',
    what: 'Personalize is allowed to come for any account',
    count: places.length,
    places: places.slice(0, 5),
    help: 'bind it to yours by the condition StringEquals aws:SourceAccount',
  }
}

const KIND_WORDS: Readonly<Record<CheckedPolicy['kind'], string>> = {
  bucket: 'policy of a bucket',
  trust: 'trust policy of a role',
  role: 'policy of a role',
  key: 'policy of a key',
}
