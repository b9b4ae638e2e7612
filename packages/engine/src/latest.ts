import type { DistinctOptions } from './distinct.ts'
import { type HashSecret, halfSipHash, newSecret } from './half-sip-hash.ts'
import { KeyParts } from './key-parts.ts'
import { KeyTable } from './key-table.ts'
import type { Keys } from './keys.ts'
import { isBehind } from './order-words.ts'
import { LEVELS, partOf, Verdict, VerdictParts } from './verdict-parts.ts'

/**
 * Tells of keys, in their order, which is the last of its like. It is exact: keys are compared whole.
 *
 * What is last is known behind the last key alone, so every verdict is left open. Keys go with the words of their order to one of sixteen parts on disk, by
 * their hash; equal keys are in the same part, and in their order. `settle` reads each part twice: once to learn in a table which is the last
 * of each key, once to write a verdict for every key. A part whose keys have no room in the table parts again.
 *
 * - Memory: `bytesMax`; on disk, the keys, once more for each level, and a byte for each.
 * - Errors: SPILL (environment) when there is no room on disk.
 */
export class Latest {
  readonly #options: DistinctOptions
  readonly #table: KeyTable
  readonly #secret: HashSecret
  readonly #level: number
  readonly #keys: KeyParts
  readonly #verdicts: VerdictParts

  constructor(options: DistinctOptions, parent?: Latest) {
    this.#options = options
    this.#table = parent === undefined ? new KeyTable(options.bytesMax, OWN_WORDS) : parent.#table
    this.#secret = parent === undefined ? newSecret() : parent.#secret
    this.#level = parent === undefined ? 0 : parent.#level + 1
    this.#keys = new KeyParts(options.tmp)
    this.#verdicts = new VerdictParts(options.tmp)
  }

  /** Whether any verdict was left open: all are. */
  get hasLater(): boolean {
    return !this.#keys.isEmpty
  }

  /** For each key `later` and the number of its part. Without orders, a later key comes behind an earlier one. */
  async decide(keys: Keys, orders: Int32Array = new Int32Array(2 * keys.starts.length)): Promise<Uint8Array> {
    return this.#part(keys, recordsOf(keys, orders))
  }

  /** Finds every verdict; to be called after the last key. */
  async settle(): Promise<void> {
    for (const number of this.#keys.numbers) {
      await this.#keys.end(number)
      // Bits of the hash run out before the table of a part this small has no room, unless somebody knew the secret.
      const table = this.#level < LEVELS - 1 ? this.#table : new KeyTable(Number.POSITIVE_INFINITY, OWN_WORDS)
      table.clear()
      if (await this.#learn(number, table)) await this.#tell(number, table)
      else await this.#divide(number)
    }
  }

  /** Puts the verdicts into their places; each is asked for once, in the order of the keys. */
  async fill(verdicts: Uint8Array): Promise<void> {
    await this.#verdicts.fill(verdicts)
  }

  /** Leaves no file. */
  async close(): Promise<void> {
    await this.#keys.close()
    await this.#verdicts.close()
  }

  async #part(keys: Keys, records: Keys): Promise<Uint8Array> {
    const verdicts = new Uint8Array(keys.starts.length)
    const { parts } = halfSipHash(keys, this.#secret)
    for (let key = 0; key < verdicts.length; key++) {
      const number = partOf(parts[key], this.#level)
      verdicts[key] = Verdict.later + number
      this.#keys.add(number, records, key)
    }
    await this.#keys.flush()
    return verdicts
  }

  /** Finds the last of each key of a part; false when they have no room. */
  async #learn(number: number, table: KeyTable): Promise<boolean> {
    let place = 0
    for await (const { records, keys, slots } of this.#read(number)) {
      for (let key = 0; key < slots.length; key++, place++) {
        const added = table.add(keys, key, slots[key])
        if (added === 'noRoom') return false
        const high = records.words[records.starts[key]]
        const low = records.words[records.starts[key] + 1]
        if (added === 'known' && !isBehind(high, low, table.own(0), table.own(1))) continue
        table.setOwn(0, high)
        table.setOwn(1, low)
        table.setOwn(2, place)
      }
    }
    return true
  }

  async #tell(number: number, table: KeyTable): Promise<void> {
    let place = 0
    for await (const { keys, slots } of this.#read(number)) {
      const verdicts = new Uint8Array(slots.length)
      for (let key = 0; key < slots.length; key++, place++) {
        table.add(keys, key, slots[key])
        verdicts[key] = table.own(2) === (place | 0) ? Verdict.first : Verdict.repeated
      }
      await this.#verdicts.add(number, verdicts)
    }
  }

  /** The keys of a part as they waited and by themselves, with their slots in a table. */
  async *#read(number: number): AsyncGenerator<{ records: Keys; keys: Keys; slots: Int32Array }> {
    for await (const records of this.#keys.read(number)) {
      this.#options.signal?.throwIfAborted()
      const keys = keysOfRecords(records)
      yield { records, keys, slots: halfSipHash(keys, this.#secret).slots }
    }
  }

  async #divide(number: number): Promise<void> {
    const child = new Latest(this.#options, this)
    try {
      for await (const records of this.#keys.read(number)) {
        this.#options.signal?.throwIfAborted()
        await this.#verdicts.add(number, await child.#part(keysOfRecords(records), records))
      }
      await child.settle()
      await this.#verdicts.change(number, (verdicts) => child.fill(verdicts))
    } finally {
      await child.close()
    }
  }
}

/** Keys as they wait: the words of the order, and those of the key. */
function recordsOf({ words, starts, lengths }: Keys, orders: Int32Array): Keys {
  const records = new Int32Array(words.length + orders.length)
  const recordStarts = new Int32Array(starts.length)
  let at = 0
  for (let key = 0; key < starts.length; key++) {
    recordStarts[key] = at
    records[at] = orders[2 * key]
    records[at + 1] = orders[2 * key + 1]
    records.set(words.subarray(starts[key], starts[key] + lengths[key]), at + ORDER_WORDS)
    at += ORDER_WORDS + lengths[key]
  }
  return { words: records, starts: recordStarts, lengths: lengths.map((length) => length + ORDER_WORDS) }
}

function keysOfRecords({ words, starts, lengths }: Keys): Keys {
  return {
    words,
    starts: starts.map((start) => start + ORDER_WORDS),
    lengths: lengths.map((length) => length - ORDER_WORDS),
  }
}

const ORDER_WORDS = 2
/** Of the last of a key, the order and the place in its part. */
const OWN_WORDS = 3
