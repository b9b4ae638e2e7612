import { authorError, dataError } from '@fletching/columns/errors'
import { plural } from '@fletching/columns/plural'
import { type LineLimits, LineScanner, type LineVisitor, lineLimits } from '@fletching/ndjson'
import { type Field, type FieldType, keyOf, nestedMax, type Schema } from '@fletching/plan'
import { findInput, type ObjectInfo, openStore, parseLocation, type Store } from '@fletching/storage'
import { type InputOptions, openObject } from '../files/open-input.ts'
import { EventTree } from './event-tree.ts'
import { FieldNode } from './field-node.ts'
import { type JoinedSchema, joinedSchema } from './joined-schema.ts'
import type { Place } from './kinds.ts'

export interface InferOptions extends Pick<InputOptions, 'exclude' | 'signal'> {
  /** A schema that is there: what is new is added to it, by the contracts of its fields. */
  readonly into?: Schema
  /** The name of the schema where there is none before. Default `events`. */
  readonly name?: string
  /** Fields in all, those of `into` not counted. Default 1000. */
  readonly fieldsMax?: number
  /** Different keys of the objects at one place, beyond which they are JSON text. Default 200. */
  readonly objectFieldsMax?: number
  /** Objects and lists within each other, beyond which they are JSON text; a column is 1 deep. Default 16, and 255 at most. */
  readonly structDepthMax?: number
  /** Objects and lists of a line within each other, from 1 to 1000; a deeper line is malformed. Default 1000. */
  readonly depthMax?: number
  /** Bytes of a line; a longer one is malformed. Default 16 MiB. */
  readonly lineBytesMax?: number
  /** Read so many events. */
  readonly rowsMax?: number
  /** Read so many objects. */
  readonly filesMax?: number
  readonly onProgress?: (progress: InferProgress) => void
}

/** How far it is. */
export interface InferProgress {
  /** Stored bytes of the objects that have been read. */
  readonly bytes: number
  readonly bytesTotal: number
  readonly objects: number
  readonly objectsTotal: number
  readonly rows: number
}

export interface Inferred extends JoinedSchema {
  /** Objects that were read. */
  readonly objects: number
  /** Lines that are JSON objects. */
  readonly rows: number
  /** Lines that are not, by code. */
  readonly malformed: Readonly<Record<string, { readonly count: number; readonly first: Place }>>
}

/**
 * The schema of the events at some addresses: for each path the narrowest type that holds every value that stands there, without loss.
 *
 * - Memory: one line, and an entry for each field.
 * - Order: fields come as their keys first do, objects as their names.
 * - Errors: those of `findInput` and of the store; BAD_OPTION (author) for a `depthMax` or `lineBytesMax` that cannot be; NOT_NDJSON (author) for Parquet; NO_EVENTS (data) where no line is an object with a value, TOO_MANY_FIELDS (data) where
 *   the events themselves have more keys than there may be.
 */
export async function inferSchema(locations: readonly string[], options: InferOptions = {}): Promise<Inferred> {
  const { into, name = 'events', rowsMax = Number.POSITIVE_INFINITY, signal } = options
  const found = (await Promise.all(locations.map((location) => objectsAt(location, options)))).flat()
  const objects = found.slice(0, options.filesMax)
  const reader = new EventReader(options)
  if (into !== undefined) declare(reader.tree.root, into.fields)
  const bytesTotal = objects.reduce((sum, { object }) => sum + object.size, 0)
  let read = 0
  let bytes = 0
  const tell = () =>
    options.onProgress?.({ bytes, bytesTotal, objects: read, objectsTotal: objects.length, rows: reader.rows })
  for (const { store, object } of objects) {
    if (reader.rows >= rowsMax) break
    await reader.read(store, object, signal, tell)
    read++
    bytes += object.size
    tell()
  }
  if (reader.rows === 0) throw noEvents(noLine(reader.malformed), locations)
  const joined = joinedSchema(reader.tree.root, name, into)
  if (joined.schema.fields.length === 0)
    throw noEvents(`no key of ${reader.rows} ${plural(reader.rows, 'event')} has a value`, locations)
  return {
    ...joined,
    objects: read,
    rows: reader.rows,
    malformed: Object.fromEntries(reader.malformed),
  }
}

