import { ecommerceEvents } from '@fletching/job'

/** What a job must give of some lines. */
export interface Expected {
  readonly csv: string
  readonly counts: Counts
}

interface Counts {
  rows: number
  filtered: Record<string, number>
  duplicates: number
  setAside: number
  exploded: number
  dropped: Record<string, number>
}

type Json = null | boolean | number | string | readonly Json[] | JsonObject
interface JsonObject {
  readonly [name: string]: Json | undefined
}

/** A row that is not yet known to be the last of its like. */
interface Candidate {
  readonly line: number
  readonly moment: number
  /** Undefined for a row that is like no other. */
  readonly key: string | undefined
  readonly fields: readonly (string | number | null)[]
}

/** What one line comes to: the reason for which it is filtered, or its rows, of those that were made; `unfit` sets it aside. */
interface Verdict {
  readonly made: number
  readonly reasons: readonly string[]
  readonly candidates: readonly Omit<Candidate, 'line'>[]
  readonly unfit: boolean
}

const { types, orders, takenBack } = ecommerceEvents
const typeOf = new Map<Json | undefined, string>(Object.entries(types))

/** `segment-ecommerce-to-personalize`, slowly. */
export function interactionsOracle(lines: readonly string[], dedupe: boolean): Expected {
  return outcome('USER_ID,ITEM_ID,EVENT_TYPE,EVENT_VALUE,TIMESTAMP', lines, (event) => {
    const type = typeOf.get(event.event)
    if (type === undefined) {
      return filtered(
        (takenBack as readonly unknown[]).includes(event.event) ? 'refund or removal' : 'event not wanted',
      )
    }
    const user = idOf(event.userId)
    if (user === null) return filtered('userId missing')
    const moment = momentOf(event.timestamp)
    const top = objectOf(event.properties)
    const made = productsOf(top)
    const order = (orders as readonly unknown[]).includes(event.event) ? labelOf(top.order_id) : null
    const message = labelOf(event.messageId)
    const candidates = made.flatMap((product, position) => {
      const from = (listedId(product.product_id) ?? listedId(product.sku)) ? product : top
      const item = listedId(product.product_id) ?? listedId(product.sku) ?? idOf(top.product_id) ?? idOf(top.sku)
      if (item === null) return []
      const price = numberOf(from.price)
      const value = price === null ? null : price * (numberOf(from.quantity) ?? 1)
      const key =
        order !== null
          ? JSON.stringify([order, item])
          : dedupe && message !== null
            ? JSON.stringify([message, position, 'event'])
            : undefined
      const inRange = value === null || Math.abs(value) > 3.4e38 ? null : value
      return [{ moment, key, fields: [String(user), String(item), type, inRange, Math.floor(moment / 1000)] }]
    })
    return {
      made: made.length,
      reasons: Array.from({ length: made.length - candidates.length }, () => 'item missing'),
      candidates,
      unfit: [user, idOf(top.product_id), idOf(top.sku)].includes(UNFIT) || Number.isNaN(moment),
    }
  })
}

/** `segment-items-to-personalize`, slowly. */
export function itemsOracle(lines: readonly string[]): Expected {
  return outcome('ITEM_ID,PRICE,CATEGORY_L1,BRAND', lines, (event) => {
    if (!typeOf.has(event.event)) return filtered('event not wanted')
    const moment = momentOf(event.timestamp)
    const top = objectOf(event.properties)
    const reasons: string[] = []
    const made = productsOf(top)
    const candidates = made.flatMap((product) => {
      const from = (listedId(product.product_id) ?? listedId(product.sku)) ? product : top
      const item = listedId(product.product_id) ?? listedId(product.sku) ?? idOf(top.product_id) ?? idOf(top.sku)
      const known = [numberOf(from.price), labelOf(from.category), labelOf(from.brand)]
      if (item === null) reasons.push('item missing')
      else if (known.every((value) => value === null)) reasons.push('nothing said of the item')
      else return [{ moment, key: String(item), fields: [String(item), ...known] }]
      return []
    })
    const unfit = [idOf(top.product_id), idOf(top.sku)].includes(UNFIT) || Number.isNaN(moment)
    return { made: made.length, reasons: reasons.sort(), candidates, unfit }
  })
}

