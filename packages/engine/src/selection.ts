import { dataError } from '@fletching/columns/errors'
import type { ObjectInfo } from '@fletching/storage'
import type { Bookmark } from './bookmark.ts'
import { firstNames } from './first-names.ts'
import type { RunOptions } from './options.ts'

/**
 * Decides about the objects of a listing, one by one.
 *
 * - Errors: OBJECT_CHANGED_SINCE (data), from `assertUnchanged`, with the first objects that were read in another version, unless a policy says
 *   what becomes of them.
 */
export class Selection {
  readonly #bookmark: Bookmark
  readonly #onChanged: NonNullable<RunOptions['onChanged']>
  readonly #changed: string[] = []
  #changedCount = 0
  #skippedCount = 0

  constructor(bookmark: Bookmark, { onChanged = 'fail' }: RunOptions) {
    this.#bookmark = bookmark
    this.#onChanged = onChanged
  }

  /** Why an object is not to be read; undefined for one that is. */
  reasonToSkip(object: ObjectInfo): string | undefined {
    const { known, again } = this.#bookmark
    const found = known.find(object)
    if (again !== undefined && (found === undefined || found.run < again.first || found.run > again.last)) {
      return this.#skip('not read by those runs')
    }
    if (found === undefined) return undefined
    if (!found.isSame) return this.#skipChanged(object.name)
    return again === undefined ? this.#skip('read by an earlier run') : undefined
  }

  /** Whether there were objects that are not to be read. */
  get hasSkipped(): boolean {
    return this.#skippedCount > 0
  }

  assertUnchanged(): void {
    if (this.#onChanged !== 'fail' || this.#changedCount === 0) return
    throw dataError(
      'OBJECT_CHANGED_SINCE',
      `an earlier run read another version of ${this.#changedCount} of the objects`,
      {
        at: firstNames(this.#changed, this.#changedCount),
        help: [
          'nothing was read or written: the outputs hold the rows of the old versions',
          '--on-changed reprocess reads them again, which adds their rows to those of the old versions; --on-changed skip leaves them out',
          'where their content is the same, as after a copy, fletching bookmark set-to-now takes all that is in the input now for read, new objects too',
        ],
      },
    )
  }

  #skipChanged(name: string): string | undefined {
    if (this.#onChanged === 'reprocess') return undefined
    this.#changedCount++
    if (this.#changed.length < NAMES_MAX) this.#changed.push(name)
    return this.#skip('changed since an earlier run read it')
  }

  #skip(reason: string): string {
    this.#skippedCount++
    return reason
  }
}

const NAMES_MAX = 5
