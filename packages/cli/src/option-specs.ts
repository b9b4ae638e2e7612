import { csvDialects } from '@fletching/plan'
import { encryptionKinds, storageClasses } from '@fletching/storage'

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
  'max-rejects': {
    describe: 'fail beyond so many lines that are malformed or set aside; no limit by default',
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
      'with a bookmark: stop between objects once so many rows have come, and leave the others to the next run; small objects are read in groups of up to 256 objects or a 64th part of the input, so that more rows may come',
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
    describe:
      'stay within so much memory, 120MB at least, with fewer workers; nine tenths of what the container may use by default',
    value: 'SIZE',
  },
  tmp: { describe: 'a folder for what has no room in memory', value: 'FOLDER' },
  'max-line-bytes': {
    describe: 'a line of more bytes is malformed; 16777216 (16 MiB) by default, 67108864 at most',
    value: 'N',
  },
  'max-depth': {
    describe: 'a line of which more objects and lists are nested is malformed, 1 to 1000; 1000 by default',
    value: 'N',
  },
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
  state: {
    describe: 'where manifests and rejects live; by default beside the CSV folder, or that of a table without a CSV',
    value: 'LOCATION',
  },
  preflight: {
    describe:
      'look at the CSV for Personalize once it is written: tell what an import would refuse (the default), end with 3 where it would, or do not look',
    value: 'POLICY',
    choices: ['warn', 'fail', 'off'],
  },
  report: { describe: 'write the report as JSON to a file', value: 'FILE' },
  catalog: {
    describe: 'when the outputs are complete, bring the Parquet table and its partitions into the Glue Data Catalog',
    value: 'DATABASE.TABLE',
  },
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
    'preflight',
    'report',
    'catalog',
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
    describe:
      'what becomes of the Parquet files and the rejects of runs that are forgotten: they stay, or are removed; to be said where there are any',
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
  kind: {
    describe: "events of every kind, or of a shop that keeps to Segment's ecommerce spec; mixed by default",
    value: 'KIND',
    choices: ['mixed', 'ecommerce'],
  },
  traps: { describe: 'share of lines that are hard to read, from 0 to 1; 0.01 by default', value: 'SHARE' },
  malformed: { describe: 'let malformed lines be among the traps', value: undefined },
  plain: { describe: 'do not compress', value: undefined },
} satisfies Record<string, OptionSpec>

export type OptionSpecs = Readonly<Record<string, OptionSpec>>
export type OptionValues = Readonly<Record<string, string | readonly string[] | boolean | undefined>>
