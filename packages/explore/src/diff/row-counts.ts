import { hash } from 'node:crypto'
import { Parts } from './parts.ts'

/** Which of the two inputs a row comes from. */
export type Side = 0 | 1

/** How often a row stands in each of the two inputs. */
export interface RowCount {
  readonly hash: string
  readonly counts: readonly [number, number]
}

/** 128 bits of the SHA-256 of a row's texts, a character for each byte. */
export function rowHash(texts: readonly string[]): string {
  // Of its own: a slice of a string would keep all of it.
  return hash('sha256', JSON.stringify(texts), 'buffer').toString('latin1', 0, HASH_BYTES)
}

/**
 * Counts rows by their hashes, for both inputs.
 *
 * Hashes are taken into a table while there is room. From then on one that is in the table is counted there, and any other goes to one of 64
 * parts on disk, each of which is counted on its own, and parts again where it is too large.
 *
 * - Memory: `rowsMax` hashes for each level that is needed, of which 64 times as many rows make one more.
 * - Errors: SPILL (environment).
 */
export class RowCounts {
  readonly #rowsMax: number
  readonly #tmp: string | undefined
  readonly #level: number
  readonly #table = new Map<string, [number, number]>()
  #parts: Parts | undefined

  constructor(options: { readonly rowsMax: number; readonly tmp?: string | undefined }, level = 0) {
    this.#rowsMax = options.rowsMax
    this.#tmp = options.tmp
    this.#level = level
  }

  add(rowHash: string, side: Side): void {
    this.#add(rowHash, side === 0 ? 1 : 0, side)
  }

  /** To be awaited after every some thousand rows. */
  async settle(): Promise<void> {
    await this.#parts?.settle()
  }

  /** Every row with its counts; may be asked for again. */
  async *entries(): AsyncGenerator<RowCount> {
    for (const [rowHash, counts] of this.#table) yield { hash: rowHash, counts }
    for (let part = 0; part < (this.#parts?.count ?? 0); part++) {
      const counts = await this.#countsOf(part)
      try {
        yield* counts.entries()
      } finally {
        await counts.close()
      }
    }
  }

  async close(): Promise<void> {
    await this.#parts?.close()
  }

  #add(rowHash: string, inA: number, inB: number): void {
    const counts = this.#table.get(rowHash)
    if (counts !== undefined) {
      counts[0] += inA
      counts[1] += inB
    } else if (this.#table.size < this.#rowsMax) this.#table.set(rowHash, [inA, inB])
    else this.#spill(rowHash, inA, inB)
  }

  #spill(rowHash: string, inA: number, inB: number): void {
    this.#parts ??= new Parts(PARTS, this.#tmp)
    const record = Buffer.allocUnsafe(RECORD_BYTES)
    record.write(rowHash, 0, 'latin1')
    record[HASH_BYTES] = inA
    record[HASH_BYTES + 1] = inB
    this.#parts.append(rowHash.charCodeAt(this.#level) % PARTS, record)
  }

  async #countsOf(part: number): Promise<RowCounts> {
    const counts = new RowCounts({ rowsMax: this.#rowsMax, tmp: this.#tmp }, this.#level + 1)
    for await (const bytes of this.#parts?.read(part) ?? []) {
      for (let at = 0; at < bytes.length; at += RECORD_BYTES) {
        counts.#add(bytes.toString('latin1', at, at + HASH_BYTES), bytes[at + HASH_BYTES], bytes[at + HASH_BYTES + 1])
      }
      await counts.settle()
    }
    return counts
  }
}

const HASH_BYTES = 16
/** A hash, and for each input whether the row came from it. */
const RECORD_BYTES = HASH_BYTES + 2
const PARTS = 64