/** `segment-users-to-personalize`, slowly. */
export function usersOracle(lines: readonly string[]): Expected {
  return outcome('USER_ID,AGE,GENDER,MEMBERSHIP,COUNTRY', lines, (event) => {
    if (event.type !== 'identify') return filtered('not an identify call')
    const user = idOf(event.userId)
    if (user === null) return filtered('userId missing')
    const traits = objectOf(event.traits)
    const age = noteOf(traits.age)
    const known = [
      age !== null && /^[+-]?\d{1,9}$/.test(age) ? Number(age) : null,
      labelOf(traits.gender),
      labelOf(traits.plan),
      labelOf(objectOf(traits.address).country),
    ]
    if (known.every((value) => value === null)) return filtered('no trait wanted')
    const moment = momentOf(event.timestamp)
    const candidates = [{ moment, key: String(user), fields: [String(user), ...known] }]
    return { made: 1, reasons: [], candidates, unfit: user === UNFIT || Number.isNaN(moment) }
  })
}

function outcome(header: string, lines: readonly string[], verdictOf: (event: JsonObject) => Verdict): Expected {
  const counts: Counts = { rows: 0, filtered: {}, duplicates: 0, setAside: 0, exploded: 0, dropped: {} }
  const candidates: Candidate[] = []
  const candidateLines = new Set<number>()
  for (const [line, text] of lines.entries()) {
    const { made, reasons, candidates: left, unfit } = verdictOf(JSON.parse(text) as JsonObject)
    if (made === 0) add(counts.filtered, reasons[0], 1)
    else {
      for (const reason of reasons) add(counts.dropped, reason, 1)
      // A line counts where the last of its rows was dropped.
      if (left.length === 0) add(counts.filtered, reasons.at(-1) ?? '', 1)
      else if (unfit) {
        counts.setAside++
        add(counts.dropped, 'set aside', left.length)
      } else {
        candidateLines.add(line)
        for (const candidate of left) candidates.push({ ...candidate, line })
      }
    }
  }
  const rows = lastOfEach(candidates)
  counts.rows = new Set(rows.map(({ line }) => line)).size
  counts.duplicates = candidateLines.size - counts.rows
  counts.exploded = rows.length - counts.rows
  if (rows.length < candidates.length) add(counts.dropped, 'duplicate', candidates.length - rows.length)
  const records = rows.map(({ fields }) => fields.map(fieldOf).join(','))
  return { csv: [header, ...records, ''].join('\n'), counts }
}

function lastOfEach(candidates: readonly Candidate[]): readonly Candidate[] {
  const last = new Map<string, Candidate>()
  for (const candidate of candidates) {
    const before = last.get(candidate.key ?? '')
    if (candidate.key !== undefined && (before === undefined || candidate.moment >= before.moment)) {
      last.set(candidate.key, candidate)
    }
  }
  return candidates.filter((one) => one.key === undefined || last.get(one.key) === one)
}

function filtered(reason: string): Verdict {
  return { made: 0, reasons: [reason], candidates: [], unfit: false }
}

function productsOf({ products }: JsonObject): readonly JsonObject[] {
  return Array.isArray(products) && products.length > 0 ? products.map(objectOf) : [{}]
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}

/** What cannot be an id, at the top of an event. */
const UNFIT = Symbol('unfit')

function idOf(value: Json | undefined): string | typeof UNFIT | null {
  if (value === undefined || value === null || value === '') return null
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && !/[\r\n]/.test(value) ? value : UNFIT
}

function listedId(value: Json | undefined): string | null {
  const found = idOf(value)
  return found === UNFIT ? null : found
}

function noteOf(value: Json | undefined): string | null {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : null
}

function labelOf(value: Json | undefined): string | null {
  const note = noteOf(value)
  return note === '' ? null : note
}

function numberOf(value: Json | undefined): number | null {
  const note = noteOf(value)
  const number = note !== null && /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(note) ? Number(note) : Number.NaN
  return Number.isFinite(number) ? number : null
}

/** The forms that JavaScript reads as we do; NaN for what is none. */
function momentOf(value: Json | undefined): number {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN
}

function fieldOf(value: string | number | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value)
  const text = value.replaceAll(/[\r\n]/g, ' ')
  return /[",\\]|^[ \t]|[ \t]$/.test(text) ? `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"` : text
}

function add(tally: Record<string, number>, name: string, count: number): void {
  tally[name] = (tally[name] ?? 0) + count
}
