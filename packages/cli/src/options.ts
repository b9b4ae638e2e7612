import { authorError, environmentError } from '@fletching/columns/errors'
import type { BookmarkOptions, RunOptions } from '@fletching/engine'
import type { ContainerLimits } from './container-limits.ts'
import type { bookmarkOptionSpecs, OptionSpec, OptionSpecs, OptionValues, runOptionSpecs } from './option-specs.ts'

/** The flags' values, and where a flag is absent that of the environment. */
export function withEnvironment(flags: OptionValues, specs: OptionSpecs, environment: NodeJS.ProcessEnv): OptionValues {
  const values: Record<string, OptionValues[string]> = {}
  for (const [name, spec] of Object.entries(specs)) {
    const variable = environmentName(name)
    const given = environment[variable]
    if (flags[name] !== undefined) values[name] = flags[name]
    else if (given !== undefined && given !== '') values[name] = fromText(variable, spec, given)
  }
  return values
}

function environmentName(option: string): string {
  return `FLETCHING_${option.toUpperCase().replaceAll('-', '_')}`
}

/** The engine's options from the command's. */
export function runOptions(values: OptionValues, limits: ContainerLimits): RunOptions {
  const text = (name: keyof typeof runOptionSpecs) => values[name] as string | undefined
  return definedOnly({
    onMalformed: text('on-malformed') as RunOptions['onMalformed'],
    malformedMax: limit('max-malformed', text('max-malformed')),
    rejectsMax: limit('max-rejects', text('max-rejects')),
    objectsMax: count('max-objects', text('max-objects')),
    inputBytesMax: byteCount('max-input-bytes', text('max-input-bytes')),
    gzipRatioMax: ratio('max-gzip-ratio', text('max-gzip-ratio')),
    redactRejects: values['redact-rejects'] as boolean | undefined,
    onEmpty: text('on-empty') as RunOptions['onEmpty'],
    writeMode: text('write-mode') as RunOptions['writeMode'],
    csv: text('csv') as RunOptions['csv'],
    exclude: values.exclude as readonly string[] | undefined,
    fromDay: day('from', text('from')),
    toDay: day('to', text('to')),
    bookmark: text('job-bookmark-option')?.replace('job-bookmark-', '') as RunOptions['bookmark'],
    bookmarkFrom: text('job-bookmark-from'),
    bookmarkTo: text('job-bookmark-to'),
    onChanged: text('on-changed') as RunOptions['onChanged'],
    filesMax: count('max-files', text('max-files')),
    bytesMax: byteCount('max-bytes', text('max-bytes')),
    rowsMax: count('max-rows', text('max-rows')),
    csvDialect: text('csv-dialect') as RunOptions['csvDialect'],
    partitionBy: columnList(text('partition-by')),
    parquetWriter: text('parquet-writer') as RunOptions['parquetWriter'],
    parquetCompression: text('parquet-compression') as RunOptions['parquetCompression'],
    rowGroupRows: count('row-group-rows', text('row-group-rows')),
    scanner: text('scanner') as RunOptions['scanner'],
    workers: count('workers', text('workers')),
    cpus: limits.cpus,
    memoryBytesMax: memoryBytesMax(text('max-memory'), limits),
    tmp: text('tmp'),
    lineBytesMax: count('max-line-bytes', text('max-line-bytes')),
    depthMax: count('max-depth', text('max-depth')),
    allowOtherFiles: values['allow-other-files'] as boolean | undefined,
    singleWriter: values['single-writer'] as boolean | undefined,
    sse: text('sse') as RunOptions['sse'],
    sseKmsKeyId: text('sse-kms-key-id'),
    storageClass: text('storage-class') as RunOptions['storageClass'],
    tags: tagList(text('tags')),
    state: text('state'),
    showData: values['show-data'] as boolean | undefined,
  })
}

/** The engine's options of a bookmark from the command's. */
export function bookmarkOptions(values: OptionValues): BookmarkOptions {
  const text = (name: keyof typeof bookmarkOptionSpecs) => values[name] as string | undefined
  return definedOnly({
    outputs: text('outputs') as BookmarkOptions['outputs'],
    partitionBy: columnList(text('partition-by')),
    exclude: values.exclude as readonly string[] | undefined,
    fromDay: day('from', text('from')),
    toDay: day('to', text('to')),
    state: text('state'),
    singleWriter: values['single-writer'] as boolean | undefined,
    sse: text('sse') as BookmarkOptions['sse'],
    sseKmsKeyId: text('sse-kms-key-id'),
  })
}

/**
 * Refuses a switch whose value says neither yes nor no, which yargs would take for no.
 *
 * - Errors: BAD_OPTION (author).
 */
