import type { AvroSchema } from '../avro-schema.ts'
import type { Checklist, Figures } from '../checklist.ts'
import { type Dataset, type Domain, requiredColumns } from '../dataset.ts'
import { DistinctCounter } from '../distinct-counter.ts'
import { verdictOn } from '../finding.ts'
import type { Findings } from '../findings.ts'
import type { Column } from './column.ts'
import { EventTypeCheck, IdCheck, TimestampCheck } from './known-columns.ts'
import { limits } from './limits.ts'
import { type DataRule, type PreflightCode, preflightRules } from './rules.ts'
import type { TextHash } from './text-hash.ts'

type Columns = ReadonlyMap<string, Column>

/** A file as a set of records: two with the same are copies, in whatever order. */
interface FileDigest {
  readonly name: string
  records: number
  low: number
  high: number
}

/** What is known of all files together. */
export class Totals {
  readonly #dataset: Dataset
  readonly #domain: Domain
  readonly #mode: 'full' | 'incremental'
  readonly #required: ReadonlySet<string>
  readonly #rows: DistinctCounter
  readonly #files: FileDigest[] = []
  #bytes = 0
  #records = 0

  constructor(options: {
    readonly dataset: Dataset
    readonly domain: Domain
    readonly mode: 'full' | 'incremental'
    readonly slotsMax: number | undefined
  }) {
    this.#dataset = options.dataset
    this.#domain = options.domain
    this.#mode = options.mode
    this.#rows = new DistinctCounter(options.slotsMax)
    this.#required = new Set(requiredColumns(options.dataset, options.domain).map(({ name }) => name))
  }

  isRequired(column: string): boolean {
    return this.#required.has(column)
  }

  beginFile(name: string, size: number): void {
    this.#files.push({ name, records: 0, low: 0, high: 0 })
    this.#bytes += size
  }

  /** Counts a row, and gives whether an interaction is the same as one before. */
  addRow({ low, high }: TextHash): boolean {
    const file = this.#files[this.#files.length - 1]
    file.records++
    file.low = (file.low + low) | 0
    file.high = (file.high + high) | 0
    this.#records++
    return this.#dataset === 'interactions' && this.#rows.add(low, high)
  }

