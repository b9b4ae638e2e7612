import { authorError, FletchingError } from '@fletching/columns/errors'
import {
  type Imported,
  type ImportOptions,
  type ImportProgress,
  type ImportSource,
  importDataset,
  type KnownOfSource,
} from '@fletching/personalize/import'
import { readSchemaText } from '@fletching/personalize/schema-text'
import { openStore, parseLocation } from '@fletching/storage'
import { csvOfRun } from '../../csv-of-run.ts'
import { formatDuration } from '../../figures.ts'
import type { OptionValues } from '../../option-specs.ts'
import { badOption, definedOnly } from '../../options.ts'
import { ended, Interrupted } from '../../signals.ts'
import type { ToolCall } from '../../tools.ts'
import type { Voice } from '../../voice.ts'

/** `fletching personalize import` */
export async function execute({ values, voice, out, signal }: ToolCall): Promise<void> {
  const options = await importOptions(values)
  const isDry = values['dry-run'] === true
  let calls = 0
  let last: ImportProgress | undefined
  const tellProgress = progressTeller(voice)
  const done = importDataset({
    ...options,
    signal,
    known: (source) => known(source, voice),
    ...(isDry
      ? {
          onDryCall: (call) => {
            calls++
            out.write(`${JSON.stringify(call)}\n`)
          },
        }
      : {}),
    onPlan: ({ mode, why }) => voice.note(`${mode}: ${why}`),
    onProgress: (progress) => {
      last = progress
      tellProgress(progress)
    },
  })
  try {
    // Whatever it waits for, a signal ends it at once.
    const imported = await Promise.race([done, ended(signal)])
    if (imported !== undefined) tell(imported)
    else if (calls === 0) voice.note('nothing to do: this CSV is imported, or its import is under way')
  } catch (error) {
    throw error instanceof Interrupted ? new Interrupted(error.signal, leftOf(last)) : error
  }

  function tell(imported: Imported): void {
    if (imported.isReplaced) {
      voice.note('warning: the CSV was replaced while it was imported; the same command imports the new one')
    }
    out.write(out.isTTY ? importedText(imported) : `${JSON.stringify(imported)}\n`)
  }
}

export function importedText({ group, dataset, job, mode, wasThere }: Imported): string {
  const what = wasThere ? 'was imported already' : 'is imported'
  return `the CSV ${what} into the ${dataset} of ${group}, ${mode}, by ${job}\n`
}

function leftOf(last: ImportProgress | undefined): string {
  return last?.kind === 'dataset import job' && last.status !== 'NO PLACE'
    ? `the import goes on in AWS as ${last.name}; the same command goes on waiting for it`
    : 'no import job was seen yet; what was made for it stays, and the same command goes on with it'
}

/** A line where a status changes, and while it does not after one minute, two, four and so on. */
export function progressTeller(voice: Pick<Voice, 'note'>): (progress: ImportProgress) => void {
  let told = ''
  let nextMs = 60_000
  return ({ kind, name, status, passedMs }) => {
    const line = `${kind} ${name}: ${status === 'NO PLACE' ? 'waits until fewer imports are under way' : status}`
    if (line !== told) voice.note(line)
    else if (passedMs >= nextMs) voice.note(`${line}, after ${formatDuration(passedMs)}`)
    told = line
    while (nextMs <= passedMs) nextMs *= 2
  }
}

/** Of a CSV of a run; one that other files stand beside is none. */
async function known({ files }: ImportSource, voice: Voice): Promise<KnownOfSource> {
  if (files.length !== 1) return {}
  try {
    return definedOnly((await csvOfRun(files[0], await openStore(files[0].location))) ?? {})
  } catch (error) {
    if (!(error instanceof FletchingError)) throw error
    voice.note(`the manifest of the run that wrote the CSV was not looked for: ${error.code}`)
    return {}
  }
}

async function importOptions(values: OptionValues): Promise<ImportOptions> {
  const text = (name: string) => values[name] as string | undefined
  const needed = (name: string, expected: string) => {
    const value = text(name)
    if (value !== undefined && value.trim() !== '') return value
    throw authorError('MISSING_OPTION', `personalize import needs --${name}`, {
      help: `expected --${name} ${expected}`,
    })
  }
  const schema = text('schema')
  const from = parseLocation(needed('from', 's3://bucket/name.csv, or the folder around it'))
  return definedOnly({
    from,
    group: needed('dataset-group', 'NAME'),
    roleArn: needed('role', 'ARN, of the role with which Personalize reads the CSV'),
    schema: schema === undefined ? undefined : await readSchemaText(parseLocation(schema)),
    dataset: (text('dataset') ?? 'interactions') as ImportOptions['dataset'],
    domain: text('domain') as ImportOptions['domain'],
    mode: text('mode') as ImportOptions['mode'],
    timeoutMs: duration('timeout', text('timeout')),
  }) as ImportOptions
}

function duration(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const [, count, unit] = /^([1-9]\d{0,6})(s|m|h)$/.exec(text) ?? []
  if (count === undefined) throw badOption(`--${name}`, text, 'expected a time such as 90s, 30m or 6h')
  return Number(count) * (unit === 's' ? 1000 : unit === 'm' ? 60_000 : 3_600_000)
}
