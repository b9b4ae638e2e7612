import {
  type DecoderOptions,
  type LineCounts,
  type Malformed,
  NdjsonDecoder,
  type ScanColumn,
  type ScanSpec,
  type ScanType,
  type Unfit,
} from '@fletching/ndjson'

/** The type of an id: a number is its text, the empty text is none, a line break fits no row. */
export const ID: ScanType = { kind: 'utf8', numbers: 'text', lineBreaks: 'unfit', empty: 'null' }
export const TEXT: ScanType = { kind: 'utf8', numbers: 'unfit', lineBreaks: 'keep', empty: 'keep' }
const CATEGORY: ScanType = { kind: 'dictionary', numbers: 'unfit', lineBreaks: 'keep', empty: 'null' }

export function column(path: string, type: ScanType, options: Partial<ScanColumn> = {}): ScanColumn {
  return { name: path, path: path.split('.'), type, required: false, unfit: 'setAside', output: true, ...options }
}

/** What the main job asks of a scan. */
export const interactions: ScanSpec = {
  columns: [
    column('userId', ID),
    column('event', CATEGORY, { unfit: 'null' }),
    column('properties.sku', ID),
    column('properties.products', { kind: 'list', item: ID }, { unfit: 'null', output: false }),
    column('timestamp', { kind: 'timestamp' }, { required: true }),
  ],
  steps: [
    {
      predicate: { op: 'isIn', column: 1, values: ['Product Added', 'Order Completed', 'Product Clicked'] },
      reason: 'event not wanted',
      tallyColumn: 1,
    },
    { predicate: { op: 'isNotNull', column: 0 }, reason: 'userId missing' },
    {
      predicate: {
        op: 'or',
        inputs: [
          { op: 'isNotNull', column: 2 },
          { op: 'isNull', column: 3 },
        ],
      },
      reason: 'order without sku',
    },
    { predicate: { op: 'isNotNull', column: 2 }, reason: 'sku missing' },
  ],
}

/** The rows of a scan in plain values, and all else that it says. */
export interface Decoded {
  readonly rows: readonly Record<string, unknown>[]
  readonly batches: readonly number[]
  readonly unfit: readonly (Omit<Unfit, 'text'> & { readonly text: string })[]
  readonly malformed: readonly (Omit<Malformed, 'text'> & { readonly text: string | undefined })[]
  readonly counts: LineCounts
}

/** Decodes one object, cut into pieces of a size. Each piece is wiped after its use. */
export function decode(
  input: string | Uint8Array,
  spec: ScanSpec = interactions,
  options: DecoderOptions = {},
  pieceBytes = Number.POSITIVE_INFINITY,
): Decoded {
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input
  const decoder = new NdjsonDecoder(spec, options)
  const done = []
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = bytes.slice(at, Math.min(at + pieceBytes, bytes.length))
    done.push(...decoder.push(piece))
    piece.fill(0x58)
  }
  done.push(...decoder.flush())
  const latin1 = (text: Uint8Array) => Buffer.from(text).toString('latin1')
  return {
    rows: done.flatMap(({ batch }) => batch.toArray().map((row) => plain(row.toJSON()) as Record<string, unknown>)),
    batches: done.map(({ batch }) => batch.numRows),
    unfit: done.flatMap(({ unfit }) => unfit).map((one) => ({ ...one, text: latin1(one.text) })),
    malformed: done
      .flatMap(({ malformed }) => malformed)
      .map((one) => ({ ...one, text: one.text === undefined ? undefined : latin1(one.text) })),
    counts: decoder.takeCounts(),
  }
}

/** Arrow's proxies as plain values. */
function plain(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  const { toJSON } = value as { toJSON?: () => unknown }
  if (typeof toJSON === 'function') return plain(toJSON.call(value))
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]))
}

/** A small generator of numbers that can be repeated; the seed stands in every failure. */
export const seed = Number(process.env.FLETCHING_SEED ?? 20190518)

export function randomFrom(start: number): () => number {
  let state = start >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