  checklist(findings: Findings<PreflightCode>, schema: AvroSchema | undefined, columns: Columns): Checklist {
    this.#judgeFiles(findings)
    if (this.#records === 0 && !findings.has('NO_RECORDS')) findings.add('NO_RECORDS')
    const figures = this.#figures(columns)
    if (this.#records > 0) this.#judgeColumns(findings, columns)
    if (this.#records > 0 && this.#dataset === 'interactions') {
      judgeInteractions(findings, figures)
      this.#judgeEventTypes(findings, figures, schema, columns)
    }
    if (figures.items > limits.itemsMax) findings.add('ITEMS_TOO_MANY')
    const found = findings.all()
    const outcomes = new Map(found.map(({ code, severity }) => [code, OUTCOMES[severity]]))
    const rules = Object.entries<DataRule>(preflightRules)
      .filter(([, { datasets }]) => datasets === undefined || datasets.includes(this.#dataset))
      .map(([code]) => [code, outcomes.get(code) ?? 'ok'] as const)
    return { verdict: verdictOn(found), findings: found, figures, rules: Object.fromEntries(rules) }
  }

  #figures(columns: Columns): Figures {
    const users = idsOf(columns, 'USER_ID')
    const items = idsOf(columns, 'ITEM_ID')
    const events = columns.get('EVENT_TYPE')?.check
    const times = timesOf(columns)
    return {
      objects: this.#files.length,
      bytes: this.#bytes,
      records: this.#records,
      users: users?.distinct ?? 0,
      usersWithTwo: users?.atLeast(2) ?? 0,
      items: items?.distinct ?? 0,
      eventTypes: events instanceof EventTypeCheck && !events.tally.isFull ? events.tally.all() : [],
      sameSecond: this.#rows.repeats,
      first: times !== undefined && times.first <= times.last ? times.first : undefined,
      last: times !== undefined && times.first <= times.last ? times.last : undefined,
      isEstimated: [users, items, this.#rows].some((counter) => counter?.isEstimated === true),
    }
  }

  #judgeFiles(findings: Findings<PreflightCode>): void {
    const seen = new Map<string, string>()
    for (const { name, records, low, high } of this.#files) {
      if (records === 0) continue
      const digest = `${records} ${low} ${high}`
      if (seen.has(digest)) findings.add('OTHER_RUN', { object: name })
      else seen.set(digest, name)
    }
    if (this.#files.length > 1)
      findings.add('SEVERAL_FILES', undefined, { what: `several files: ${this.#files.length}` })
    const bytes = this.#bytes
    if (bytes > limits.raisedBytes) findings.add('SIZE_TOO_LARGE')
    else if (bytes > limits.fullBytes && this.#mode === 'full') findings.add('SIZE_FULL')
    if (bytes > limits.incrementalBytes && this.#mode === 'incremental') findings.add('SIZE_INCREMENTAL')
  }

  #judgeColumns(findings: Findings<PreflightCode>, columns: Columns): void {
    for (const { name, empty, isTextual } of columns.values()) {
      const share = 1 - empty / this.#records
      const place = { object: 'all files', column: name }
      if (isTextual && share < limits.textShare) findings.add('TEXT_INCOMPLETE', place)
      else if (share < limits.completeShare) findings.add('COLUMN_INCOMPLETE', place)
    }
    const times = timesOf(columns)
    if (this.#records > 1 && times !== undefined && times.first === times.last) findings.add('TIMESTAMPS_ALL_EQUAL')
  }

  #judgeEventTypes(
    findings: Findings<PreflightCode>,
    { eventTypes }: Figures,
    schema: AvroSchema | undefined,
    columns: Columns,
  ): void {
    const events = columns.get('EVENT_TYPE')?.check
    if (!(events instanceof EventTypeCheck)) return
    const optional = (schema?.fields ?? []).filter(({ name }) => !INTERACTION.includes(name)).length
    if (events.tally.isFull || eventTypes.length + optional > limits.eventTypesAndColumns) {
      const types = events.tally.isFull ? 'more than 100' : String(eventTypes.length)
      findings.add('EVENT_TYPES_TOO_MANY', undefined, {
        what: `more than 10 types of event and optional columns: ${types} and ${optional}`,
      })
    }
    for (const wanted of DOMAIN_EVENTS[this.#domain]) {
      if (eventTypes.some(({ name }) => name.toLowerCase() === wanted.toLowerCase())) continue
      findings.add('DOMAIN_EVENT_MISSING', undefined, {
        what: `a type of event that the domain wants is missing: ${wanted}`,
      })
    }
  }
}

/** Whether there are enough of them, and not too many. */
export function judgeInteractions(findings: Findings<PreflightCode>, { records, users, usersWithTwo }: Figures): void {
  const tell = (code: PreflightCode, what: string) => findings.add(code, undefined, { what })
  const isFew = records < limits.interactionsMin
  const returnFew = usersWithTwo < limits.returningUsersMin
  if (isFew) tell('FEW_INTERACTIONS', `fewer than 1,000 interactions: ${records}`)
  if (returnFew) tell('FEW_USERS', `fewer than 25 users have two interactions: ${usersWithTwo}`)
  else if (usersWithTwo < limits.returningUsersShareMin * users) {
    tell('FEW_RETURNING_USERS', `less than 1 % of the users have two interactions: ${usersWithTwo} of ${users}`)
  }
  const isAdvised = records >= limits.interactionsAdvised && users >= limits.usersAdvised
  if (!isAdvised && !isFew && !returnFew) findings.add('ADVISED_VOLUME')
  if (records > limits.interactionsMax) findings.add('INTERACTIONS_TOO_MANY')
}

function idsOf(columns: Columns, name: string): DistinctCounter | undefined {
  const check = columns.get(name)?.check
  return check instanceof IdCheck ? check.counter : undefined
}

function timesOf(columns: Columns): TimestampCheck | undefined {
  const check = columns.get('TIMESTAMP')?.check
  return check instanceof TimestampCheck ? check : undefined
}

const OUTCOMES = { failure: 'failed', warning: 'warned', note: 'noted' } as const
const INTERACTION: readonly string[] = ['USER_ID', 'ITEM_ID', 'TIMESTAMP']
const DOMAIN_EVENTS: Readonly<Record<Domain, readonly string[]>> = {
  custom: [],
  ecommerce: ['Purchase', 'View'],
  'video-on-demand': ['Watch', 'Click'],
}
