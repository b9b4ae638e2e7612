import { authorError } from '@fletching/columns/errors'

/** Beyond which a line is malformed, whatever is in it. */
export interface LineLimits {
  /** Bytes of a line: up to 64 MiB. Default 16 MiB. */
  readonly lineBytesMax: number
  /** Objects and arrays of a line that may be open at once, its own object among them: from 1 to 1000. Default 1000. */
  readonly depthMax: number
}

/** The deepest that a line may ever be nested, and the default. */
export const DEPTH_MAX = 1000

/** The longest that a line may ever be: among the rejects it is one text, in which a byte can take six characters, and a text has a greatest length. */
export const LINE_BYTES_MAX = 64 * 1024 * 1024

/**
 * The limits, with the defaults for those that are not given.
 *
 * - Errors: BAD_OPTION (author) for a depth that is no whole number from 1 to 1000, and for more bytes than 64 MiB.
 *
 * @example
 * ```ts
 * assert.deepEqual(lineLimits({ depthMax: 8 }), { lineBytesMax: 16_777_216, depthMax: 8 })
 * ```
 */
export function lineLimits({ lineBytesMax = 16 * 1024 * 1024, depthMax = DEPTH_MAX }: Partial<LineLimits>): LineLimits {
  if (!Number.isInteger(depthMax) || depthMax < 1 || depthMax > DEPTH_MAX) {
    throw authorError('BAD_OPTION', `lines cannot be limited to a depth of ${depthMax}`, {
      help: `--max-depth takes a whole number from 1 to ${DEPTH_MAX}`,
    })
  }
  if (lineBytesMax > LINE_BYTES_MAX) {
    throw authorError('BAD_OPTION', `lines of ${lineBytesMax} bytes are longer than can be handled`, {
      help: `--max-line-bytes takes at most ${LINE_BYTES_MAX}`,
    })
  }
  return { lineBytesMax, depthMax }
}
