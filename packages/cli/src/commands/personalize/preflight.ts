import { dataError } from '@fletching/columns/errors'
import type { Checklist } from '@fletching/personalize/checklist'
import type { Dataset, Domain } from '@fletching/personalize/dataset'
import { parseSchema } from '@fletching/personalize/parse-schema'
import { preflightAt } from '@fletching/personalize/preflight-folder'
import { readSchemaText } from '@fletching/personalize/schema-text'
import { parseLocation } from '@fletching/storage'
import { checklistText } from '../../checklist-text.ts'
import { ended, Interrupted } from '../../signals.ts'
import type { ToolCall } from '../../tools.ts'

/** `fletching personalize preflight <location>`: the checklist, as text for a person and as JSON for a program; an error where it fails. */
export async function execute(call: ToolCall): Promise<void> {
  const { words, out, signal } = call
  const location = words.location ?? ''
  const checklist = await Promise.race([look(location, call), ended(signal)]).catch((error: unknown) => {
    throw error instanceof Interrupted ? new Interrupted(error.signal, 'the look was ended; it changes nothing') : error
  })
  out.write(out.isTTY ? checklistText(checklist) : `${JSON.stringify(checklist)}\n`)
  if (checklist.verdict !== 'failed') return
  const failed = checklist.findings.filter(({ severity }) => severity === 'failure').map(({ code }) => code)
  throw dataError('PREFLIGHT_FAILED', `Personalize would refuse it: ${failed.join(', ')}`, {
    at: location,
    help: [
      'the checklist on standard output says where, and the way out',
      ...(call.values.dataset === undefined && failed.includes('COLUMN_MISSING')
        ? ['it was looked at as interactions; --dataset users or --dataset items looks at it as these']
        : []),
    ],
  })
}

async function look(location: string, { values, signal }: ToolCall): Promise<Checklist> {
  const domain = (values.domain ?? 'custom') as Domain
  const schema = typeof values.schema === 'string' ? values.schema : undefined
  return preflightAt(parseLocation(location), {
    dataset: (values.dataset ?? 'interactions') as Dataset,
    domain,
    ...(schema === undefined
      ? {}
      : { schema: parseSchema(await readSchemaText(parseLocation(schema)), { domain, object: schema }) }),
    mode: values.mode === 'incremental' ? 'incremental' : 'full',
    now: Math.floor(Date.now() / 1000),
    signal,
  })
}
