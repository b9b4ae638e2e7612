import { createHash } from 'node:crypto'
import { authorError, FletchingError } from '@fletching/columns/errors'
import type { Location, ObjectInfo, Store } from '@fletching/storage'

/*
 * The small objects of JSON in a state folder.
 */

/** A record as it was found. */
export interface FoundText {
  readonly object: ObjectInfo
  readonly text: string
}

/**
 * The whole text of the record at an address; undefined when there is none. Other runs may be under way: one that is replaced or removed while
 * it is read is looked for again.
 */
export async function readRecord(store: Store, location: Location): Promise<FoundText | undefined> {
  for (let tries = 1; ; tries++) {
    const object = await store.stat(location)
    if (object === undefined) return undefined
    try {
      return { object, text: await readText(store, object) }
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

async function readText(store: Store, object: ObjectInfo): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of store.read(object)) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** - Errors: what `refused` makes of text that is not JSON. */
export function parseJson(text: string, refused: (why: string, cause: unknown) => Error): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw refused('it is not JSON', cause)
  }
}

/** What a record with a checksum is called, and the version of its form. */
export interface Seal {
  readonly name: string
  readonly version: number
}

/** A record as it is stored, with its version and its checksum. */
export function formatSealed({ name, version }: Seal, value: object): string {
  const text = JSON.stringify(value)
  const sha256 = createHash('sha256').update(text).digest('hex')
  return `{"${name}Version":${version},"sha256":"${sha256}","${name}":${text}}\n`
}

/** Why a record of that address is refused. */
export interface Refusals {
  readonly damaged: (name: string, why: string, cause?: unknown) => Error
  readonly newer: (name: string) => Error
}

/**
 * The record at an address that `formatSealed` wrote, and the object that it was of; undefined when there is none.
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
  const found = await readRecord(store, location)
  if (found === undefined) return undefined
  const { object, text } = found
  const value = parseSealed(seal, text, object.name, refusals) as T
  assertSameOutput(value.output, output, object.name)
  return { value, object }
}

function parseSealed(seal: Seal, text: string, name: string, { damaged, newer }: Refusals): unknown {
  const record = (parseJson(text, (why, cause) => damaged(name, why, cause)) ?? {}) as Readonly<Record<string, unknown>>
  const version = record[`${seal.name}Version`]
  if (typeof version === 'number' && version > seal.version) throw newer(name)
  const value = record[seal.name]
  // Its text is a function of what it says, so that nothing of it may be another.
  if (typeof value !== 'object' || value === null || formatSealed(seal, value) !== text) {
    throw damaged(name, 'its checksum is wrong')
  }
  return value
}

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
