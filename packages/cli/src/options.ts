import { authorError } from '@fletching/columns/errors'
import type { BookmarkOptions, RunOptions } from '@fletching/engine'
import { csvDialects } from '@fletching/plan'
import { encryptionKinds, storageClasses } from '@fletching/storage'
import type { ContainerLimits } from './container-limits.ts'

/** An option of a command; `--on-empty` is also read from FLETCHING_ON_EMPTY, the flag wins. */
export interface OptionSpec {
  readonly describe: string
  /** What `--help` calls the value; undefined makes a switch. */
  readonly value: string | undefined
  readonly choices?: readonly string[]
  readonly repeats?: boolean
}

/** Every option of `run`, in the order of `--help`. */
export const runOptionSpecs = {
  'on-malformed': {
    describe:
      'what a line that is not JSON does: stop the run (the default), be counted, or be counted and kept in the rejects',
    value: 'POLICY',
    choices: ['fail', 'skip', 'quarantine'],
  },
  'max-malformed': {
    describe: 'fail beyond so many malformed lines, under skip and quarantine; no limit by default',
    value: 'N or P%',
  },
  'max-objects': { describe: 'fail before reading when the input has more objects; no limit by default', value: 'N' },
  'max-input-bytes': {
    describe: 'fail before reading when the input has more stored bytes; no limit by default',
    value: 'SIZE',
  },
  'max-gzip-ratio': {
    describe:
      'fail when more comes out of a compressed object than its stored size so many times, from 1 MiB on; no limit by default',
    value: 'N',
  },
  'redact-rejects': {
    describe: 'keep in the rejects where each line stood and why, and not the line itself',
    value: undefined,
  },
  'on-empty': {
    describe:
      'when no row came out: fail (the default), write a CSV with its header alone, or leave the old outputs, with --csv increment the CSV of an earlier run',
    value: 'POLICY',
    choices: ['fail', 'header', 'skip'],
  },
  'write-mode': {
    describe:
      'what is there already: replace it (the default), end the run before anything is read, or append to the Parquet table',
    value: 'MODE',
    choices: ['replace', 'error-if-exists', 'append'],
  },
  csv: {
    describe:
      'what the CSV holds when the table is appended to: full, the rows of all runs, read from the table; or increment, those of this run alone',
    value: 'ROWS',
    choices: ['full', 'increment'],
  },
  exclude: { describe: 'leave out input objects that match; may be repeated', value: 'GLOB', repeats: true },
  from: {
    describe: "leave out Segment's folders of received days before this one, but for the day before it",
    value: 'YYYY-MM-DD',
  },
  to: {
    describe: "leave out Segment's folders of received days after this one, but for the day after it",
    value: 'YYYY-MM-DD',
  },
  'job-bookmark-option': {
    describe:
      'read the whole input (the default), read only objects that no run on these outputs has read, or that without moving the bookmark',
    value: 'OPTION',
    choices: ['job-bookmark-disable', 'job-bookmark-enable', 'job-bookmark-pause'],
  },
  'job-bookmark-from': {
    describe: 'with job-bookmark-pause: read again what the runs behind this one read, up to --job-bookmark-to',
    value: 'RUN',
  },
  'job-bookmark-to': { describe: 'with job-bookmark-pause: the last run whose objects are read again', value: 'RUN' },
  'on-changed': {
    describe:
      'with a bookmark: an object that was read in another version stops the run (the default), is read again, or is left out',
    value: 'POLICY',
    choices: ['fail', 'reprocess', 'skip'],
  },
  'max-files': { describe: 'with a bookmark: read so many objects, and leave the others to the next run', value: 'N' },
  'max-bytes': {
    describe: 'with a bookmark: read objects up to so many stored bytes, and leave the others to the next run',
    value: 'SIZE',
  },
  'max-rows': {
    describe:
      'with a bookmark: stop between objects once so many rows have come, and leave the others to the next run; small objects are read in groups of up to 256 objects or 1 MiB, so that more rows may come',
    value: 'N',
  },
  'csv-dialect': {
    describe: "how the CSV is quoted and ended; the job's own by default",
    value: 'DIALECT',
    choices: csvDialects,
  },
  'partition-by': {
    describe:
      "columns whose values become folders of the Parquet table, with commas between, or none; the job's own by default",
    value: 'COLUMNS',
  },
  'parquet-writer': {
    describe: 'who encodes Parquet; fletching by default, and parquet-wasm for zstd and gzip',
    value: 'NAME',
    choices: ['fletching', 'parquet-wasm', 'parquetjs-lite'],
  },
  'parquet-compression': {
    describe: 'how Parquet pages are compressed; snappy by default',
    value: 'CODEC',
    choices: ['snappy', 'zstd', 'gzip', 'none'],
  },
  'row-group-rows': { describe: 'rows of a Parquet row group; 131072 by default', value: 'N' },
  scanner: {
    describe: 'who reads the lines, with the same results: wasm, the default, or ts',
    value: 'NAME',
    choices: ['wasm', 'ts'],
  },
  workers: { describe: 'threads that read and scan; one for each CPU of the container by default', value: 'N' },
  'max-memory': {
    describe: 'stay within so much memory, with fewer workers; what the container may use by default',
    value: 'SIZE',
  },
  tmp: { describe: 'a folder for what has no room in memory', value: 'FOLDER' },
  'max-line-bytes': { describe: 'a line of more bytes is malformed; 16777216 (16 MiB) by default', value: 'N' },
  'allow-other-files': {
    describe: 'go on although the output folders hold files that no run of the job wrote',
    value: undefined,
  },
  'single-writer': {
    describe:
      'no other run of this job on this output is under way: needed where the state lives in a store without conditional writes',
    value: undefined,
  },
  sse: {
    describe: 'how S3 encrypts every object that the run writes; as the bucket says by default',
    value: 'KIND',
    choices: encryptionKinds,
  },
  'sse-kms-key-id': {
    describe: "the key, with --sse aws:kms or aws:kms:dsse; Amazon's own of the account by default",
    value: 'ID',
  },
  'storage-class': {
    describe: "where S3 keeps the outputs, not the state; the bucket's by default",
    value: 'CLASS',
    choices: storageClasses,
  },
  tags: { describe: 'tags that the outputs have in S3, with commas between', value: 'KEY=VALUE' },
  state: { describe: 'where manifests and rejects live; beside the CSV folder by default', value: 'LOCATION' },
  report: { describe: 'write the report as JSON to a file', value: 'FILE' },
  'show-data': { describe: 'let error messages show event content', value: undefined },
} satisfies Record<string, OptionSpec>

