import { type HashSecret, halfSipHash, newSecret } from './half-sip-hash.ts'
import { KeyParts } from './key-parts.ts'
import { KeyTable } from './key-table.ts'
import type { Keys } from './keys.ts'
import { partOf, Verdict, VerdictParts } from './verdict-parts.ts'

export interface DistinctOptions {
  /** For keys; beside it there is a buffer of 64 KiB for each of sixteen parts. */
  readonly bytesMax: number
  /** A folder for keys that have no room. */
  readonly tmp: string | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Tells of keys, in their order, which repeat an earlier one. It is exact: keys are compared whole, in memory and on disk.
 *
 * Keys are taken into a table while there is room. From then on a key that is in the table is a repeat, and any other goes to one of sixteen
 * parts on disk, chosen by its hash, with its verdict left open. `settle` decides each part on its own, in the same way: equal keys are in
 * the same part, and in their order. So a key is never looked up on disk, which is written and read in blocks; a part that is too large parts again.
 *
 * Verdicts are asked for in the order of the keys, and lie in each part in that order, so no key needs a number.
 *
 * - Memory: `bytesMax`; on disk, the keys that had no room, once more for each level, and a byte for each.
 * - Errors: SPILL (environment) when there is no room on disk.
 */
export class Distinct {
  readonly #options: DistinctOptions
  readonly #table: KeyTable
  readonly #secret: HashSecret
  readonly #level: number
  readonly #keys: KeyParts
  readonly #verdicts: VerdictParts

  constructor(options: DistinctOptions, parent?: Distinct) {
    this.#options = options
    this.#table = parent === undefined ? new KeyTable(options.bytesMax) : parent.#table
    this.#secret = parent === undefined ? newSecret() : parent.#secret
    this.#level = parent === undefined ? 0 : parent.#level + 1
    this.#keys = new KeyParts(options.tmp)
    this.#verdicts = new VerdictParts(options.tmp)
  }

  /** Whether any verdict was left open. */
  get hasLater(): boolean {
    return !this.#keys.isEmpty
  }

  /** A verdict for each key: `first`, `repeated`, or `later` and the number of the key's part. */
  async decide(keys: Keys): Promise<Uint8Array> {
    const verdicts = new Uint8Array(keys.starts.length)
    const { slots, parts } = halfSipHash(keys, this.#secret)
    for (let key = 0; key < verdicts.length; key++) {
      const added = this.#table.add(keys, key, slots[key])
      if (added === 'known') verdicts[key] = Verdict.repeated
      else if (added === 'noRoom') {
        const number = partOf(parts[key], this.#level)
        verdicts[key] = Verdict.later + number
        this.#keys.add(number, keys, key)
      }
    }
    await this.#keys.flush()
    return verdicts
  }

  /** Decides what was left open; to be called after the last key. */
  async settle(): Promise<void> {
    for (const number of this.#keys.numbers) {
      await this.#keys.end(number)
      this.#table.clear()
      await this.#settlePart(number)
    }
  }

  /** Puts the verdicts that were left open into their places, once they are settled; each is asked for once, in the order of the keys. */
  async fill(verdicts: Uint8Array): Promise<void> {
    await this.#verdicts.fill(verdicts)
  }

  /** Leaves no file. */
  async close(): Promise<void> {
    await this.#keys.close()
    await this.#verdicts.close()
  }

  async #settlePart(number: number): Promise<void> {
    const child = new Distinct(this.#options, this)
    try {
      for await (const keys of this.#keys.read(number)) {
        this.#options.signal?.throwIfAborted()
        await this.#verdicts.add(number, await child.decide(keys))
      }
      if (!child.hasLater) return
      await child.settle()
      await this.#verdicts.change(number, (verdicts) => child.fill(verdicts))
    } finally {
      await child.close()
    }
  }
}
