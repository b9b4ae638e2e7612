import {
  type DecodedBatch,
  type DecoderOptions,
  type LineCounts,
  type Malformed,
  NdjsonDecoder,
  type Remarks,
  type ScanColumn,
  type ScanItem,
  type ScanSpec,
  type ScanType,
  type Unfit,
} from '@fletching/ndjson'
import type { Data } from 'apache-arrow'
import { expect } from 'vitest'

/** The type of an id: a number is its text, the empty text is none, a line break fits no row. */
export const ID: ScanType = { kind: 'utf8', numbers: 'text', lineBreaks: 'unfit', empty: 'null' }
export const TEXT: ScanType = { kind: 'utf8', numbers: 'unfit', lineBreaks: 'keep', empty: 'keep' }
const CATEGORY: ScanType = { kind: 'dictionary', numbers: 'unfit', lineBreaks: 'keep', empty: 'null' }

/** A list of items that are null where they do not fit, unless it says otherwise. */
export function listOf(type: ScanType, unfit: ScanItem['unfit'] = 'null'): ScanType {
  return { kind: 'list', item: { type, unfit } }
}

/** A struct of fields that have the names of their keys, and are null where they do not fit. */
export function structOf(fields: Readonly<Record<string, ScanType>>, unfit: ScanItem['unfit'] = 'null'): ScanType {
  return {
    kind: 'struct',
    fields: Object.entries(fields).map(([key, type]) => ({ name: key, key, type, unfit })),
  }
}

export function column(path: string, type: ScanType, options: Partial<ScanColumn> = {}): ScanColumn {
  return { name: path, path: path.split('.'), type, required: false, unfit: 'setAside', output: true, ...options }
}

/** What the main job asks of a scan. */
export const interactions: ScanSpec = {
  columns: [
    column('userId', ID),
    column('event', CATEGORY, { unfit: 'null' }),
    column('properties.sku', ID),
    column('properties.products', listOf(ID), { unfit: 'null', output: false }),
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
  readonly counts: Counts
}

/** What decoders gave for one object, as they gave it. */
export interface Given {
  readonly batches: readonly DecodedBatch[]
  readonly counts: Counts
}

/** All that is counted of an object. */
type Counts = LineCounts & Remarks

/**
 * Opens a decoder for each scanner. What is returned decodes one object with both, cut into pieces of a size, each of which is wiped after its
 * use, and fails unless both give the same: batches to the byte, places, texts and counts.
 */
export function openBoth(spec: ScanSpec, options: DecoderOptions = {}) {
  const decoders = (['wasm', 'ts'] as const).map((scanner) => new NdjsonDecoder(spec, { ...options, scanner }))
  expect(decoders.map(({ scanner }) => scanner)).toEqual(['wasm', 'ts'])
  return (bytes: Uint8Array, pieceBytes: () => number): Given => {
    const [wasm, ts] = decoders.map((decoder) => decodeObject(decoder, bytes, pieceBytes))
    expect(comparable(wasm)).toEqual(comparable(ts))
    return wasm
  }
}

function decodeObject(decoder: NdjsonDecoder, bytes: Uint8Array, pieceBytes: () => number): Given {
  const batches: DecodedBatch[] = []
  for (let at = 0; at < bytes.length; ) {
    // A copy, which `slice` of a Buffer is not.
    const piece = Uint8Array.from(bytes.subarray(at, at + pieceBytes()))
    at += piece.length
    batches.push(...decoder.push(piece))
    piece.fill(0x58)
  }
  batches.push(...decoder.flush())
  return { batches, counts: { ...decoder.takeCounts(), ...decoder.takeRemarks() } }
}

/** All that must be the same: everything but how many lines were read slowly. Bytes as text, since those compare fast. */
function comparable({ batches, counts }: Given) {
  return {
    batches: batches.map(({ batch, unfit, malformed }) => ({
      rows: batch.numRows,
      columns: batch.data.children.map(comparableData),
      unfit: unfit.map((one) => ({ ...one, text: latin1(one.text) })),
      malformed: malformed.map((one) => ({ ...one, text: latin1(one.text) })),
    })),
    // As text, so that the order of the names counts too.
    counts: JSON.stringify({ ...counts, slowLines: 0 }),
  }
}

function comparableData(data: Data): unknown {
  const { values, valueOffsets, nullBitmap } = data
  return {
    length: data.length,
    nullCount: data.nullCount,
    buffers: [values, valueOffsets, nullBitmap].map((buffer) => latin1(buffer as ArrayBufferView | undefined)),
    children: data.children.map(comparableData),
    dictionary: data.dictionary?.data.map(comparableData),
  }
}

function latin1(bytes: ArrayBufferView | undefined | null): string | undefined {
  if (bytes === undefined || bytes === null) return undefined
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** Decodes one object with every scanner, cut into pieces of a size. */
export function decode(
  input: string | Uint8Array,
  spec: ScanSpec = interactions,
  options: DecoderOptions = {},
  pieceBytes = Number.POSITIVE_INFINITY,
): Decoded {
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input
  return inPlainValues(openBoth(spec, options)(bytes, () => pieceBytes))
}

/** Decodes many objects, each on its own, as `decode` does: a decoder is opened once. */
export function openDecode(spec: ScanSpec, options: DecoderOptions = {}): (bytes: Uint8Array) => Decoded {
  const both = openBoth(spec, options)
  return (bytes) => inPlainValues(both(bytes, () => Number.POSITIVE_INFINITY))
}

function inPlainValues({ batches, counts }: Given): Decoded {
  return {
    rows: batches.flatMap(({ batch }) => batch.toArray().map((row) => plain(row.toJSON()) as Record<string, unknown>)),
    batches: batches.map(({ batch }) => batch.numRows),
    unfit: batches.flatMap(({ unfit }) => unfit).map((one) => ({ ...one, text: latin1(one.text) as string })),
    malformed: batches.flatMap(({ malformed }) => malformed).map((one) => ({ ...one, text: latin1(one.text) })),
    counts,
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
