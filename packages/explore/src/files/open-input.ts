import { authorError } from '@fletching/columns/errors'
import { findInput, inflate, type ObjectInfo, openStore, parseLocation, type Store } from '@fletching/storage'
import type { AsyncBuffer } from 'hyparquet'
import { type Form, formOf } from '../form.ts'
import { parquetBytes } from './parquet-bytes.ts'

export interface InputOptions {
  /** What stands before a quote in a quoted field of a CSV. Default `\`, which also reads a doubled quote. */
  readonly csvEscape?: '"' | '\\'
  /** Globs of objects to leave out. */
  readonly exclude?: readonly string[]
  readonly signal?: AbortSignal
}

/** An object as its first bytes say what it is. */
export type Opened = OpenedParquet | OpenedText

export interface OpenedParquet {
  readonly form: 'parquet'
  readonly object: ObjectInfo
  readonly file: AsyncBuffer
}

export interface OpenedText {
  readonly form: 'ndjson' | 'csv'
  readonly object: ObjectInfo
  /** Whether it is compressed. */
  readonly isGzip: boolean
  /** What it holds, without its compression. */
  readonly pieces: AsyncGenerator<Uint8Array>
}

/**
 * Opens one after the other the objects that an address means: an object, the objects below a folder, those that match a glob, or standard
 * input.
 *
 * - Order: of their names.
 * - Errors: NO_INPUT (author), those of the store, CORRUPT_GZIP and UNSUPPORTED_COMPRESSION (data), the signal's reason.
 */
export async function* openInput(location: string, options: InputOptions = {}): AsyncGenerator<Opened> {
  const store = await openStore(parseLocation(location))
  const { objects } = await findInput(store, location, options)
  for (const object of objects) yield await openObject(store, object, options.signal)
}

/** Opens an object. */
export async function openObject(store: Store, object: ObjectInfo, signal?: AbortSignal): Promise<Opened> {
  const stored = until(store.read(object), signal)
  const first = await firstBytes(stored)
  if (formOf(first) === 'parquet') {
    const file = await parquetBytes(store, object, () => joined(first, stored))
    await stored.return(undefined)
    return { form: 'parquet', object, file }
  }
  const pieces = inflate(joined(first, stored), object.name)
  const content = await firstBytes(pieces)
  const form = formOf(content)
  if (isText(form)) return { form, object, isGzip: formOf(first) === 'gzip', pieces: joined(content, pieces) }
  await pieces.return(undefined)
  throw authorError('UNSUPPORTED_FORM', `an archive holds ${form}, which is not read within one`, {
    at: object.name,
    help: 'unpack it first',
  })
}

function isText(form: Form): form is 'ndjson' | 'csv' {
  return form === 'ndjson' || form === 'csv'
}

/** So many bytes that they say what follows, if there are; what is left comes from the same source. */
async function firstBytes(source: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  let bytes: Uint8Array = new Uint8Array(0)
  while (bytes.length < LEAST_BYTES || !saysForm(bytes)) {
    const { done, value } = await source.next()
    if (done === true) return bytes
    bytes = bytes.length === 0 ? value : Buffer.concat([bytes, value])
  }
  return bytes
}

/** Whether there is more than blanks, as far as one would look. */
function saysForm(bytes: Uint8Array): boolean {
  return bytes.length > BLANK_BYTES_MAX || bytes.subarray(MARK_BYTES).some((byte) => byte > BLANK)
}

async function* joined(first: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (first.length > 0) yield first
    yield* rest
  } finally {
    // Whoever has enough after the first bytes has not yet begun with the rest.
    await rest.return(undefined)
  }
}

async function* until(source: AsyncIterable<Uint8Array>, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const bytes of source) {
    signal?.throwIfAborted()
    yield bytes
  }
}

const LEAST_BYTES = 4
const MARK_BYTES = 3
const BLANK = 0x20
const BLANK_BYTES_MAX = 64 * 1024
