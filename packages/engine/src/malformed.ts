import { dataError, type FletchingError } from '@fletching/columns/errors'
import { describeMalformed } from '@fletching/ndjson'
import { type Accounting, sum } from './accounting.ts'
import type { Reject } from './morsel.ts'
import type { RunOptions } from './options.ts'

/** The error for the first malformed line under `--on-malformed fail`; the line itself is shown only when asked for. */
export function malformedError(line: Reject, showData: boolean): FletchingError {
  return dataError('MALFORMED_JSON', describeMalformed(line.code), {
    at: `${line.object} line ${line.line}, byte ${line.byteOffset + (line.errorOffset ?? 0)} of the uncompressed object`,
    help: [
      ...(showData && line.text !== undefined ? excerpt(line.text, line.errorOffset ?? 0) : []),
      'nothing was written; --on-malformed quarantine sets such lines apart and goes on',
    ],
    details: { object: line.object, line: line.line, byteOffset: line.byteOffset, code: line.code },
  })
}

/**
 * Holds the malformed lines against a limit in lines, while reading.
 *
 * - Errors: TOO_MANY_MALFORMED (data).
 */
export function assertMalformedCount(count: number, max: RunOptions['malformedMax']): void {
  if (max === undefined || !('lines' in max) || count <= max.lines) return
  throw tooMany(`more than ${max.lines} lines are malformed`, [])
}

/**
 * Holds the malformed lines against a limit in percent of all lines, once all are known.
 *
 * - Errors: TOO_MANY_MALFORMED (data).
 */
export function assertMalformedShare({ lines, malformed }: Accounting, max: RunOptions['malformedMax']): void {
  if (max === undefined || !('percent' in max)) return
  const count = sum(malformed)
  // In doubles, 0.57% of 10,000 is a little less than 57.
  if (count <= Number(((max.percent * lines) / 100).toPrecision(12))) return
  const codes = Object.entries(malformed).map(([code, times]) => `${times} ${code}`)
  throw tooMany(`${count} of ${lines} lines are malformed, more than ${max.percent}%`, codes)
}

function tooMany(what: string, at: string[]) {
  return dataError('TOO_MANY_MALFORMED', what, {
    at,
    help: 'nothing was written; mend the producer, or raise --max-malformed',
  })
}

/** At most 80 bytes around the fault, and a mark below it; what would move the cursor is shown as a dot. */
function excerpt(line: Uint8Array, errorOffset: number): string[] {
  const start = Math.max(0, errorOffset - 60)
  const shown = line.subarray(start, start + 80)
  const text = Array.from(shown, (byte) => (byte < 0x20 || byte > 0x7e ? '.' : String.fromCharCode(byte))).join('')
  return [text, `${' '.repeat(Math.min(errorOffset - start, text.length))}^`]
}
