import { dataError } from '@fletching/columns/errors'
import { type FrozenChange, formatPlace, inferSchema } from '@fletching/explore/infer'
import { formatSchemaFile, parseSchemaFile, type Schema } from '@fletching/plan'
import { openStore, parseLocation } from '@fletching/storage'
import type { OptionValues } from '../option-specs.ts'
import { count, definedOnly } from '../options.ts'
import { readSchemaFiles } from '../schema-files.ts'
import type { ToolCall } from '../tools.ts'
import { openProgress } from '../voice.ts'
import { evidenceText, inferredText } from './inferred-text.ts'
import { looking } from './look.ts'

/** `fletching schema infer <location> [more..]`: the schema file alone on standard output, and what is worth knowing on standard error. */
export async function execute({ words: { location = '' }, more, values, out, err, signal }: ToolCall): Promise<void> {
  const places = { to: await target(values, 'to'), evidence: await target(values, 'evidence') }
  const into = typeof values.into === 'string' ? await schemaAt(values.into) : undefined
  const progress = openProgress(err)
  const inferred = await looking('schema infer', () =>
    inferSchema([location, ...more], {
      ...definedOnly({
        into,
        name: values.name as string | undefined,
        fieldsMax: number(values, 'max-fields'),
        objectFieldsMax: number(values, 'max-object-fields'),
        structDepthMax: number(values, 'max-struct-depth'),
        lineBytesMax: number(values, 'max-line-bytes'),
        depthMax: number(values, 'max-depth'),
        rowsMax: number(values, 'max-rows'),
        filesMax: number(values, 'max-files'),
        exclude: values.exclude as readonly string[] | undefined,
      }),
      signal,
      onProgress: (done) => progress.progress(done),
    }),
  ).catch((error: unknown) => {
    progress.clear()
    throw error
  })
  await places.evidence?.(evidenceText(inferred))
  for (const line of inferredText(inferred, into !== undefined)) progress.note(line)
  if (inferred.frozen.length > 0) throw frozen(inferred.frozen, String(values.into))
  const text = formatSchemaFile(inferred.schema)
  if (places.to === undefined) out.write(text)
  else await places.to(text)
}

async function schemaAt(into: string): Promise<Schema> {
  return parseSchemaFile((await readSchemaFiles({ into })).into, into)
}

/** What writes a text to the address that an option gives; whether that can be done is found out before hours of work. */
async function target(values: OptionValues, option: 'to' | 'evidence') {
  const place = values[option]
  if (typeof place !== 'string') return undefined
  const location = parseLocation(place)
  const store = await openStore(location)
  await store.assertWritable(location)
  return (text: string) => store.put(location, Buffer.from(text))
}

function number(values: OptionValues, option: string): number | undefined {
  return count(option, values[option] as string | undefined)
}

function frozen(changes: readonly FrozenChange[], file: string) {
  const shown = changes.slice(0, CHANGES_SHOWN).map(({ column, was, is, first }) => {
    return `${column}: ${was === undefined ? `new, ${is}` : `${was} would be ${is}`}, first at ${formatPlace(first)}`
  })
  const left = changes.length - shown.length
  return dataError('SCHEMA_FROZEN', `the contract freeze forbids ${changes.length} of the changes`, {
    at: left === 0 ? shown : [...shown, `${left} more`],
    help: `to let them in, give those fields of ${file} the contract evolve; to go on without, discard-value or discard-row`,
    details: { frozen: changes },
  })
}

const CHANGES_SHOWN = 10
