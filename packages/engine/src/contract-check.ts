import { dataError, type FletchingError, internal } from '@fletching/columns/errors'
import { NdjsonDecoder, type Unfit } from '@fletching/ndjson'
import type { Reject } from './morsel.ts'
import type { FrozenPlan } from './physical.ts'
import { typeFound } from './type-found.ts'

/**
 * Finds out whether a line that was set aside breaks a contract that fails the run.
 *
 * A note of the scanner names the first value of a line that does not fit, and another one behind it may be frozen; so the line is read again, for
 * the frozen columns alone.
 *
 * - Cost: a decoder, and for each line that is set aside its strict reading.
 */
export class ContractCheck {
  readonly #frozen: FrozenPlan
  readonly #decoder: NdjsonDecoder

  constructor(frozen: FrozenPlan, lineBytesMax: number) {
    this.#frozen = frozen
    this.#decoder = new NdjsonDecoder(frozen.scan, { scanner: 'ts', lineBytesMax })
  }

  /** The error of a line that was set aside and holds a frozen value that does not fit; undefined for any other. */
  brokenBy({ object, line, byteOffset, stage, text }: Reject): FletchingError | undefined {
    if (stage !== 'setAside') return undefined
    if (text === undefined) throw internal(`${object} line ${line} was set aside without its text`)
    const unfit = this.#unfitOf(text)
    if (unfit === undefined) return undefined
    const { column, code } = unfit
    const { scan, declared } = this.#frozen
    const found = typeFound(text, scan.columns, unfit)
    return dataError('CONTRACT_BROKEN', `${column} is frozen as ${declared[column]}, and a line holds ${found}`, {
      at: `${object} line ${line}, byte ${byteOffset} of the uncompressed object`,
      help: [
        'nothing was written; have the producer mend the line, or leave the object out with --exclude',
        'another contract in the schema would go on: evolve or discard-row sets such lines aside, discard-value takes the value for null',
      ],
      details: { object, line, byteOffset, column, code },
    })
  }

  #unfitOf(text: Uint8Array): Unfit | undefined {
    const batches = [...this.#decoder.push(text), ...this.#decoder.push(LINE_END), ...this.#decoder.flush()]
    return batches.flatMap((batch) => batch.unfit)[0]
  }
}

const LINE_END = Uint8Array.of(0x0a)