async function objectsAt(
  location: string,
  { exclude = [] }: InferOptions,
): Promise<{ readonly store: Store; readonly object: ObjectInfo }[]> {
  const store = await openStore(parseLocation(location))
  const { objects } = await findInput(store, location, { exclude })
  return Array.from(objects, (object) => ({ store, object }))
}

/** Brings the lines of objects into a tree. */
class EventReader {
  readonly tree: EventTree
  readonly malformed = new Map<string, { count: number; readonly first: Place }>()
  rows = 0
  readonly #rowsMax: number
  readonly #lineLimits: LineLimits
  #name = ''

  constructor(options: InferOptions) {
    const { fieldsMax = 1000, objectFieldsMax = 200, structDepthMax = 16, rowsMax = Number.POSITIVE_INFINITY } = options
    this.#rowsMax = rowsMax
    this.#lineLimits = lineLimits(options)
    const limits = { fieldsMax, objectFieldsMax, structDepthMax: Math.min(structDepthMax, nestedMax) }
    this.tree = new EventTree(limits, () => tooManyFields(fieldsMax, this.#name))
  }

  async read(store: Store, object: ObjectInfo, signal: AbortSignal | undefined, tell: () => void): Promise<void> {
    const opened = await openObject(store, object, signal)
    if (opened.form === 'parquet') {
      throw authorError('NOT_NDJSON', 'a Parquet file has a schema of its own', {
        at: object.name,
        help: 'fletching schema prints it',
      })
    }
    this.#name = object.name
    const visitor: LineVisitor = {
      valid: (bytes, start) => {
        if (this.rows >= this.#rowsMax) return
        this.rows++
        this.tree.add(bytes, start, (at) => placeOf(scanner.lineOffset + at - start))
      },
      malformed: (code) => {
        if (this.rows < this.#rowsMax) this.#refuse(code, placeOf(scanner.lineOffset))
      },
    }
    const scanner = new LineScanner(visitor, this.#lineLimits)
    const placeOf = (byteOffset: number) => ({ object: object.name, line: scanner.lineNumber, byteOffset })
    for await (const piece of opened.pieces) {
      scanner.push(piece)
      if (this.rows >= this.#rowsMax) return
      tell()
    }
    scanner.flush()
  }

  #refuse(code: string, place: Place): void {
    const seen = this.malformed.get(code)
    if (seen === undefined) this.malformed.set(code, { count: 1, first: place })
    else seen.count++
  }
}

/** Puts the fields of a schema into a tree, before any event. */
function declare(node: FieldNode, fields: readonly Field[]): void {
  for (const field of fields) {
    const member = new FieldNode(keyOf(field), true)
    node.members.set(member.key, member)
    declareType(member, field.type)
  }
}

function declareType(node: FieldNode, type: FieldType): void {
  if (type.kind === 'json') node.close('declared')
  else if (type.kind === 'struct') declare(node, type.fields)
  else if (type.kind === 'list') {
    node.item = new FieldNode('', true)
    declareType(node.item, type.item)
  }
}

function noLine(malformed: EventReader['malformed']): string {
  const lines = [...malformed.values()].reduce((sum, { count }) => sum + count, 0)
  return `no line is a JSON object${lines === 0 ? '' : `, of ${lines} that hold something`}`
}

function noEvents(what: string, locations: readonly string[]) {
  return dataError('NO_EVENTS', what, { at: locations, help: 'expected NDJSON: one JSON object a line, with values' })
}

function tooManyFields(fieldsMax: number, name: string) {
  return dataError('TOO_MANY_FIELDS', `the events have more than ${fieldsMax} different keys`, {
    at: name,
    help: 'if they are columns, give --max-fields; keys that are ids belong into an object of their own',
  })
}
