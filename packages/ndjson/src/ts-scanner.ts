import type { LineLimits } from './line-limits.ts'
import { LineSplitter } from './line-splitter.ts'
import { buildPathTrie } from './path-trie.ts'
import { BUFFER_BYTES, type LineReader, type Scanner, type ScannerCounts, type ScannerRemarks } from './scanner.ts'
import type { ScanSpec } from './spec.ts'
import { StrictScanner } from './strict-scanner.ts'

/** Gives every line to the strict scanner. */
export class TsScanner implements Scanner {
  readonly kind = 'ts'
  readonly nodes: readonly number[]
  readonly rowsWaiting = 0
  readonly #splitter: LineSplitter
  #buffer = new Uint8Array(0)

  constructor({ columns }: ScanSpec, { lineBytesMax, depthMax }: LineLimits, reader: LineReader) {
    const trie = buildPathTrie(columns.map(({ path }) => path))
    this.nodes = trie.nodes
    const strict = new StrictScanner(trie, depthMax)
    this.#splitter = new LineSplitter(lineBytesMax, {
      line: (bytes, start, end) => {
        const verdict = strict.scan(bytes, start, end)
        if (verdict === 0) reader.valid(bytes, start, end, strict.slots, 0)
        else reader.invalid(bytes, start, end, verdict, strict.errorOffset)
      },
      tooLong: (lineBytes) => reader.tooLong(lineBytes),
    })
  }

  get lineNumber(): number {
    return this.#splitter.lineNumber
  }

  get lineOffset(): number {
    return this.#splitter.lineOffset
  }

  skipTo(byteOffset: number): void {
    this.#splitter.skipTo(byteOffset)
  }

  push(bytes: Uint8Array): void {
    this.#splitter.push(bytes)
  }

  buffer(byteLength: number): Uint8Array {
    if (this.#buffer.length < byteLength) this.#buffer = new Uint8Array(Math.max(byteLength, BUFFER_BYTES))
    return this.#buffer
  }

  commit(byteLength: number): void {
    this.#splitter.push(this.#buffer.subarray(0, byteLength))
  }

  flush(): void {
    this.#splitter.flush()
  }

  giveRows(): void {}

  takeCounts(): ScannerCounts {
    return { lines: 0, blank: 0, refused: [] }
  }

  takeRemarks(): ScannerRemarks {
    return { values: [], slowLines: 0 }
  }
}
