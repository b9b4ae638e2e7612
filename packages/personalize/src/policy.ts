export { type CheckedPolicy, checkPolicy } from './policy/check.ts'
export { type ImportPolicies, importPolicies, type PolicyDocument, type PolicyFor } from './policy/documents.ts'
