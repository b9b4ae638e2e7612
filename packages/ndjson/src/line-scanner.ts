import { type LineLimits, lineLimits } from './line-limits.ts'
import { isBlank, LineSplitter } from './line-splitter.ts'
import { codeOf, type MalformedCode } from './malformed-code.ts'
import { buildPathTrie } from './path-trie.ts'
import { StrictScanner } from './strict-scanner.ts'

/** What is told of the lines of an object that hold something. */
export interface LineVisitor {
  /** A line that is a JSON object, valid in every byte. The bytes are good until the call returns; `bytes[end]` is an LF. */
  valid(bytes: Uint8Array, start: number, end: number): void
  malformed(code: MalformedCode): void
}

/**
 * NDJSON bytes in, validated lines out, for those who look at all that a line holds. What is malformed or blank is the same as for
 * `NdjsonDecoder`.
 *
 * - Memory: one line, up to 16 MiB or `lineBytesMax`.
 * - Errors: that of `lineLimits`.
 *
 * @example
 * ```ts
 * const lines = []
 * const scanner = new LineScanner({
 *   valid: (bytes, start, end) => lines.push(new TextDecoder().decode(bytes.subarray(start, end))),
 *   malformed: (code) => lines.push(code),
 * })
 * scanner.push(new TextEncoder().encode('{"a":1}\n\n{"a":'))
 * scanner.flush()
 * assert.deepEqual(lines, ['{"a":1}', 'UNFINISHED'])
 * ```
 */
export class LineScanner {
  readonly #splitter: LineSplitter

  constructor(visitor: LineVisitor, limits: Partial<LineLimits> = {}) {
    const { lineBytesMax, depthMax } = lineLimits(limits)
    const strict = new StrictScanner(buildPathTrie([]), depthMax)
    this.#splitter = new LineSplitter(lineBytesMax, {
      line: (bytes, start, end) => {
        const verdict = strict.scan(bytes, start, end)
        if (verdict === 0) visitor.valid(bytes, start, end)
        else if (!isBlank(bytes, start, end)) visitor.malformed(codeOf(verdict, bytes.subarray(start, end)))
      },
      tooLong: () => visitor.malformed('LINE_TOO_LONG'),
    })
  }

  /** Of the line that the visitor is told of, counted from 1 in the object. */
  get lineNumber(): number {
    return this.#splitter.lineNumber
  }

  /** Of the first byte of that line, in the object. */
  get lineOffset(): number {
    return this.#splitter.lineOffset
  }

  /** Takes the next bytes of the object; they may be used again afterwards. */
  push(bytes: Uint8Array): void {
    this.#splitter.push(bytes)
  }

  /** Ends the object, with its last line if that has no line end. */
  flush(): void {
    this.#splitter.flush()
  }
}
