import { readFile } from 'node:fs/promises'
import { authorError, environmentError } from '@fletching/columns/errors'
import { verdictOn } from '@fletching/personalize'
import { type CheckedPolicy, checkPolicy, importPolicies } from '@fletching/personalize/policy'
import { findingsText } from '../../checklist-text.ts'
import type { ToolCall } from '../../tools.ts'

/** `fletching personalize policy`: the policies as JSON, or what one lacks: words at a terminal, JSON for a program. */
export async function execute({ values, out }: ToolCall): Promise<void> {
  const text = (name: string) => values[name] as string | undefined
  const wanted = { bucket: needed('bucket', 'NAME'), account: needed('account', 'NUMBER'), kms: text('kms') }
  const file = text('check')
  if (file === undefined) {
    out.write(`${JSON.stringify(importPolicies(wanted), undefined, 2)}\n`)
    return
  }
  const checked = checkPolicy(await policyOf(file), file, wanted)
  const verdict = verdictOn(checked.findings)
  out.write(out.isTTY ? checkedText(checked) : `${JSON.stringify({ verdict, ...checked })}\n`)
  if (verdict !== 'failed') return
  throw environmentError('POLICY_INCOMPLETE', `the ${wordsOf(checked.kind)} does not let Personalize read the bucket`, {
    at: file,
    help: 'what it lacks stands on standard output',
  })

  function needed(name: string, value: string): string {
    const given = text(name)
    if (given !== undefined && given.trim() !== '') return given
    throw authorError('MISSING_OPTION', `personalize policy needs --${name}`, { help: `expected --${name} ${value}` })
  }
}

function checkedText({ kind, findings }: CheckedPolicy): string {
  return [...findingsText(findings), `${wordsOf(kind)}: ${verdictOn(findings)}`, ''].join('\n')
}

function wordsOf(kind: CheckedPolicy['kind']): string {
  return kind === 'trust' ? 'trust policy of the role' : `policy of the ${kind}`
}

async function policyOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException
    throw authorError('POLICY_NOT_READ', `the policy cannot be read: ${code}`, {
      at: file,
      help: 'expected a file on this machine',
      cause,
    })
  }
}
