import type { CsvDialect } from '@fletching/csv'
import type { ScannerKind } from '@fletching/ndjson'
import type { Compression, ParquetWriterName } from '@fletching/parquet'
import type { CreateOptions, Encryption, S3Options } from '@fletching/storage'
import type { WaitingWorkers } from './waiting-workers.ts'

/** What a malformed line does: it stops the run, is counted, or is counted and kept among the rejects. */
export type MalformedPolicy = 'fail' | 'skip' | 'quarantine'

/** What a run without a single row does: it fails, writes its outputs without rows, or leaves the old outputs alone. */
export type EmptyPolicy = 'fail' | 'header' | 'skip'

/** What becomes of what is there already: it is replaced, ends the run, or stays beside what the run writes. */
export type WriteMode = 'replace' | 'error-if-exists' | 'append'

/** What the one CSV of a run that appends holds: the rows of all runs, or those of this run alone. */
export type CsvRows = 'full' | 'increment'

/** Whether a run reads its whole input, or only what no run has read; or that without being counted as one that has. */
export type BookmarkOption = 'enable' | 'disable' | 'pause'

/** What becomes of an object that an earlier run read in another version: it stops the run, is read again, or is left out. */
export type ChangedPolicy = 'fail' | 'reprocess' | 'skip'

export interface Progress {
  readonly objects: number
  readonly objectsTotal: number
  /** As stored. */
  readonly bytes: number
  readonly bytesTotal: number
  readonly rows: number
}

export interface RunOptions {
  /** Default `fail`. */
  readonly onMalformed?: MalformedPolicy
  /**
   * More malformed lines fail the run as soon as they are met, or a larger share of all lines once all are known: the same share may come from
   * the first object alone, and the verdict would depend on where the run has got to. No limit by default.
   */
  readonly malformedMax?: { readonly lines: number } | { readonly percent: number }
  /** The same for all lines of which no row could be made although they were wanted: those set aside, and malformed ones. No limit by default. */
  readonly rejectsMax?: RunOptions['malformedMax']
  /** More input objects fail the run before anything is read; no limit by default. */
  readonly objectsMax?: number
  /** More stored bytes of input fail the run, before anything is read where their number is known; no limit by default. */
  readonly inputBytesMax?: number
  /**
   * A compressed object fails the run when more comes out of it than its stored size times this, from 1 MiB on; at least 1, and no limit by default.
   */
  readonly gzipRatioMax?: number
  /** Keep only where a rejected line stood and why, and not the line itself. */
  readonly redactRejects?: boolean
  /** Default `fail`. */
  readonly onEmpty?: EmptyPolicy
  /** Default `replace`; with a bookmark it is `append`, and nothing else may be given. */
  readonly writeMode?: WriteMode
  /** Must be given when a run with a CSV appends, and only then. */
  readonly csv?: CsvRows
  /** Globs of input objects to leave out. */
  readonly exclude?: readonly string[]
  /**
   * The first and the last received day, in UTC, of Segment's folders that are read, with a day of slack on both sides; an object whose key has no
   * such day is read. Every day by default.
   */
  readonly fromDay?: Date
  readonly toDay?: Date
  /** Default `disable`. */
  readonly bookmark?: BookmarkOption
  /**
   * The runs whose objects are read again, with `pause`: those behind the first up to the second.
   */
  readonly bookmarkFrom?: string
  readonly bookmarkTo?: string
  /** With a bookmark. Default `fail`. */
  readonly onChanged?: ChangedPolicy
  /** With a bookmark: read at most so many objects, and leave the others to the next run. */
  readonly filesMax?: number
  /** With a bookmark: read objects up to so many stored bytes, at least one, and leave the others to the next run. */
  readonly bytesMax?: number
  /** With a bookmark: read until so many rows have come, to the end of the unit of objects that is being read, and leave the others to the next run. */
  readonly rowsMax?: number
  /** The dialect of every CSV, instead of the job's. */
  readonly csvDialect?: CsvDialect
  /** The columns that name the folders of every Parquet table, instead of the job's; an empty list for one file. */
  readonly partitionBy?: readonly string[]
  /** Default `fletching`, and `parquet-wasm` for a compression that it has not. */
  readonly parquetWriter?: ParquetWriterName
  /** Default `snappy`. */
  readonly parquetCompression?: Compression
  /** Default 131,072. */
  readonly rowGroupRows?: number
  /** Default 16 MiB, at most 64 MiB. */
  readonly lineBytesMax?: number
  /** Objects and lists of a line within each other, from 1 to 1000; a deeper line is malformed. Default 1000. */
  readonly depthMax?: number
  /** Who reads the lines; the results are the same. Default `wasm`, and `ts` where that cannot run. */
  readonly scanner?: ScannerKind
  /** Threads that read and scan. Default: one for each CPU, and one alone for a small input. */
  readonly workers?: number
  /** Threads that were started before the run, which takes of them what it needs and ends the others. Default: they are started when their number is known. */
  readonly waitingWorkers?: WaitingWorkers
  /** CPUs that this process may use. Default: what the system says, which may not know of a container's limit. */
  readonly cpus?: number
  /** Fewer workers, and less that waits in memory, where the run would need more than so many bytes. No limit by default. */
  readonly memoryBytesMax?: number
  /** A folder for what has to wait and has no room in memory. Default: the system's for temporary files. */
  readonly tmp?: string
  /** How S3 encrypts every object that the run writes, its state too. Default: as the bucket says. */
  readonly sse?: Encryption['kind']
  /** The key, under `aws:kms` and `aws:kms:dsse`. Default: Amazon's own of the account. */
  readonly sseKmsKeyId?: string
  /** Of the outputs in S3, not of the state. Default: the bucket's. */
  readonly storageClass?: NonNullable<CreateOptions['storageClass']>
  /** Of the outputs in S3, not of the state. */
  readonly tags?: Readonly<Record<string, string>>
  /** Where manifest and rejects live, instead of beside the first output. */
  readonly state?: string
  /** The file to which the caller will write the report: refused where it lies in the input or in an output. */
  readonly report?: string
  /** Go on although an output folder holds files that no run of the job wrote. */
  readonly allowOtherFiles?: boolean
  /** No other run of this job on this output is under way: it may live where two cannot be kept apart. */
  readonly singleWriter?: boolean
  /** How to reach S3, and for how long to try, where the environment does not say. */
  readonly s3?: Omit<S3Options, 'encryption'>
  /** Let errors show event content. */
  readonly showData?: boolean
  /** Is told how far the reading is; first when the thread that reads has loaded its code. */
  readonly onProgress?: (progress: Progress) => void
  /** Is told, in a line, what was done for a run that had not come to its end. */
  readonly onNote?: (text: string) => void
  /** Ends the run before it shows anything. */
  readonly signal?: AbortSignal
}
