import { environmentError, FletchingError } from '@fletching/columns/errors'

/** A file that is not Parquet as we write it: cut, changed, or somebody else's. */
export function badParquet(why: string, cause?: unknown): FletchingError {
  return environmentError('BAD_PARQUET', `the file cannot be read as Parquet: ${why}`, { cause })
}

/** Does what may find bytes that are not as they should be; whatever it throws says that the file is bad. */
export function reading<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof FletchingError) throw cause
    throw badParquet(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
}
