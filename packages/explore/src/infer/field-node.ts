import { type Kind, kindNumber, kinds, type Place } from './kinds.ts'

/** Why a value is held as JSON text, and nothing is known of what lies below it. */
export type Opaque = 'keys' | 'depth' | 'declared'

/** What stood at one place of many events: how often, of which kinds, and what lay below. */
export class FieldNode {
  readonly key: string
  /** Whether a schema file has it: it counts towards no limit. */
  readonly isDeclared: boolean
  /** Values, null among them. */
  present = 0
  nulls = 0
  opaque: Opaque | undefined
  /** Of its objects, in the order in which their keys first came. */
  readonly members = new Map<string, FieldNode>()
  /** Of its lists. */
  item: FieldNode | undefined
  /** Of the line at hand: the object that it was last a member of, and where its value stands on the tape. */
  seenIn = 0
  entry = 0
  readonly #counts = new Float64Array(kinds.length)
  readonly #firsts: (Place | undefined)[] = kinds.map(() => undefined)

  constructor(key: string, isDeclared = false) {
    this.key = key
    this.isDeclared = isDeclared
  }

  addNull(): void {
    this.present++
    this.nulls++
  }

  /** Counts a value, and tells whether it is the first of its kind. */
  add(kind: Kind): boolean {
    this.present++
    return this.#counts[kindNumber[kind]]++ === 0
  }

  /** Keeps where the first value of a kind stands. */
  mark(kind: Kind, place: Place): void {
    this.#firsts[kindNumber[kind]] = place
  }

  count(kind: Kind): number {
    return this.#counts[kindNumber[kind]]
  }

  first(kind: Kind): Place | undefined {
    return this.#firsts[kindNumber[kind]]
  }

  /** The kinds that were seen. */
  get kinds(): ReadonlySet<Kind> {
    return new Set(kinds.filter((kind) => this.count(kind) > 0))
  }

  /** Forgets what lies below. */
  close(why: Opaque): void {
    this.opaque = why
    this.members.clear()
    this.item = undefined
  }

  /** Of its objects the members that no schema file has. */
  get foundMembers(): number {
    let count = 0
    for (const { isDeclared } of this.members.values()) if (!isDeclared) count++
    return count
  }
}
