import { createHash } from 'node:crypto'
import { authorError, FletchingError } from '@fletching/columns/errors'
import type { Location, ObjectInfo, Store } from '@fletching/storage'
import { jsonBytes } from './json-bytes.ts'
import { type ParsedJson, parseWithInputs } from './json-inputs.ts'

/*
 * The objects of JSON in a state folder. All are small but for what one says of the inputs of a run.
 */

/** A record as it was found, and what was made of it. */
export interface FoundRecord<T> {
  readonly object: ObjectInfo
  readonly value: T
}

/**
 * What `take` makes of the record at an address; undefined when there is none. Other runs may be under way: one that is replaced or removed while it is
 * read is looked for again.
 */
export async function readRecord<T>(
  store: Store,
  location: Location,
  take: (bytes: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<FoundRecord<T> | undefined> {
  for (let tries = 1; ; tries++) {
    const object = await store.stat(location)
    if (object === undefined) return undefined
    try {
      return { object, value: await take(store.read(object)) }
    } catch (error) {
      const isOther = error instanceof FletchingError && OTHER_SINCE.has(error.code)
      if (!isOther || tries === TRIES_MAX) throw error
    }
  }
}

/** What a store says of an object that is no longer the one that was listed. */
const OTHER_SINCE: ReadonlySet<string> = new Set(['OBJECT_CHANGED', 'NO_SUCH_OBJECT'])
/** Nobody writes a record so often that it could not be read between two writes. */
const TRIES_MAX = 10

/** The whole text of a small record. */
export async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of bytes) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

/** The checksum of a record. */
export async function sha256Of(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const digest = createHash('sha256')
  for await (const piece of bytes) digest.update(piece)
  return digest.digest('hex')
}

/** What a JSON text says; that it is none, where it is. */
export async function jsonOf(bytes: AsyncIterable<Uint8Array>, inputsDepth: number): Promise<ParsedJson | SyntaxError> {
  try {
    return await parseWithInputs(bytes, inputsDepth)
  } catch (error) {
    if (error instanceof SyntaxError) return error
    throw error
  }
}

/** What a record with a checksum is called, and the version of its form. */
export interface Seal {
  readonly name: string
  readonly version: number
}

/** The bytes of a record as it is stored, with its version and its checksum. */
export class SealedBytes implements Iterable<Uint8Array> {
  readonly #begin: Uint8Array
  readonly #text: Iterable<Uint8Array>
  #sha256: string | undefined

  constructor({ name, version }: Seal, value: object) {
    const text = jsonBytes(value)
    const digest = createHash('sha256')
    const kept: Uint8Array[] = []
    let byteLength = 0
    for (const piece of text) {
      digest.update(piece)
      byteLength += piece.length
      if (byteLength <= KEPT_BYTES) kept.push(piece)
    }
    this.#text = byteLength <= KEPT_BYTES ? kept : text
    this.#begin = Buffer.from(`{"${name}Version":${version},"sha256":"${digest.digest('hex')}","${name}":`)
  }

  /** In pieces, which may be gone through more than once. */
  *[Symbol.iterator](): Generator<Uint8Array> {
    const digest = createHash('sha256')
    for (const pieces of [[this.#begin], this.#text, [END]]) {
      for (const piece of pieces) {
        digest.update(piece)
        yield piece
      }
    }
    this.#sha256 = digest.digest('hex')
  }

  /** Of all bytes; it costs nothing once they have been gone through. */
  get sha256(): string {
    if (this.#sha256 === undefined) for (const _ of this);
    return this.#sha256 ?? ''
  }
}

const END = Buffer.from('}\n')
/** What a record may have that is not made anew when it is written. */
const KEPT_BYTES = 8 * 1024 * 1024

/** Why a record of that address is refused. */
export interface Refusals {
  readonly damaged: (name: string, why: string, cause?: unknown) => Error
  readonly newer: (name: string) => Error
}

/**
 * The record at an address of `SealedBytes`, and the object that it was of; undefined when there is none.
 *
 * - Errors: STATE_MISMATCH (author) when it belongs to another output; `newer` of a later version; `damaged` of whatever else was not written there.
 */
export async function readSealed<T extends { readonly output: string }>(
  store: Store,
  location: Location,
  seal: Seal,
  output: string,
  refusals: Refusals,
): Promise<{ readonly value: T; readonly object: ObjectInfo } | undefined> {
  const found = await readRecord(store, location, hashedJson)
  if (found === undefined) return undefined
  const { object } = found
  const value = unsealed(seal, found.value, object.name, refusals) as T
  assertSameOutput(value.output, output, object.name)
  return { value, object }
}

/** What a record says, if it is JSON, and the checksum of its bytes. */
async function hashedJson(bytes: AsyncIterable<Uint8Array>) {
  const digest = createHash('sha256')
  async function* hashed(): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      digest.update(piece)
      yield piece
    }
  }
  const json = await jsonOf(hashed(), INPUTS_DEPTH)
  return { json, sha256: digest.digest('hex') }
}

function unsealed(
  seal: Seal,
  { json, sha256 }: Awaited<ReturnType<typeof hashedJson>>,
  name: string,
  { damaged, newer }: Refusals,
): unknown {
  if (json instanceof SyntaxError) throw damaged(name, 'it is not JSON', json)
  const record = (json.value ?? {}) as Readonly<Record<string, unknown>>
  const version = record[`${seal.name}Version`]
  if (typeof version === 'number' && version > seal.version) throw newer(name)
  const value = record[seal.name]
  if (typeof value === 'object' && value !== null) {
    const { manifest } = value as { manifest?: object }
    const whole = json.inputs === undefined ? value : { ...value, manifest: { ...manifest, inputs: json.inputs } }
    // Its text is a function of what it says, so that nothing of it may be another.
    if (new SealedBytes(seal, whole).sha256 === sha256) return whole
  }
  throw damaged(name, 'its checksum is wrong')
}

/** The record, what it names, its manifest. */
const INPUTS_DEPTH = 3

/**
 * Refuses a record of another output, since nothing of it says anything about this one.
 *
 * - Errors: STATE_MISMATCH (author).
 */
export function assertSameOutput(found: string, output: string, name: string): void {
  if (found === output) return
  throw authorError('STATE_MISMATCH', `the state folder belongs to another output, ${found}`, {
    at: name,
    help: `this run writes ${output}: give it a state folder of its own with --state`,
  })
}
