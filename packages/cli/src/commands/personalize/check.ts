import { verdictOn } from '@fletching/personalize'
import { checkSchema } from '@fletching/personalize/check-schema'
import type { Domain } from '@fletching/personalize/dataset'
import { parseSchema } from '@fletching/personalize/parse-schema'
import { readSchemaText } from '@fletching/personalize/schema-text'
import { parseLocation } from '@fletching/storage'
import { findingsText } from '../../checklist-text.ts'
import type { ToolCall } from '../../tools.ts'

/** `fletching personalize check <schema>`: what is found, as text for a person and as JSON for a program; an error where it would be refused. */
export async function execute({ words, values, out }: ToolCall): Promise<void> {
  const object = words.schema ?? ''
  const options = { domain: (values.domain ?? 'custom') as Domain, object }
  const text = await readSchemaText(parseLocation(object))
  const findings = checkSchema(text, options)
  const verdict = verdictOn(findings)
  out.write(
    out.isTTY ? `${[verdict, ...findingsText(findings)].join('\n')}\n` : `${JSON.stringify({ verdict, findings })}\n`,
  )
  if (verdict === 'failed') parseSchema(text, options)
}
