import { DistinctCounter } from '@fletching/personalize/distinct-counter'
import { TextHash } from '@fletching/personalize/preflight/text-hash'
import { EventNames, NAMES_MAX } from './event-names.ts'
import { FrequentTexts, mostFrequent } from './frequent-texts.ts'
import { secondsOf } from './moment.ts'
import type { EventsProfile, RowDetails, RowsProfile, UsersProfile } from './profile.ts'
import { type Role, rolesOf } from './roles.ts'
import { TimeCounts } from './time-counts.ts'

/**
 * The figures of rows, taken one after the other as texts, in bounded memory. Users are counted by hashes alone: no id of one is kept.
 *
 * - Memory: 24 MiB at most for each of users, items, rows, and users by second, of which a million are counted exactly and more by a sample; 0.75 MiB for the
 *   values of any other column; 100,000 ids of items.
 */
export class RowFigures {
  readonly #names: readonly string[]
  readonly #withDetails: boolean
  readonly #roles: ReadonlyMap<Role, number>
  readonly #empty: number[]
  readonly #distinct: readonly DistinctCounter[]
  readonly #duplicates = new DistinctCounter()
  readonly #sameSecond = new DistinctCounter()
  readonly #eventNames = new EventNames()
  readonly #eventCounts: number[] = []
  readonly #items = new FrequentTexts()
  readonly #times = new TimeCounts(this.#eventNames)
  readonly #hash = new TextHash()
  readonly #rowHash = new TextHash()
  readonly #pairHash = new TextHash()
  #bytes = new Uint8Array(1024)
  #rows = 0
  #timed = 0

  constructor(names: readonly string[], withDetails: boolean) {
    this.#names = names
    this.#withDetails = withDetails
    this.#roles = rolesOf(names)
    this.#empty = names.map(() => 0)
    const wide = [this.#roles.get('user'), this.#roles.get('item')]
    this.#distinct = names.map((_, column) => new DistinctCounter(wide.includes(column) ? undefined : SLOTS_OF_OTHERS))
  }

  add(texts: readonly string[]): void {
    this.#rows++
    const row = this.#rowHash
    row.clear()
    for (let column = 0; column < texts.length; column++) {
      this.#hashText(texts[column])
      row.join(this.#hash)
      if (texts[column] === '') this.#empty[column]++
      else this.#distinct[column].add(this.#hash.low, this.#hash.high)
    }
    this.#duplicates.add(row.low, row.high)
    if (this.#withDetails) this.#addRoles(texts)
  }

  finish(): RowsProfile {
    return {
      rows: this.#rows,
      columns: this.#names.map((name, column) => ({
        name,
        empty: this.#empty[column],
        distinct: { count: this.#distinct[column].distinct, isEstimated: this.#distinct[column].isEstimated },
      })),
      duplicates: { count: this.#duplicates.repeats, isEstimated: this.#duplicates.isEstimated },
      details: this.#withDetails ? this.#details() : undefined,
    }
  }

  #addRoles(texts: readonly string[]): void {
    const { item, event, time, user } = this.#textsOf(texts)
    if (item !== undefined && item !== '') this.#items.add(nameOf(item))
    const number = event === undefined ? 0 : this.#eventNames.numberOf(nameOf(event))
    if (event !== undefined) this.#eventCounts[number] = (this.#eventCounts[number] ?? 0) + 1
    if (time === undefined || time === '') return
    this.#timed++
    const seconds = secondsOf(time)
    this.#times.add(seconds, number)
    if (user === undefined || user === '' || Number.isNaN(seconds)) return
    this.#pairHash.clear()
    this.#hashText(user)
    this.#pairHash.join(this.#hash)
    this.#hashText(String(seconds))
    this.#pairHash.join(this.#hash)
    this.#sameSecond.add(this.#pairHash.low, this.#pairHash.high)
  }

  #textsOf(texts: readonly string[]): Readonly<Record<Role, string | undefined>> {
    const textOf = (role: Role) => {
      const place = this.#roles.get(role)
      return place === undefined ? undefined : texts[place]
    }
    return { user: textOf('user'), item: textOf('item'), event: textOf('event'), time: textOf('time') }
  }

  #hashText(text: string): void {
    // A character of UTF-16 takes three bytes at most.
    if (text.length * 3 > this.#bytes.length) this.#bytes = new Uint8Array(text.length * 6)
    const { written } = encoder.encodeInto(text, this.#bytes)
    this.#hash.of(this.#bytes, 0, written)
  }

  #details(): RowDetails {
    const roles = this.#roles
    const events = roles.has('event') ? this.#events() : undefined
    const time = roles.get('time')
    const user = roles.get('user')
    const types = events?.types.map(({ name }) => name) ?? []
    return {
      events,
      time: time === undefined ? undefined : this.#times.finish(this.#names[time], types, this.#timed),
      items: roles.has('item') ? { top: this.#items.top(TOP_ITEMS), errorMax: this.#items.errorMax } : undefined,
      users: user === undefined ? undefined : usersOf(this.#distinct[user]),
      sameSecond:
        user === undefined || time === undefined
          ? undefined
          : { count: this.#sameSecond.repeats, isEstimated: this.#sameSecond.isEstimated },
    }
  }

  #events(): EventsProfile {
    const counts = new Map(this.#eventNames.names.map((name, number) => [name, this.#eventCounts[number]]))
    return { types: mostFrequent(counts), others: this.#eventCounts[NAMES_MAX] ?? 0 }
  }
}

/** A text as it is counted and shown: those that are longer than an id may be are cut, and count together where they begin alike. */
function nameOf(text: string): string {
  if (text.length <= NAME_CHARACTERS_MAX) return text
  // A copy, since a part of a text would keep all of it.
  return `${Buffer.from(text.slice(0, NAME_CHARACTERS_MAX)).toString()}…`
}

/** How many users have one row, two, three or four, five to eight, and so on. */
function usersOf(users: DistinctCounter): UsersProfile {
  const bins: { from: number; to: number; users: number }[] = []
  let left = users.distinct
  for (let [from, to] = [1, 1]; left > 0; [from, to] = [to + 1, 2 * to]) {
    const beyond = users.atLeast(to + 1)
    bins.push({ from, to, users: left - beyond })
    left = beyond
  }
  return { bins, isEstimated: users.isEstimated }
}

const encoder = new TextEncoder()
const SLOTS_OF_OTHERS = 65_536
/** Personalize takes no longer ids. */
const NAME_CHARACTERS_MAX = 256
const TOP_ITEMS = 20
