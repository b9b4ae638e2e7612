import { membersOf, type RawMembers, readLine } from './json-object.ts'
import { isBlank, linesOf } from './lines.ts'
import { epochSecondsOf } from './timestamp.ts'

/** An object of the input: its name, and its bytes, plain or gzip. */
export interface OracleObject {
  readonly name: string
  readonly bytes: Uint8Array
}

export interface OracleRow {
  readonly USER_ID: string
  readonly ITEM_ID: string
  readonly EVENT_TYPE: string
  readonly TIMESTAMP: number
}

/** Why a well-formed line is not wanted, in the order in which the reasons are looked at. */
export const filterReasons = [
  'event not wanted',
  'userId missing',
  'order without sku',
  'properties.sku missing',
] as const
export type FilterReason = (typeof filterReasons)[number]

/** Why a wanted line cannot become a row. */
export const setAsideCodes = ['NOT_TEXT', 'LINE_BREAK_IN_TEXT', 'NOT_A_TIMESTAMP', 'MISSING'] as const
export type SetAsideCode = (typeof setAsideCodes)[number]

/** A line that was refused. Lines count from 1. */
export interface OracleReject {
  readonly object: string
  readonly line: number
  readonly verdict: 'malformed' | 'setAside'
  readonly code: SetAsideCode | undefined
}

export interface OracleCounts {
  lines: number
  blank: number
  malformed: number
  readonly filtered: Record<FilterReason, number>
  readonly setAside: Record<SetAsideCode, number>
  rows: number
}

export interface OracleResult {
  readonly rows: readonly OracleRow[]
  readonly counts: Readonly<OracleCounts>
  readonly rejects: readonly OracleReject[]
}

/** What becomes of one line. */
export type OracleVerdict =
  | { readonly verdict: 'blank' | 'malformed' }
  | { readonly verdict: 'filtered'; readonly reason: FilterReason }
  | { readonly verdict: 'setAside'; readonly code: SetAsideCode }
  | { readonly verdict: 'row'; readonly row: OracleRow }

const wantedEvents = ['Product Added', 'Order Completed', 'Product Clicked']

/** Longer lines are malformed, whatever they hold. */
const LINE_BYTES_MAX = 16 * 1024 * 1024

/**
 * The main job, slowly: what `segment-to-personalize` must give for `objects`, line by line.
 *
 * - Order: rows and rejects in the order of `objects` and of their lines.
 * - Errors: damaged gzip throws what `node:zlib` throws.
 * - Source: docs/design, "The main job's rules": the first rule that applies to a line counts.
 */
export function segmentToPersonalizeOracle(objects: readonly OracleObject[]): OracleResult {
  const rows: OracleRow[] = []
  const rejects: OracleReject[] = []
  const counts: OracleCounts = {
    lines: 0,
    blank: 0,
    malformed: 0,
    filtered: { 'event not wanted': 0, 'userId missing': 0, 'order without sku': 0, 'properties.sku missing': 0 },
    setAside: { NOT_TEXT: 0, LINE_BREAK_IN_TEXT: 0, NOT_A_TIMESTAMP: 0, MISSING: 0 },
    rows: 0,
  }
  for (const { name, bytes } of objects) {
    for (const [index, content] of linesOf(bytes).entries()) {
      const line = index + 1
      const outcome = verdictOf(content)
      counts.lines++
      switch (outcome.verdict) {
        case 'blank':
          counts.blank++
          break
        case 'malformed':
          counts.malformed++
          rejects.push({ object: name, line, verdict: 'malformed', code: undefined })
          break
        case 'filtered':
          counts.filtered[outcome.reason]++
          break
        case 'setAside':
          counts.setAside[outcome.code]++
          rejects.push({ object: name, line, verdict: 'setAside', code: outcome.code })
          break
        case 'row':
          counts.rows++
          rows.push(outcome.row)
      }
    }
  }
  return { rows, counts, rejects }
}

/** What becomes of one line, given without its line feed. */
export function verdictOf(line: Uint8Array): OracleVerdict {
  if (isBlank(line)) return { verdict: 'blank' }
  const message = line.length > LINE_BYTES_MAX ? undefined : readLine(line)
  if (message === undefined) return { verdict: 'malformed' }
  const event = idOf(message.get('event'))
  if (event.kind !== 'text' || !wantedEvents.includes(event.text)) return filtered('event not wanted')
  const userId = idOf(message.get('userId'))
  if (userId.kind === 'missing') return filtered('userId missing')
  const properties: RawMembers = membersOf(message.get('properties') ?? 'null') ?? new Map()
  const sku = idOf(properties.get('sku'))
  if (sku.kind === 'missing') {
    return filtered(properties.get('products')?.startsWith('[') ? 'order without sku' : 'properties.sku missing')
  }
  if (userId.kind === 'unfit') return { verdict: 'setAside', code: userId.code }
  if (sku.kind === 'unfit') return { verdict: 'setAside', code: sku.code }
  const timestamp = message.get('timestamp') ?? 'null'
  if (timestamp === 'null') return { verdict: 'setAside', code: 'MISSING' }
  const seconds = timestamp.startsWith('"') ? epochSecondsOf(JSON.parse(timestamp) as string) : undefined
  if (seconds === undefined) return { verdict: 'setAside', code: 'NOT_A_TIMESTAMP' }
  return {
    verdict: 'row',
    row: { USER_ID: userId.text, ITEM_ID: sku.text, EVENT_TYPE: event.text, TIMESTAMP: seconds },
  }
}

type Id =
  | { readonly kind: 'missing' }
  | { readonly kind: 'unfit'; readonly code: SetAsideCode }
  | { readonly kind: 'text' | 'number'; readonly text: string }

/** A value where an id is wanted, from its JSON text. */
function idOf(raw = 'null'): Id {
  if (raw === 'null' || raw === '""') return { kind: 'missing' }
  if (/^[-\d]/.test(raw)) return { kind: 'number', text: raw }
  if (!raw.startsWith('"')) return { kind: 'unfit', code: 'NOT_TEXT' }
  const text = (JSON.parse(raw) as string).replace(/\p{Surrogate}/gu, '\ufffd')
  return /[\r\n]/.test(text) ? { kind: 'unfit', code: 'LINE_BREAK_IN_TEXT' } : { kind: 'text', text }
}

function filtered(reason: FilterReason): OracleVerdict {
  return { verdict: 'filtered', reason }
}