/** Every option of `run` but these. */
function runOptionsBut<N extends keyof typeof runOptionSpecs>(...names: readonly N[]): Omit<typeof runOptionSpecs, N> {
  const left: ReadonlySet<string> = new Set(names)
  return Object.fromEntries(Object.entries(runOptionSpecs).filter(([name]) => !left.has(name))) as never
}

/** Every option of `explain`. */
export const explainOptionSpecs = {
  analyze: {
    describe: 'also read the whole input, write nothing, and print rows, bytes and time of every operator',
    value: undefined,
  },
  // Those that have a meaning where nothing is written.
  ...runOptionsBut(
    'redact-rejects',
    'on-empty',
    'write-mode',
    'csv',
    'allow-other-files',
    'single-writer',
    'sse',
    'sse-kms-key-id',
    'storage-class',
    'tags',
    'state',
    'report',
    'job-bookmark-option',
    'job-bookmark-from',
    'job-bookmark-to',
    'on-changed',
    'max-files',
    'max-bytes',
    'max-rows',
  ),
} satisfies Record<string, OptionSpec>

const {
  state,
  'single-writer': singleWriter,
  'partition-by': partitionBy,
  exclude,
  from,
  to,
  sse,
  'sse-kms-key-id': sseKmsKeyId,
} = runOptionSpecs

/** Every option of `bookmark`. */
export const bookmarkOptionSpecs = {
  outputs: {
    describe: 'what becomes of the Parquet files with the rows of runs that are forgotten: they stay, or are removed',
    value: 'POLICY',
    choices: ['keep', 'remove'],
  },
  'partition-by': partitionBy,
  exclude,
  from,
  to,
  state,
  'single-writer': singleWriter,
  sse,
  'sse-kms-key-id': sseKmsKeyId,
} satisfies Record<string, OptionSpec>

/** Every option of `gen`. */
export const genOptionSpecs = {
  to: { describe: 'where the events go: a folder, local or s3://', value: 'LOCATION' },
  seed: { describe: 'the same seed gives the same bytes; 1 by default', value: 'N' },
  bytes: { describe: 'JSON in all, such as 50MB or 1GB; 10,000 events by default', value: 'SIZE' },
  days: { describe: 'received days to spread the events over; 3 by default', value: 'N' },
  'first-day': { describe: 'the first received day; 2019-05-18 by default', value: 'YYYY-MM-DD' },
  traps: { describe: 'share of lines that are hard to read, from 0 to 1; 0.01 by default', value: 'SHARE' },
  malformed: { describe: 'let malformed lines be among the traps', value: undefined },
  plain: { describe: 'do not compress', value: undefined },
} satisfies Record<string, OptionSpec>

export type OptionSpecs = Readonly<Record<string, OptionSpec>>
export type OptionValues = Readonly<Record<string, string | readonly string[] | boolean | undefined>>

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
    memoryBytesMax: byteCount('max-memory', text('max-memory')) ?? limits.memoryBytes,
    tmp: text('tmp'),
    lineBytesMax: count('max-line-bytes', text('max-line-bytes')),
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

function columnList(text: string | undefined): readonly string[] | undefined {
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

/** A whole number from 1, or an author error. */
export function count(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,14}$/.test(text)) throw badOption(`--${name}`, text, 'expected a whole number from 1')
  return Number(text)
}

/** A day that the calendar has, which `Date` alone is not strict about. */
function day(name: string, text: string | undefined): Date | undefined {
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