export function assertSwitches(argv: readonly string[], specs: OptionSpecs): void {
  for (const token of argv) {
    const [, name, text] = /^--([^=]+)=(.*)$/s.exec(token) ?? []
    if (name === undefined || !Object.hasOwn(specs, name) || specs[name].value !== undefined) continue
    if (text !== 'true' && text !== 'false') throw badOption(`--${name}`, text, 'expected true or false')
  }
}

function fromText(variable: string, spec: OptionSpec, text: string): string | readonly string[] | boolean {
  if (spec.value === undefined) {
    if (/^(1|true|yes)$/i.test(text)) return true
    if (/^(0|false|no)$/i.test(text)) return false
    throw badOption(variable, text, 'expected true or false')
  }
  if (spec.choices !== undefined && !spec.choices.includes(text)) {
    throw badOption(variable, text, `expected one of ${spec.choices.join(', ')}`)
  }
  return spec.repeats === true ? text.split(OUTSIDE_BRACES) : text
}

/** A comma between globs, not one between the alternatives of a glob. */
const OUTSIDE_BRACES = /,(?![^{}]*\})/

/** Names with commas between; `none` is an empty list. */
export function columnList(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined
  return text === 'none' ? [] : text.split(',')
}

/** Neither a comma nor, in a key, an equals sign is one that can be written here; S3 takes no comma at all. */
function tagList(text: string | undefined): RunOptions['tags'] {
  if (text === undefined) return undefined
  const tags = new Map<string, string>()
  for (const pair of text.split(',')) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? []
    if (key === undefined || tags.has(key)) {
      throw badOption('--tags', text, 'expected pairs of different keys, such as team=growth,pii=yes')
    }
    tags.set(key, value)
  }
  return Object.fromEntries(tags)
}

/** A size such as `50MB`, `1.5GB` or a plain number of bytes; units are decimal. */
export function byteCount(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const parts = /^(\d+(?:\.\d+)?)\s*(B|kB|MB|GB)?$/i.exec(text)
  if (parts === null) throw badOption(`--${name}`, text, 'expected a size such as 500kB, 50MB or 1GB')
  const unit = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9 }[(parts[2] ?? 'B').toLowerCase()] as number
  return Math.round(Number(parts[1]) * unit)
}

/** What was asked for, else what the container allows; too little for any run is refused here, since the system would kill it on its way. */
function memoryBytesMax(text: string | undefined, { memoryBytes }: ContainerLimits): number | undefined {
  const asked = byteCount('max-memory', text)
  if (asked !== undefined && asked < MEMORY_BYTES_LEAST) {
    throw badOption('--max-memory', text ?? '', `a run needs ${MEMORY_BYTES_LEAST / 1e6}MB at least`)
  }
  if (asked !== undefined || memoryBytes === undefined || memoryBytes >= MEMORY_BYTES_LEAST) return asked ?? memoryBytes
  throw environmentError(
    'LITTLE_MEMORY',
    `a run may use ${Math.floor(memoryBytes / 1e6)}MB of this container's memory`,
    {
      help: `it needs ${MEMORY_BYTES_LEAST / 1e6}MB: give the container 128 MiB at least, or say with --max-memory that there is as much`,
      details: { memoryBytes },
    },
  )
}

/** Measured, as a container counts it: 113 MiB with 5,000 archives in S3, and less with lines of 15 MB or keys that go to a file. */
const MEMORY_BYTES_LEAST = 120e6

/** A whole number from 1, or an author error. */
export function count(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,14}$/.test(text)) throw badOption(`--${name}`, text, 'expected a whole number from 1')
  return Number(text)
}

/** A day that the calendar has, which `Date` alone is not strict about. */
export function day(name: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const midnight = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : Number.NaN)
  if (!Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(text)) return midnight
  throw badOption(`--${name}`, text, 'expected a day such as 2019-05-18')
}

function ratio(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,8}(\.\d+)?$/.test(text)) throw badOption(`--${name}`, text, 'expected a number from 1, such as 100')
  return Number(text)
}

function limit(name: string, text: string | undefined): RunOptions['malformedMax'] {
  if (text === undefined) return undefined
  const percent = /^(\d{1,3}(?:\.\d+)?)%$/.exec(text)
  if (percent !== null && Number(percent[1]) <= 100) return { percent: Number(percent[1]) }
  if (/^\d{1,15}$/.test(text)) return { lines: Number(text) }
  throw badOption(`--${name}`, text, 'expected a number of lines such as 100, or a share of them such as 0.1%')
}

export function badOption(name: string, text: string, expected: string) {
  return authorError('BAD_OPTION', `${name} got "${text}"`, { help: expected })
}

export function definedOnly<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
}
