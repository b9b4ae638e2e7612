import { dataError, type FletchingError } from '@fletching/columns/errors'
import { DEPTH_MAX, describeMalformed, LINE_BYTES_MAX, lineLimits } from '@fletching/ndjson'
import type { Reject } from './morsel.ts'
import type { RunOptions } from './options.ts'

/** The error for the first malformed line under `--on-malformed fail`; the line itself is shown only when asked for. */
export function malformedError(
  line: Reject,
  options: Pick<RunOptions, 'lineBytesMax' | 'depthMax' | 'showData'>,
): FletchingError {
  const { showData = false } = options
  const { lineBytesMax, depthMax } = lineLimits(options)
  return dataError('MALFORMED_JSON', describeMalformed(line.code, options), {
    at: `${line.object} line ${line.line}, byte ${line.byteOffset + (line.errorOffset ?? 0)} of the uncompressed object`,
    help: [
      ...(showData && line.text !== undefined ? excerpt(line.text, line.errorOffset ?? 0) : []),
      'nothing was written; --on-malformed quarantine sets such lines apart and goes on',
      ...(line.code === 'TOO_DEEP' && depthMax < DEPTH_MAX
        ? [`--max-depth, up to ${DEPTH_MAX}, takes deeper ones`]
        : []),
      ...(line.code === 'LINE_TOO_LONG' && lineBytesMax < LINE_BYTES_MAX
        ? [`--max-line-bytes, up to ${LINE_BYTES_MAX}, takes longer ones`]
        : []),
    ],
    details: { object: line.object, line: line.line, byteOffset: line.byteOffset, code: line.code },
  })
}

/** At most 80 bytes around the fault, and a mark below it; what would move the cursor is shown as a dot. */
function excerpt(line: Uint8Array, errorOffset: number): string[] {
  const start = Math.max(0, errorOffset - 60)
  const shown = line.subarray(start, start + 80)
  const text = Array.from(shown, (byte) => (byte < 0x20 || byte > 0x7e ? '.' : String.fromCharCode(byte))).join('')
  return [text, `${' '.repeat(Math.min(errorOffset - start, text.length))}^`]
}
